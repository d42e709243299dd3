"""A tablet that many people use: the next person sees nothing of the one before."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress

import pytest
from playwright.sync_api import Page, expect
from playwright.sync_api import TimeoutError as PlaywrightTimeout

from tests.browser.answering import (
    choose,
    find_connection,
    let_pass,
    lose_connection,
    next_button,
    send,
    send_button,
    wait_until,
)
from tests.browser.conftest import Site
from tests.browser.test_accessibility import cut_off, violations
from tests.integration.pages.site import Fielded, opened, stored

pytestmark = pytest.mark.browser

Phones = Callable[..., Page]
TABLET = {"viewport": {"width": 1024, "height": 768}}
WARNED = 41
IDLE = 61
TWO_LOOKS = 2_500  # the page looks at its clock every second


def stand_up(site: Site, phones: Phones, **wish: object) -> tuple[Page, Fielded]:
    page = phones(**{**TABLET, **wish})
    let_pass(page, 0)
    fielded = site.field(mode="kiosk", languages=["en", "es", "ar"])
    page.goto(site.address + fielded.path)
    next_button(page).wait_for()
    return page, fielded


def leave_alone_after_thanks(page: Page) -> None:
    """The page counts from its first look at the clock, which may come after its heading shows."""
    for seconds in range(31, 31 * 20, 31):
        let_pass(page, seconds)
        with suppress(PlaywrightTimeout):
            page.locator(".steps").wait_for(timeout=2 * TWO_LOOKS)
            return


def first_screen(page: Page) -> None:
    """Shown anew, with nothing chosen and nothing kept."""
    page.locator(".steps").wait_for()
    expect(page.locator("#sheet")).to_be_hidden()
    expect(page.locator(":checked")).to_have_count(0)
    # It may still be on its way to the first screen: a plain look would break off with the old one.
    page.wait_for_function("sessionStorage.length + localStorage.length === 0")


def test_a_sheet_that_is_left_alone_is_removed_after_a_minute(site: Site, phones: Phones) -> None:
    page, fielded = stand_up(site, phones)
    choose(page, t1=4)
    let_pass(page, WARNED)
    warning = page.locator(".idle")
    expect(warning).to_contain_text("what was chosen here is removed")
    expect(warning.locator("strong")).to_have_text("19")
    let_pass(page, WARNED + 10)
    expect(warning.locator("strong")).to_have_text("9")
    let_pass(page, IDLE)
    expect(warning).to_be_hidden()
    first_screen(page)
    assert stored(site.database, fielded) == []


def test_who_is_still_there_says_so_and_loses_nothing(site: Site, phones: Phones) -> None:
    page, _ = stand_up(site, phones)
    choose(page, t1=4)
    let_pass(page, WARNED)
    page.get_by_role("button", name="I am still here").tap()
    expect(page.locator(".idle")).to_be_hidden()
    let_pass(page, WARNED + WARNED)
    expect(page.locator(".idle")).to_be_visible()
    assert page.locator('[name="t1"]:checked').input_value() == "4"


def test_the_first_screen_does_not_flicker_while_nobody_is_there(
    site: Site, phones: Phones
) -> None:
    page, _ = stand_up(site, phones)
    page.evaluate("document.body.dataset.same = 'yes'")
    let_pass(page, 14 * IDLE)
    page.wait_for_timeout(TWO_LOOKS)
    assert page.locator(".idle").count() == 0
    assert page.locator("body").get_attribute("data-same") == "yes"
    let_pass(page, 17 * IDLE)
    expect(page.locator("body")).not_to_have_attribute("data-same", "yes")
    first_screen(page)


def test_after_each_sheet_it_is_the_next_persons_turn(site: Site, phones: Phones) -> None:
    page, fielded = stand_up(site, phones)
    for code in (4, 2):
        choose(page, t1=code)
        send(page)
        expect(page.get_by_role("heading", name="Thank you")).to_be_visible()
        if code == 4:
            leave_alone_after_thanks(page)
        else:
            page.get_by_role("link", name="Next person").tap()
        first_screen(page)
    sheets = opened(site.database, fielded, site.count_keys)
    assert sorted(sheet["answers"]["t1"] for sheet in sheets) == [2, 4]
    assert {sheet["mode"] for sheet in sheets} == {"kiosk"}


@pytest.mark.parametrize("way", ["back", "reload"])
def test_no_way_leads_back_to_the_answers_of_another(site: Site, phones: Phones, way: str) -> None:
    page, _ = stand_up(site, phones)
    choose(page, t1=4)
    if way == "reload":
        page.reload()
    else:
        let_pass(page, IDLE)
        first_screen(page)
        page.go_back()
    first_screen(page)


def test_start_again_wipes_at_once_and_in_the_language_of_the_tablet(
    site: Site, phones: Phones
) -> None:
    page, _ = stand_up(site, phones)
    page.get_by_role("link", name="العربية").tap()
    expect(page.locator("html")).to_have_attribute("dir", "rtl")
    choose(page, t1=4)
    assert page.get_by_text("Leave now").count() == 0
    page.get_by_role("link", name="البدء من جديد").tap()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    first_screen(page)


def test_without_a_connection_the_sheet_waits_sealed_and_the_next_person_learns_nothing(
    site: Site, phones: Phones
) -> None:
    page, fielded = stand_up(site, phones)
    choose(page, t1=4)
    lose_connection(page)
    send(page)
    expect(page.get_by_text("wait on this tablet")).to_be_visible()
    page.get_by_role("link", name="Start again").tap()
    expect(page.get_by_text("The survey comes back by itself")).to_be_visible()
    find_connection(page)
    first_screen(page)
    expect(page.locator(".note")).to_have_count(0)
    wait_until(page, lambda: bool(stored(site.database, fielded)))
    assert [s["answers"]["t1"] for s in opened(site.database, fielded, site.count_keys)] == [4]


@pytest.mark.parametrize(("language", "scheme"), [("en", "light"), ("ar", "dark")])
def test_the_warning_can_be_read_and_used_by_everyone(
    site: Site, phones: Phones, language: str, scheme: str
) -> None:
    page, _ = stand_up(site, phones, locale=language, color_scheme=scheme)
    choose(page, t1=4)
    let_pass(page, WARNED)
    page.locator(".idle [role=alert]").wait_for()
    assert violations(page) == []
    assert page.evaluate("document.fullscreenElement !== null")  # since the first tap
    page.evaluate("document.exitFullscreen()")
    for width in (1024, 360):
        page.set_viewport_size({"width": width, "height": 740})
        assert cut_off(page) == []


def test_without_script_only_the_thanks_start_again_by_themselves(
    site: Site, phones: Phones
) -> None:
    page = phones(java_script_enabled=False, **TABLET)
    fielded = site.field(mode="kiosk", languages=["en"])
    page.goto(site.address + fielded.path)
    assert page.locator("meta[http-equiv=refresh]").count() == 0
    assert page.get_by_role("link", name="Start again").is_visible()
    page.locator('label:has([name="t1"][value="4"])').tap()
    send_button(page).tap()
    expect(page.get_by_role("heading", name="Thank you")).to_be_visible()
    assert page.locator("meta[http-equiv=refresh]").get_attribute("content") == "30; url=?"


def test_a_phone_gets_nothing_of_all_this(site: Site, phones: Phones) -> None:
    page = phones()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    reply = page.goto(site.address + site.field().path)
    next_button(page).wait_for()
    assert not any(url.endswith("kiosk.js") for url in asked)
    assert reply is not None
    assert "fullscreen=()" in reply.headers["permissions-policy"]
    kiosk = page.goto(site.address + site.field(mode="kiosk").path)
    assert kiosk is not None
    assert "fullscreen=(self)" in kiosk.headers["permissions-policy"]
    assert "camera=()" in kiosk.headers["permissions-policy"]
