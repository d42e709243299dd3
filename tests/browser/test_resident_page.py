"""A resident with a 360-pixel phone answers, with script and without, in two directions."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.answering import choose, send, send_button, turn_back, turn_to_end
from tests.browser.conftest import Site
from tests.integration.pages.site import opened, stored

pytestmark = pytest.mark.browser

Phones = Callable[..., Page]
THANKS = {"en": "Thank you", "ar": "شكرًا لك"}
ARRIVED = {"en": "have already arrived", "ar": "وصلت إجابات من هذه الصفحة"}
LANGUAGES = pytest.mark.parametrize("language", ["en", "ar"])
SCRIPT = pytest.mark.parametrize("has_script", [False, True], ids=["no script", "script"])


@SCRIPT
@LANGUAGES
def test_a_resident_answers_on_a_phone(
    site_on_each_database: Site, phones: Phones, *, has_script: bool, language: str
) -> None:
    site = site_on_each_database
    fielded = site.field(kind="follow_up")
    page = phones(java_script_enabled=has_script, locale=language)
    page.goto(site.address + fielded.path)
    assert page.locator("html").get_attribute("lang") == language
    choose(page, area=2, t1=4, t2=-1, f6=2, e1=-2, x1=1, k1=1)
    choose(page, k2=3, k3=5, race=2)
    choose(page, race=6)
    send(page)
    expect(page.locator("h1")).to_have_text(THANKS[language])
    (sheet,) = opened(site.database, fielded, site.count_keys)
    chosen = {"area": 2, "t1": 4, "t2": -1, "f6": 2, "e1": -2, "x1": 1, "k1": 1, "k2": 3}
    assert {name: sheet["answers"][name] for name in chosen} == chosen
    assert sheet["answers"]["race"] == [2, 6]
    assert (sheet["language"], sheet["area"]) == (language, 2)


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


def test_someone_else_on_the_same_phone_starts_from_the_thanks(site: Site, phones: Phones) -> None:
    fielded = site.field()
    page = phones(java_script_enabled=False, locale="ar")
    page.goto(site.address + fielded.path)
    for _ in range(2):
        send(page)
        expect(page.locator("h1")).to_have_text(THANKS["ar"])
        page.get_by_role("link").last.tap()
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
    assert page.evaluate("document.activeElement.tagName") == "SUMMARY"
    page.keyboard.press("Enter")
    assert page.get_by_text("Ombuds Office").is_visible()
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("Thank you")
    (sheet,) = opened(site.database, fielded, site.count_keys)
    assert (sheet["answers"]["area"], sheet["answers"]["t1"]) == (2, 2)
