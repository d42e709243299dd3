"""Staff come in, invite and look: on a phone and on a desk, in both languages, light and dark."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from playwright.sync_api import Page

from app.accounts.staff import create_owner, send_reset
from tests.browser.conftest import Site
from tests.browser.test_accessibility import cut_off, violations
from tests.factories import make_agency
from tests.integration.accounts.people import OWNER_PASSWORD, phone_code

pytestmark = pytest.mark.browser

DESK = {"viewport": {"width": 1280, "height": 900}, "is_mobile": False, "has_touch": False}
LOOKS = [
    {"locale": "es-MX", "color_scheme": "dark"},
    {**DESK, "locale": "en-US", "color_scheme": "light"},
]


def _owner(site: Site, email: str) -> tuple[str, str]:
    """The address of a page to choose a new password on, and the path of the owner's own page."""
    with site.database.writing() as session:
        agency_id = make_agency(session, "City of Riverside").agency_id
        owner = create_owner(
            session, agency_id, email=email, name="Ana Ruiz", password=OWNER_PASSWORD
        )
        token = send_reset(session, agency_id, owner.id, owner.id)
        return f"{site.address}/staff/link/{token}", f"/staff/people/{owner.id}"


def _looks_right(page: Page) -> None:
    assert violations(page) == []
    assert cut_off(page) == []


@pytest.mark.parametrize("look", LOOKS, ids=["phone", "desk"])
def test_every_staff_page_can_be_read_and_used_by_everyone(
    site: Site, phones: Callable[..., Page], look: dict[str, object]
) -> None:
    page = phones(**look)
    email = f"ana-{look['color_scheme']}@city.example"
    link, own = _owner(site, email)
    page.goto(link)
    _looks_right(page)
    page.goto(f"{site.address}/staff")
    _looks_right(page)
    page.fill("#email", email)
    page.fill("#password", "wrong")
    page.click("main button")
    assert page.locator("[role=alert]").is_visible()
    _looks_right(page)
    page.fill("#password", OWNER_PASSWORD)
    page.click("main button")
    _looks_right(page)
    page.fill("#code", phone_code(page.inner_text(".card code"), datetime.now(UTC)))
    page.click("main button")
    assert page.locator(".codes li").count() == 10
    _looks_right(page)
    page.click("main a")
    _looks_right(page)
    page.goto(site.address + own)
    page.check("[value=auditor]")
    _looks_right(page)
    page.goto(f"{site.address}/staff/people")
    page.fill("#name", "Bo Li")
    page.fill("#email", f"bo-{look['color_scheme']}@partner.example")
    page.check("[value=analyst]")
    _looks_right(page)
    page.click("main button")
    assert "/staff/link/" in page.inner_text(".card")
    _looks_right(page)
    page.goto(site.address + own)
    page.check("[value=auditor]")
    page.click("main form.card button")
    assert page.url.endswith("/staff/sign-in")


def test_the_second_step_and_the_log_can_be_read_by_everyone(
    site: Site, phones: Callable[..., Page]
) -> None:
    page = phones(locale="es-MX")
    _, own = _owner(site, "eva@city.example")
    page.goto(f"{site.address}/staff")
    page.fill("#email", "eva@city.example")
    page.fill("#password", OWNER_PASSWORD)
    page.click("main button")
    page.fill("#code", phone_code(page.inner_text(".card code"), datetime.now(UTC)))
    page.click("main button")
    recovery = page.inner_text(".codes li >> nth=0")
    page.goto(site.address + own)
    page.check("[value=auditor]")
    page.click("main form.card button")
    page.fill("#email", "eva@city.example")
    page.fill("#password", OWNER_PASSWORD)
    page.click("main button")
    _looks_right(page)
    page.fill("#code", recovery)
    page.click("main button")
    page.goto(f"{site.address}/staff/audit")
    assert page.locator("tbody tr").count() >= 4
    _looks_right(page)


@pytest.mark.parametrize("look", LOOKS, ids=["phone", "desk"])
def test_every_page_of_the_console_can_be_read_and_used_by_everyone(
    site: Site, phones: Callable[..., Page], look: dict[str, object]
) -> None:
    page = phones(**look)
    email = f"console-{look['color_scheme']}@city.example"
    _owner(site, email)
    page.goto(f"{site.address}/staff")
    page.fill("#email", email)
    page.fill("#password", OWNER_PASSWORD)
    page.click("main button")
    page.fill("#code", phone_code(page.inner_text(".card code"), datetime.now(UTC)))
    page.click("main button")
    page.goto(f"{site.address}/staff")
    _looks_right(page)
    page.click("a.action")
    _looks_right(page)
    page.fill("#title-en", "Walking beats")
    page.fill("#police_name-en", "the Riverside police")
    page.click("main form button")
    _looks_right(page)
    for details in page.locator("details").all():
        details.evaluate("part => part.open = true")
    _looks_right(page)
    page.fill("#name-en", "Mill Street")
    page.click("form[action$=areas] button")
    page.locator("details").first.evaluate("part => part.open = true")
    page.fill("#label-en", "Before, spring")
    page.click("form[action$=waves] button")
    _looks_right(page)
    page.fill("#label", "Poster in the library")
    page.click("form[action$=collectors] button")
    assert "/s/" in page.inner_text("td a")
    _looks_right(page)
    for step in ("try", "fieldwork", "close"):
        page.goto(f"{page.url.partition('#')[0]}/{step}")
        _looks_right(page)
        if step == "try":
            page.click("form button")
            _looks_right(page)
        page.goto(page.url.rpartition("/")[0])
    page.click("form[action$=close] button, form[action$=open] button")
    _looks_right(page)
    page.click("main p a")
    initiative = page.url
    page.click("a[href$=reports]")
    _looks_right(page)
    _what_is_set_up_looks_right(page, site, initiative)


def _what_is_set_up_looks_right(page: Page, site: Site, initiative: str) -> None:
    for path in ("/edit", "/planner", "/plan"):
        page.goto(initiative + path)
        for details in page.locator("details").all():
            details.evaluate("part => part.open = true")
        _looks_right(page)
    page.goto(f"{site.address}/staff/instruments")
    _looks_right(page)
    page.click("a[href$=core_trust]")
    page.locator("details").first.evaluate("part => part.open = true")
    _looks_right(page)
    page.goto(page.url + "/differences?before=pulse")
    _looks_right(page)
