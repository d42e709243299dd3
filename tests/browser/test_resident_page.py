"""What can go differently than planned on one phone, with script and without."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import Page, Route, expect

from app import clock
from app.initiatives.fielding import close_wave, end_grace
from app.privacy.form_tokens import FormTokens
from app.responses.pages.collector_cache import FRESH_SECONDS
from app.responses.pages.wording import locales
from tests.browser.answering import choose, send, send_button, turn_back, turn_to_end
from tests.browser.conftest import Site
from tests.integration.pages.site import opened, stored

pytestmark = pytest.mark.browser
EACH_DATABASE = True

Phones = Callable[..., Page]
THANKS = {"en": "Thank you", "ar": "شكرًا لك"}
ARRIVED = {"en": "have already arrived", "ar": "وصلت إجابات من هذه الصفحة"}
LANGUAGES = pytest.mark.parametrize("language", ["en", "ar"])
SCRIPT = pytest.mark.parametrize("has_script", [False, True], ids=["no script", "script"])


@SCRIPT
def test_the_questions_about_a_contact_appear_only_to_who_had_one(
    site: Site, phones: Phones, *, has_script: bool
) -> None:
    page = phones(java_script_enabled=has_script)
    page.goto(site.address + site.field().path)
    followers = [page.locator(f"#q-{name}") for name in ("k2", "k3", "k4")]
    choose(page, k1=2)
    assert not any(follower.is_visible() for follower in followers)
    choose(page, k1=1)
    assert all(follower.is_visible() for follower in followers)
    choose(page, k1=2)
    assert not any(follower.is_visible() for follower in followers)


def test_one_tap_changes_the_language_and_the_sheet_is_kept_in_it(
    site: Site, phones: Phones
) -> None:
    fielded = site.field()
    page = phones(java_script_enabled=False)
    page.goto(site.address + fielded.path)
    page.get_by_role("link", name="العربية").tap()
    expect(page.locator("html")).to_have_attribute("dir", "rtl")
    choose(page, t1=5)
    send(page)
    expect(page.locator("h1")).to_have_text(THANKS["ar"])
    (sheet,) = opened(site.database, fielded, site.count_keys)
    assert sheet["language"] == "ar"


def lose_the_reply(route: Route) -> None:
    """The sheet arrives, the answer of the server does not: the page stays as it was."""
    route.fetch()
    route.fulfill(status=204)


@SCRIPT
@LANGUAGES
def test_two_people_on_one_page_are_both_kept(
    site: Site, phones: Phones, *, has_script: bool, language: str
) -> None:
    fielded = site.field()
    page = phones(java_script_enabled=has_script, locale=language)
    page.goto(site.address + fielded.path)
    page.route("**/s/*", lose_the_reply)
    choose(page, t1=1, race=3)
    with page.expect_response("**/s/*"):
        send(page)
    page.unroute("**/s/*")
    if has_script:
        expect(page.locator(".told")).to_be_visible()
        turn_back(page)
    choose(page, t1=5)
    send(page)
    expect(page.locator("h1")).to_contain_text(ARRIVED[language])
    send(page)
    expect(page.locator("h1")).to_have_text(THANKS[language])
    sheets = opened(site.database, fielded, site.count_keys)
    assert sorted(sheet["answers"]["t1"] for sheet in sheets) == [1, 5]
    assert all(sheet["answers"]["race"] == [3] for sheet in sheets)


@SCRIPT
def test_a_double_tap_sends_one_sheet(site: Site, phones: Phones, *, has_script: bool) -> None:
    fielded = site.field()
    page = phones(java_script_enabled=has_script)
    page.goto(site.address + fielded.path)
    turn_to_end(page)
    send_button(page).dblclick(no_wait_after=True)
    page.locator("h1", has_text=re.compile("Thank you|already arrived")).wait_for()
    assert len(stored(site.database, fielded)) == 1


@SCRIPT
def test_going_back_after_sending_shows_an_empty_page_of_its_own(
    site: Site, phones: Phones, *, has_script: bool
) -> None:
    fielded = site.field()
    page = phones(java_script_enabled=has_script)
    page.goto(site.address + fielded.path)
    first = page.locator('[name="_token"]').get_attribute("value")
    choose(page, t1=4)
    send(page)
    expect(page.locator("h1")).to_have_text("Thank you")
    page.go_back()
    expect(page.locator("h1")).not_to_have_text("Thank you")
    assert page.locator("input:checked").count() == 0
    assert page.locator('[name="_token"]').get_attribute("value") != first


@SCRIPT
def test_going_back_after_leaving_shows_nothing_that_was_chosen(
    site: Site, phones: Phones, *, has_script: bool
) -> None:
    page = phones(java_script_enabled=has_script)
    page.route("https://www.weather.gov/**", lambda route: route.fulfill(body="Sunny."))
    page.goto(site.address + site.field().path)
    choose(page, t1=4)
    page.locator(".leave").click()
    page.wait_for_url("https://www.weather.gov/")
    page.go_back()
    page.locator("h1").wait_for()
    assert page.locator("input:checked").count() == 0


@SCRIPT
@pytest.mark.parametrize("age", [timedelta(hours=30), timedelta(hours=80)], ids=str)
def test_a_page_that_was_open_for_days_asks_to_press_send_once_more(
    site: Site,
    phones: Phones,
    monkeypatch: pytest.MonkeyPatch,
    *,
    has_script: bool,
    age: timedelta,
) -> None:
    fielded = site.field()
    page = phones(java_script_enabled=has_script)
    page.goto(site.address + fielded.path)
    then = clock.now() - age
    monkeypatch.setattr(clock, "now", lambda: then)
    old = FormTokens(site.web_keys).issue(fielded.wave_id)
    page.locator("[name=_token]").evaluate("(field, token) => { field.value = token }", old)
    choose(page, t1=4)
    send(page)
    expect(page.locator("#told")).to_contain_text("Nothing has been sent yet")
    assert stored(site.database, fielded) == []
    send(page)
    expect(page.locator("h1")).to_have_text("Thank you")
    (sheet,) = opened(site.database, fielded, site.count_keys)
    assert sheet["answers"]["t1"] == 4


@SCRIPT
def test_a_wave_that_closes_in_mid_answer_says_so(
    site: Site, phones: Phones, *, has_script: bool
) -> None:
    page = phones(java_script_enabled=has_script)
    fielded = site.field()
    page.goto(site.address + fielded.path)
    choose(page, t1=4)
    turn_to_end(page)
    with site.database.writing() as session:
        close_wave(session, fielded.agency_id, fielded.wave_id, grace=timedelta(0))
        end_grace(session, fielded.agency_id, fielded.wave_id)
    page.wait_for_timeout(1000 * FRESH_SECONDS)
    send(page)
    expect(page.locator("h1")).to_have_text("This survey is closed")
    expect(page.get_by_text("It closed before your answers arrived.")).to_be_visible()
    assert page.evaluate("sessionStorage.length") == 0
    assert stored(site.database, fielded) == []


def test_someone_else_on_the_same_phone_starts_from_the_thanks(site: Site, phones: Phones) -> None:
    fielded = site.field()
    page = phones(java_script_enabled=False, locale="ar")
    page.goto(site.address + fielded.path)
    for _ in range(2):
        send(page)
        expect(page.locator("h1")).to_have_text(THANKS["ar"])
        page.get_by_role("link", name=locales()["ar"]("another_person")).tap()
        expect(page.locator("form")).to_be_attached()
        assert page.locator("html").get_attribute("lang") == "ar"
    assert len(stored(site.database, fielded)) == 2


def test_a_problem_is_read_out_first_and_leads_to_its_question(site: Site, phones: Phones) -> None:
    page = phones()
    page.goto(site.address + site.field().path)
    choose(page, t1=4, f3=2)
    page.evaluate("document.querySelector('[name=f3]:checked').value = '77'")
    send(page)
    expect(page.locator("#told")).to_be_focused()
    assert page.locator("#told").get_attribute("role") == "alert"
    page.locator("#told a").tap()
    expect(page.locator("#q-f3")).to_be_in_viewport()
    assert page.locator("#q-f3 .problem").is_visible()
    described = page.locator("#q-f3").get_attribute("aria-describedby")
    assert page.locator(f"#{described}").inner_text().startswith("This answer is not on the list")
    assert page.locator('[name="t1"][value="4"]').is_checked()


def test_the_long_page_can_be_answered_with_the_keyboard_alone(site: Site, phones: Phones) -> None:
    fielded = site.field(languages=["en"])
    page = phones(
        viewport={"width": 1280, "height": 800},
        is_mobile=False,
        has_touch=False,
        java_script_enabled=False,
    )
    page.goto(site.address + fielded.path)
    page.keyboard.press("Tab")
    expect(page.locator(".leave")).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Large text")).to_be_focused()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.tagName") == "SUMMARY"
    page.keyboard.press("Enter")
    assert page.get_by_text("Ombuds Office").is_visible()
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Accessibility")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("Thank you")
    (sheet,) = opened(site.database, fielded, site.count_keys)
    assert (sheet["answers"]["area"], sheet["answers"]["t1"]) == (2, 2)
