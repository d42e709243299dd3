"""The entry of paper sheets needs the keyboard alone, on any desk."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Error, Page, expect

from tests.browser.answering import follow
from tests.browser.conftest import Site
from tests.browser.test_accessibility import cut_off, violations
from tests.integration.accounts.people import STAFF_PASSWORD, hire
from tests.integration.pages.site import Fielded, opened
from tests.surveys.read import read

pytestmark = pytest.mark.browser

Phones = Callable[..., Page]
DESK = {"viewport": {"width": 1280, "height": 800}, "is_mobile": False, "has_touch": False}
ANSWERS = ["4", "2", "-1", "1", "5"]


def sit_down(site: Site, phones: Phones, **wish: object) -> tuple[Page, Fielded]:
    page = phones(**{**DESK, **wish})
    fielded = site.field(mode="paper", instrument=read("street_pulse"), languages=["en", "es"])
    sign_in(page, site, hire(site.database, fielded.agency_id, "fieldwork"))
    page.goto(site.address + fielded.path)
    return page, fielded


def sign_in(page: Page, site: Site, email: str) -> None:
    page.goto(site.address + "/staff/sign-in")
    page.fill("#email", email)
    page.fill("#password", STAFF_PASSWORD)
    follow(page, "main button")
    expect(page).to_have_url(site.address + "/staff")


def key_in(page: Page, *answers: str) -> None:
    # Who types looks for the cursor first; what is typed before it stands there is lost.
    expect(page.locator("#entry input:focus")).to_be_attached()
    for answer in answers:
        page.keyboard.type(answer)
        page.keyboard.press("Enter")


def at(page: Page) -> str | None:
    return page.locator(":focus").get_attribute("name")


def test_two_entries_are_typed_with_numbers_and_enter_alone(site: Site, phones: Phones) -> None:
    page, fielded = sit_down(site, phones)
    for title in ("First entry", "Second entry"):
        expect(page.get_by_role("heading", name=title)).to_be_visible()
        key_in(page, *ANSWERS)
        page.keyboard.press("Enter")
    expect(page.get_by_text("The sheet is stored.")).to_be_visible()
    assert at(page) == "t1"
    [sheet] = opened(site.database, fielded, site.count_keys)
    assert list(sheet["answers"].values()) == [4, 2, -1, 1, 5]


def test_a_number_that_is_not_printed_stops_the_hand(site: Site, phones: Phones) -> None:
    page, _ = sit_down(site, phones)
    key_in(page, "7")
    assert at(page) == "t1"
    assert page.get_by_text("Not on the list").is_visible()
    key_in(page, "4")
    assert at(page) == "q1"
    assert not page.get_by_text("Not on the list").is_visible()
    page.keyboard.press("ArrowUp")
    assert at(page) == "t1"
    assert page.locator(":focus").input_value() == "4"


def test_what_the_paper_passes_over_the_entry_passes_over(site: Site, phones: Phones) -> None:
    page, _ = sit_down(site, phones)
    key_in(page, "4", "2", "3", "2")
    assert not page.locator("#q-heard").is_visible()
    assert page.locator(":focus").evaluate("place => place.tagName") == "BUTTON"
    page.locator("#k-met").fill("1")
    assert page.locator("#q-heard").is_visible()


def test_without_script_enter_does_not_send_half_a_sheet(site: Site, phones: Phones) -> None:
    page, _ = sit_down(site, phones, java_script_enabled=False)
    page.locator("#k-t1").fill("4")
    page.locator("#k-t1").press("Enter")
    page.wait_for_load_state()
    assert page.get_by_role("heading", name="First entry").is_visible()
    assert page.locator("#k-t1").input_value() == "4"
    page.get_by_role("button", name="Go on").click()
    page.wait_for_load_state()
    assert page.get_by_role("heading", name="Second entry").is_visible()
    assert page.locator("#k-t1").input_value() == ""


@pytest.mark.parametrize(("language", "scheme"), [("en", "light"), ("ar", "dark")])
def test_every_step_can_be_read_and_used_by_everyone(
    site: Site, phones: Phones, language: str, scheme: str
) -> None:
    page, _ = sit_down(site, phones, locale=language, color_scheme=scheme)
    assert page.locator("html").get_attribute("lang") == language
    for following, answers in (("second", ANSWERS), ("settle", ["5", "2", "-1", "2"])):
        key_in(page, "9")
        assert violations(page) == []
        page.keyboard.press("Control+A")
        key_in(page, *answers)
        page.keyboard.press("Enter")
        expect(page.locator(f'[name=_step][value="{following}"]')).to_be_attached()
    assert page.locator(".were").first.is_visible()
    assert violations(page) == []
    page.set_viewport_size({"width": 360, "height": 740})
    assert cut_off(page) == []


def test_whoever_is_signed_out_signs_in_beside_the_sheet_and_stores_it(
    site: Site, phones: Phones
) -> None:
    page, fielded = sit_down(site, phones)
    key_in(page, *ANSWERS)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Second entry")).to_be_visible()
    key_in(page, *ANSWERS)
    other = page.context.new_page()
    other.goto(site.address + "/staff")
    other.get_by_role("button", name="Sign out").click()
    expect(other).to_have_url(site.address + "/staff/sign-in")
    page.bring_to_front()
    page.get_by_role("button", name="Compare").click()
    expect(page.get_by_role("alert")).to_contain_text("You are signed out")
    assert violations(page) == []
    with page.expect_popup() as opening:
        page.get_by_role("link", name="Sign in").click()
    sign_in(opening.value, site, f"fieldwork@{fielded.agency_id}.example")
    page.bring_to_front()
    page.get_by_role("button", name="Compare").click()
    expect(page.get_by_text("The sheet is stored.")).to_be_visible()
    [sheet] = opened(site.database, fielded, site.count_keys)
    assert list(sheet["answers"].values()) == [4, 2, -1, 1, 5]


def test_nothing_of_the_sheet_stays_in_the_browser(site: Site, phones: Phones) -> None:
    page, _ = sit_down(site, phones)
    key_in(page, *ANSWERS)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Second entry")).to_be_visible()
    assert page.evaluate("sessionStorage.length + localStorage.length") == 0
    assert [cookie["name"] for cookie in page.context.cookies()] == ["sid"]
    page.goto("about:blank")
    with pytest.raises(Error, match="ERR_CACHE_MISS"):  # the browser has kept no copy
        page.go_back()
