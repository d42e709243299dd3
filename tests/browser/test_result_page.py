"""The result page as residents meet it, and the pages on which staff let it out."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Final

import pytest
from playwright.sync_api import Page

from app.accounts.staff import choose_password, invite
from app.reports.computation import compute_now
from app.reports.publishing import acts
from tests.browser.answering import follow
from tests.browser.conftest import Site
from tests.browser.test_accessibility import cut_off, violations
from tests.integration.accounts.people import STAFF_PASSWORD
from tests.integration.reports.waves import STATEMENT, TwoWaves, two_counted_waves

pytestmark = pytest.mark.browser

WIDTHS: Final = (320, 360, 1280)
ANALYST: Final = "analyst@riverside.example"


@pytest.fixture(scope="module")
def waves(site: Site) -> TwoWaves:
    """In a thread of its own: the browser's loop runs in this one."""
    with ThreadPoolExecutor(1) as pool:
        made = pool.submit(two_counted_waves, site.database, site.count_keys, people=60)
        return made.result()


@pytest.fixture(scope="module")
def report_id(site: Site, waves: TwoWaves) -> str:
    pair = {"before_wave_id": waves.before, "after_wave_id": waves.after}
    return compute_now(site.database, waves.agency_id, **pair)


def _looks_right(page: Page) -> None:
    for details in page.locator("details").all():
        details.evaluate("part => part.open = true")
    assert violations(page) == []
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 740})
        assert cut_off(page) == []


def test_everyone_can_read_that_there_is_no_result_the_result_and_that_it_was_withdrawn(
    site: Site, phones: Callable[..., Page], waves: TwoWaves, report_id: str
) -> None:
    address = f"{site.address}/results/{waves.agency_id}{waves.initiative_id}"
    page = phones(locale="es-MX")
    page.goto(address)
    assert "Todavía no hay resultado" in page.inner_text("main")
    _looks_right(page)
    with site.database.writing() as session:
        _, link = invite(
            session, waves.agency_id, None, email=ANALYST, name="Bo Li", roles=["analyst"]
        )
        choose_password(session, link, STAFF_PASSWORD)
        acts.propose(session, waves.agency_id, report_id, None, ["questions"])
    staff = phones(locale="en-US", color_scheme="dark")
    staff.goto(f"{site.address}/staff/sign-in")
    staff.fill("#email", ANALYST)
    staff.fill("#password", STAFF_PASSWORD)
    follow(staff, "main button")
    staff.goto(f"{site.address}/staff/reports/{waves.agency_id}{report_id}")
    _looks_right(staff)
    follow(staff, "form[action$=approval] button")
    assert "Approved by Bo Li" in staff.inner_text("main")
    _looks_right(staff)
    staff.fill("#reason", STATEMENT)
    follow(staff, "form[action$=computed] button")
    _looks_right(staff)
    staff.goto(f"{site.address}/staff/initiatives/{waves.initiative_id}/reports")
    _looks_right(staff)
    with site.database.writing() as session:
        acts.publish(session, waves.agency_id, report_id, None)
    requests: list[str] = []
    page.on("request", lambda request: requests.append(request.url))
    page.goto(address)
    assert requests == [address], "one request is the whole page"
    _looks_right(page)
    dark = phones(color_scheme="dark", locale="ar")
    dark.goto(f"{address}?lang=es")
    _looks_right(dark)
    with site.database.writing() as session:
        acts.withdraw(session, waves.agency_id, report_id, None, STATEMENT)
    for gone in (address, f"{site.address}/r/{waves.agency_id}{report_id}?lang=ar"):
        dark.goto(gone)
        assert STATEMENT in dark.inner_text("blockquote")
        _looks_right(dark)
