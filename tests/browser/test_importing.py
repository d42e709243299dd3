"""A baseline taken elsewhere, on a phone and on a desk: three pages that everybody can use."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Page

from app.accounts.staff import create_owner
from tests.browser.answering import follow
from tests.browser.conftest import Site
from tests.browser.test_accessibility import cut_off, violations
from tests.browser.test_staff_pages import LOOKS
from tests.factories import make_agency, make_areas, make_initiative, make_wave
from tests.integration.accounts.people import OWNER_PASSWORD, phone_code

pytestmark = pytest.mark.browser

FILE = Path(__file__).parents[1] / "unit" / "app" / "imports" / "exports" / "google_forms.csv"


def _baseline(site: Site, email: str) -> str:
    with site.database.writing() as session:
        agency = make_agency(session, "City of Riverside")
        create_owner(
            session, agency.agency_id, email=email, name="Ana Ruiz", password=OWNER_PASSWORD
        )
        initiative = make_initiative(session, agency)
        make_areas(session, initiative)
        wave = make_wave(session, initiative, languages=("en", "es"))
        return f"{site.address}/staff/imports/{wave.id}"


def _enter(site: Site, page: Page, email: str) -> None:
    page.goto(f"{site.address}/staff")
    page.fill("#email", email)
    page.fill("#password", OWNER_PASSWORD)
    follow(page, "main button")
    page.fill("#code", phone_code(page.inner_text(".card code"), datetime.now(UTC)))
    follow(page, "main button")


def _looks_right(page: Page) -> None:
    assert violations(page) == []
    assert cut_off(page) == []


def _press(page: Page, button: str) -> None:
    """By keyboard alone."""
    page.focus(button)
    page.keyboard.press("Enter")


@pytest.mark.parametrize("look", LOOKS, ids=["phone", "desk"])
def test_a_file_is_imported_by_keyboard_and_every_page_can_be_read(
    site: Site, phones: Callable[..., Page], look: dict[str, object]
) -> None:
    page = phones(**look)
    email = f"import-{look['color_scheme']}@city.example"
    address = _baseline(site, email)
    _enter(site, page, email)
    page.goto(address)
    _looks_right(page)
    page.set_input_files("#file", FILE)
    _press(page, "main form button")
    page.wait_for_selector("input[name=carried]", state="attached")
    _looks_right(page)
    heading = page.locator("legend", has_text="What is your race or ethnicity?")
    race = page.locator("fieldset", has=heading)
    race.locator("select").first.select_option("race")
    race.locator("select").nth(1).select_option(";")
    _press(page, "main form button")
    page.wait_for_selector("input[name=choices]", state="attached")
    _looks_right(page)
    page.fill("#first_day", "2025-03-04")
    page.fill("#last_day", "2025-03-06")
    page.select_option("#mode", "phone_web")
    page.select_option("#recruitment", "open")
    page.focus("[name=confirm]")
    page.keyboard.press("Space")
    _press(page, "main form button")
    page.wait_for_selector("main .next")
    assert "4" in page.inner_text("main h2")
    _looks_right(page)
