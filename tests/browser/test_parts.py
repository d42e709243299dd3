"""With its script the page shows one part at a time, and loses nothing that was typed."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Error, Page, expect

from tests.browser.answering import (
    choose,
    lose_connection,
    next_button,
    send,
    send_button,
    turn_back,
    turn_to_end,
)
from tests.browser.conftest import Site
from tests.integration.pages.site import Fielded, opened, stored
from tests.surveys.read import read

pytestmark = pytest.mark.browser
EACH_DATABASE = True

Phones = Callable[..., Page]
DRAFT = "sessionStorage.length"


def open_page(site: Site, page: Page, **wish: object) -> Fielded:
    fielded = site.field(**wish)
    page.goto(site.address + fielded.path)
    next_button(page).wait_for()
    return fielded


def sheets(site: Site, fielded: Fielded) -> list[dict[str, object]]:
    found = opened(site.database, fielded, site.count_keys)
    return [sheet["answers"] for sheet in found]


def heading(page: Page) -> str:
    return page.locator(".page:visible h2").first.inner_text()


def test_the_first_screen_asks_nothing_and_each_part_says_how_far_it_is(
    site: Site, phones: Phones
) -> None:
    page = phones()
    open_page(site, page)
    assert not any(question.is_visible() for question in page.locator(".question").all())
    assert page.get_by_text("Before you start").is_visible()
    page.get_by_role("button", name="Start").tap()
    assert page.get_by_text("Part 1 of 9").is_visible()
    assert page.locator("progress").evaluate("bar => [bar.value, bar.max]") == [1, 9]
    assert not page.get_by_text("Before you start").is_visible()
    page.get_by_role("button", name="Next").tap()
    assert heading(page) == "Trust"
    expect(page.locator("h2:visible").first).to_be_focused()
    described = page.locator(":focus").get_attribute("aria-describedby")
    assert page.locator(f"#{described}").inner_text() == "Part 2 of 9"
    assert page.evaluate("scrollY") == 0
    page.get_by_role("button", name="Back").tap()
    assert heading(page) == "Your area"


def test_forward_back_and_sending_need_no_mouse(site: Site, phones: Phones) -> None:
    page = phones(viewport={"width": 1280, "height": 800}, is_mobile=False, has_touch=False)
    fielded = open_page(site, page, languages=["en"])
    page.get_by_role("button", name="Start").press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    assert heading(page) == "Trust"
    page.get_by_role("button", name="Back").press("Space")
    assert page.locator('[name="area"]:checked').input_value() == "2"
    for _ in range(8):
        page.keyboard.press("Tab")
        if page.locator("[type=radio]:focus, [type=checkbox]:focus").count() == 0:
            page.locator(".page:visible input").first.focus()
        page.keyboard.press("Enter")
    assert heading(page) == "About you"
    assert stored(site.database, fielded) == []
    page.locator(".page:visible input").first.press("Enter")
    expect(page.locator("h1")).to_have_text("Thank you")
    expect(page.locator("h1")).to_be_focused()
    assert len(stored(site.database, fielded)) == 1


def test_questions_keep_their_numbers_and_parts_without_a_question_are_left_out(
    site: Site, phones: Phones
) -> None:
    page = phones()
    open_page(site, page, instrument=read("branching"), languages=["en"])
    choose(page, met=-2)
    assert page.get_by_text("Part 1 of 2").is_visible()
    page.locator('label:has([name="met"][value="2"])').tap()
    next_button(page).tap()
    before = page.locator("#sheet").evaluate("form => form.style.counterReset")
    assert before == "question 3"
    assert not page.locator("#q-unsaid").is_visible()


def test_an_answer_can_be_taken_back(site: Site, phones: Phones) -> None:
    page = phones()
    fielded = open_page(site, page)
    choose(page, t1=4, t2=2)
    page.locator("#q-t1").get_by_role("button", name="Clear answer").tap()
    assert page.locator('[name="t1"]:checked').count() == 0
    expect(page.locator('[name="t1"]').first).to_be_focused()
    assert page.locator(".clear").count() == 1
    send(page)
    expect(page.locator("h1")).to_have_text("Thank you")
    (answers,) = sheets(site, fielded)
    assert (answers["t1"], answers["t2"]) == (-3, 2)


def test_the_back_button_of_the_phone_turns_back_one_part_and_loses_nothing(
    site: Site, phones: Phones
) -> None:
    page = phones()
    open_page(site, page)
    choose(page, area=2, t1=4, f1=3)
    page.go_back()
    assert heading(page) == "Trust"
    page.go_back()
    assert heading(page) == "Your area"
    assert page.locator('[name="area"]:checked').input_value() == "2"


def test_a_reload_keeps_the_answers_the_part_and_the_sheet(site: Site, phones: Phones) -> None:
    page = phones()
    fielded = open_page(site, page)
    token = page.locator("[name=_token]").input_value()
    choose(page, area=3, t1=4, race=2)
    choose(page, race=6)
    page.reload()
    next_button(page).wait_for(state="attached")
    assert heading(page) == "About you"
    assert page.locator("[name=_token]").input_value() == token
    send(page)
    expect(page.locator("h1")).to_have_text("Thank you")
    (answers,) = sheets(site, fielded)
    assert (answers["area"], answers["t1"], answers["race"]) == (3, 4, [2, 6])
    assert page.evaluate(DRAFT) == 0


def test_a_reload_without_a_connection_keeps_them_too(site: Site, phones: Phones) -> None:
    page = phones()
    open_page(site, page)
    choose(page, t1=4)
    page.context.set_offline(True)
    with pytest.raises(Error, match="ERR_INTERNET_DISCONNECTED"):
        page.reload()
    page.context.set_offline(False)
    page.reload()
    next_button(page).wait_for()
    assert page.locator('[name="t1"]:checked').input_value() == "4"


def test_who_comes_anew_finds_nothing_of_who_left(site: Site, phones: Phones) -> None:
    page = phones()
    fielded = open_page(site, page)
    choose(page, t1=4)
    assert page.evaluate(DRAFT) == 1
    page.goto("about:blank")
    page.goto(site.address + fielded.path)
    next_button(page).wait_for()
    assert page.locator("input:checked").count() == 0
    assert page.evaluate(DRAFT) == 0


def test_a_change_of_language_keeps_what_was_answered(site: Site, phones: Phones) -> None:
    page = phones()
    fielded = open_page(site, page)
    choose(page, t1=4)
    turn_back(page)
    page.get_by_role("link", name="العربية").tap()
    expect(page.locator("html")).to_have_attribute("dir", "rtl")
    next_button(page).wait_for()
    send(page)
    expect(page.locator("h1")).to_have_text("شكرًا لك")
    (sheet,) = opened(site.database, fielded, site.count_keys)
    assert (sheet["answers"]["t1"], sheet["language"]) == (4, "ar")


def test_after_the_thanks_the_way_back_leads_to_an_empty_sheet(site: Site, phones: Phones) -> None:
    page = phones()
    open_page(site, page)
    token = page.locator("[name=_token]").input_value()
    send(page)
    expect(page.locator("h1")).to_have_text("Thank you")
    assert page.title() == "Survey"
    assert page.url.count("?") == page.url.count("#") == 0
    page.go_back()
    expect(page.get_by_role("button", name="Start")).to_be_visible()
    assert page.locator("[name=_token]").input_value() != token
    assert page.locator("input:checked").count() == 0


def test_leaving_empties_the_page_the_tab_and_the_way_back(site: Site, phones: Phones) -> None:
    page = phones()
    page.route("https://www.weather.gov/**", lambda route: route.fulfill(body="Sunny."))
    fielded = open_page(site, page)
    choose(page, t1=4)
    page.get_by_role("link", name="Leave now").tap()
    page.wait_for_url("https://www.weather.gov/")
    assert page.evaluate("document.referrer") == ""
    page.goto(site.address + fielded.path)
    next_button(page).wait_for()
    assert page.evaluate(DRAFT) == 0
    assert page.locator("input:checked").count() == 0


def test_leaving_without_script_is_a_plain_link(site: Site, phones: Phones) -> None:
    page = phones(java_script_enabled=False)
    page.route("https://www.weather.gov/**", lambda route: route.fulfill(body="Sunny."))
    page.goto(site.address + site.field().path)
    page.get_by_role("link", name="Leave now").tap()
    page.wait_for_url("https://www.weather.gov/")


def test_where_a_sheet_cannot_be_sealed_it_stays_on_the_page_and_goes_at_the_next_try(
    site: Site, phones: Phones
) -> None:
    page = phones()
    page.add_init_script("Object.defineProperty(crypto, 'subtle', {value: undefined})")
    fielded = open_page(site, page)
    choose(page, t1=4)
    turn_to_end(page)
    lose_connection(page)
    send_button(page).tap()
    expect(page.get_by_role("alert")).to_contain_text("Your answers are still on this page.")
    page.unroute_all()
    send_button(page).tap()
    expect(page.locator("h1")).to_have_text("Thank you")
    assert [answers["t1"] for answers in sheets(site, fielded)] == [4]


def test_a_network_that_answers_in_our_place_is_not_believed(site: Site, phones: Phones) -> None:
    page = phones()
    fielded = open_page(site, page)
    choose(page, t1=4)
    turn_to_end(page)
    page.route(
        "**/s/*",
        lambda route: route.fulfill(content_type="text/html", body="<main><h1>Log in</h1></main>"),
    )
    send_button(page).tap()
    expect(page.get_by_role("alert")).to_contain_text("We could not store your answers")
    page.unroute_all()
    assert page.evaluate(DRAFT) == 1
    send_button(page).tap()
    expect(page.locator("h1")).to_have_text("Thank you")
    assert len(stored(site.database, fielded)) == 1
