"""A card in the hand: its code is typed without script, or comes with the address and leaves it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from app.collectors.cards import Batch
from tests.browser.answering import (
    choose,
    find_connection,
    has_parts,
    lose_connection,
    next_button,
    send,
    turn_back,
)
from tests.browser.conftest import Site
from tests.browser.test_accessibility import cut_off, violations
from tests.browser.test_footprint import LIES_ON_PHONE, nothing_stays
from tests.integration.pages.site import Fielded, opened, stored
from tests.integration.responses.cards import Deck, deal

pytestmark = pytest.mark.browser
EACH_DATABASE = True

Phones = Callable[..., Page]
LANGUAGES = pytest.mark.parametrize("language", ["en", "ar"])
THANKS = {"en": "Thank you", "ar": "شكرًا لك"}


def dealt(site: Site) -> tuple[Fielded, Deck]:
    """Cards made with the key store of the running site."""
    fielded = site.field()
    wave = fielded.agency_id, fielded.wave_id
    return fielded, deal(site.database, site.web_keys, wave, Batch(3))


@LANGUAGES
def test_a_typed_code_without_script(site: Site, phones: Phones, language: str) -> None:
    fielded, deck = dealt(site)
    page = phones(java_script_enabled=False, locale=language)
    page.goto(site.address + deck.path)
    choose(page, t1=4)
    send(page)
    assert stored(site.database, fielded) == []
    field = page.locator("#code")
    expect(field).to_be_visible()
    field.fill(deck.cards[0].code.lower())
    page.locator(".told button").tap()
    expect(page.locator("h1")).to_have_text(THANKS[language])
    (sheet,) = opened(site.database, fielded, site.count_keys)
    assert (sheet["answers"]["t1"], sheet["recruitment"]) == (4, "single_use_code")


def test_a_code_in_the_address_fills_its_field_and_leaves_no_trace(
    site: Site, phones: Phones
) -> None:
    fielded, deck = dealt(site)
    code = deck.cards[0].code
    page = phones()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{site.address}{deck.path}#{code}")
    expect(page.locator("#code")).to_have_value(code)
    assert page.url == site.address + deck.path
    page.reload()
    expect(page.locator("#code")).to_have_value(code)
    page.get_by_role("link", name="العربية").tap()
    expect(page.locator("html")).to_have_attribute("lang", "ar")
    expect(page.locator("#code")).to_have_value(code)
    choose(page, t1=5)
    send(page)
    expect(page.locator("h1")).to_have_text(THANKS["ar"])
    assert not any(code in url for url in asked)
    assert page.evaluate("sessionStorage.length + localStorage.length") == 0
    assert code not in page.evaluate("location.href + JSON.stringify(history.state)")
    assert code not in page.content()
    page.go_back()
    assert code not in page.url
    assert len(stored(site.database, fielded)) == 1


def test_with_script_a_used_code_is_asked_for_above_the_answers(site: Site, phones: Phones) -> None:
    fielded, deck = dealt(site)
    for heading in ("Thank you", "This code has been used already"):
        page = phones()
        page.goto(f"{site.address}{deck.path}#{deck.cards[0].code}")
        choose(page, t1=2)
        send(page)
        expect(page.get_by_role("heading", name=heading)).to_be_visible()
    assert has_parts(page)
    page.locator("#code").fill(deck.cards[1].code)
    page.locator(".told button").tap()
    expect(page.locator("h1")).to_have_text("Thank you")
    sheets = opened(site.database, fielded, site.count_keys)
    assert [sheet["answers"]["t1"] for sheet in sheets] == [2, 2]


def test_the_code_stands_on_the_first_screen_alone(site: Site, phones: Phones) -> None:
    _, deck = dealt(site)
    page = phones()
    page.goto(site.address + deck.path)
    expect(page.locator("#code")).to_be_visible()
    choose(page, t1=4)
    expect(page.locator("#code")).to_be_hidden()
    turn_back(page)
    expect(page.locator("#code")).to_be_visible()


def send_in_vain(page: Page, address: str, code: str) -> None:
    page.goto(address)
    page.locator("#code").fill(code)
    choose(page, t1=4)
    lose_connection(page)
    send(page)
    expect(page.locator("h1")).to_have_text("Not sent yet. Kept on this phone.")


def type_again(page: Page, code: str) -> None:
    page.get_by_label("Your code", exact=True).first.fill(code)
    page.get_by_role("button", name="Send again").tap()


def test_a_wrong_code_of_a_sheet_that_waited_is_typed_again_and_the_sheet_arrives_once(
    site: Site, phones: Phones
) -> None:
    fielded, deck = dealt(site)
    page = phones()
    send_in_vain(page, site.address + deck.path, "WRONG-CODE")
    find_connection(page)
    page.get_by_role("button", name="Try now").tap()
    expect(page.locator("h1")).to_have_text("This code is not right")
    assert violations(page) == []
    type_again(page, "STILL-WRONG")
    expect(page.locator("h1")).to_be_focused()
    assert page.evaluate(LIES_ON_PHONE)["databases"] == 1
    assert stored(site.database, fielded) == []
    type_again(page, deck.cards[0].code)
    expect(page.locator("h1")).to_have_text("Thank you")
    (sheet,) = opened(site.database, fielded, site.count_keys)
    assert (sheet["answers"]["t1"], sheet["recruitment"]) == (4, "single_use_code")
    assert nothing_stays(page)


def test_what_a_code_held_back_is_told_when_the_page_is_opened_again_and_shows_no_answer(
    site: Site, phones: Phones
) -> None:
    fielded, deck = dealt(site)
    page = phones()
    send_in_vain(page, site.address + deck.path, "WRONG-CODE")
    first, again = page.context.new_page(), page.context.new_page()
    page.close()
    for opened_later in (first, again):
        opened_later.goto(site.address + deck.path)
        expect(opened_later.locator("section.told")).to_contain_text("have not been taken yet")
        assert opened_later.locator(":checked").count() == 0
    assert violations(first) == []
    assert cut_off(first) == []
    next_button(first).tap()
    expect(first.locator("section.told")).to_be_hidden()
    box = again.locator("section.told")
    type_again(again, "STILL-WRONG")
    expect(box.locator("h2")).to_be_focused()
    type_again(again, deck.cards[0].code)
    expect(box).to_contain_text("The answers that waited on this phone have arrived.")
    (sheet,) = opened(site.database, fielded, site.count_keys)
    assert sheet["answers"]["t1"] == 4
    assert nothing_stays(again)


def test_whoever_has_no_other_code_removes_what_waits(site: Site, phones: Phones) -> None:
    fielded, deck = dealt(site)
    page = phones()
    page.goto(site.address + deck.path)
    page.locator("#code").fill(deck.cards[0].code)
    send(page)
    expect(page.locator("h1")).to_have_text("Thank you")
    send_in_vain(page, site.address + deck.path, deck.cards[0].code)
    find_connection(page)
    page.get_by_role("button", name="Try now").tap()
    expect(page.locator("h1")).to_have_text("This code has been used already")
    page.get_by_role("button", name="Remove them from this phone").tap()
    expect(page.locator("main")).to_contain_text("They were not sent.")
    assert len(stored(site.database, fielded)) == 1
    assert nothing_stays(page)
