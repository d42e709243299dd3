"""The downloads page with all that can stand on it, for everyone."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Page

from app.accounts.staff import create_owner
from app.accounts.store import staff_of
from app.exports.service import Asker, Wanted, approve, ask_for
from app.reports.computation import compute_now
from app.settings import WorkerSettings
from app.worker import Worker
from tests.browser.answering import follow
from tests.browser.conftest import Site
from tests.browser.test_accessibility import cut_off, violations
from tests.integration.accounts.people import OWNER_PASSWORD, phone_code
from tests.integration.reports.waves import TwoWaves, two_counted_waves

pytestmark = pytest.mark.browser

DESK = {"viewport": {"width": 1280, "height": 900}, "is_mobile": False, "has_touch": False}
REASON = "The university checks the report"
EMAIL = "downloads@city.example"


@pytest.fixture(scope="module")
def waves(site: Site, tmp_path_factory: pytest.TempPathFactory) -> TwoWaves:
    """Two counted waves, a report, and a download in every state there is.

    Asked for before the browser is: sheets cannot be sent while it runs in this process.
    """
    found = two_counted_waves(site.database, site.count_keys, people=31)
    report = compute_now(
        site.database, found.agency_id, before_wave_id=found.before, after_wave_id=found.after
    )
    with site.database.writing() as session:
        create_owner(
            session, found.agency_id, email=EMAIL, name="Ana Ruiz", password=OWNER_PASSWORD
        )
        own = staff_of(session, found.agency_id)[0].id
    other = Asker(found.agency_id, "0000000000", found.initiative_id)
    with site.database.writing() as session:
        made = ask_for(
            session, site.web_keys, other, Wanted("csv_codes", found.before, "en", REASON)
        )
        ask_for(session, site.web_keys, other, Wanted("public_bundle", report, "en"))
    with site.database.writing() as session:
        approve(session, found.agency_id, own, made.id)
    _make_downloads(site, tmp_path_factory.mktemp("worker"))
    with site.database.writing() as session:
        ask_for(session, site.web_keys, other, Wanted("sav", found.after, "es", REASON))
        mine = Asker(found.agency_id, own, found.initiative_id)
        ask_for(session, site.web_keys, mine, Wanted("dta", found.after, "en", REASON))
        ask_for(session, site.web_keys, mine, Wanted("codebook_html", found.after, "en"))
    return found


def _make_downloads(site: Site, folder: Path) -> None:
    """And nothing else: other tests of the site have jobs of their own waiting."""
    settings = WorkerSettings(
        database_url=site.database.url.render_as_string(hide_password=False),
        count_key_store=folder / "count-keys",
        count_master_file=folder / "secrets" / "count-master",
    )
    worker = Worker(site.database, settings, None)
    worker.kinds = ["make_export"]
    assert {job.problem for job in worker.run_until_empty()} == {None}


def _signed_in(page: Page, site: Site) -> Page:
    page.goto(f"{site.address}/staff")
    page.fill("#email", EMAIL)
    page.fill("#password", OWNER_PASSWORD)
    follow(page, "main button")
    page.fill("#code", phone_code(page.inner_text(".card code"), datetime.now(UTC)))
    follow(page, "main button")
    return page


def test_everyone_can_read_it_ask_approve_and_take(
    site: Site, waves: TwoWaves, phones: Callable[..., Page]
) -> None:
    page = _signed_in(phones(**DESK, locale="en-US", color_scheme="light"), site)
    page.goto(f"{site.address}/staff/initiatives/{waves.initiative_id}/downloads")
    for details in page.locator("details").all():
        details.evaluate("part => part.open = true")
    assert violations(page) == []
    assert cut_off(page) == []
    page.set_viewport_size({"width": 360, "height": 740})
    page.emulate_media(color_scheme="dark")
    assert violations(page) == []
    assert cut_off(page) == []
    with page.expect_download() as taken:
        page.click("a.action >> nth=-1")
    assert taken.value.suggested_filename.startswith("csv_codes-")
    assert taken.value.path().stat().st_size > 1000
