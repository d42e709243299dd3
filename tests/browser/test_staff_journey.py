"""A new agency, from an empty installation to a published comparison of two waves, by clicks alone.

`make journey` shows it: in a window where there is a screen, and as numbered pictures.
"""

from __future__ import annotations

import os
import random
import re
import shutil
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from urllib.parse import urlsplit

import httpx2
import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from app.accounts.staff import create_owner
from app.db import Database
from app.migrations import migrate
from app.settings import WorkerSettings
from app.worker import run_until_empty
from tests.browser.answering import follow
from tests.browser.conftest import PATIENCE
from tests.browser.find import find_browser
from tests.browser.serving import running_server
from tests.conftest import IN_CI
from tests.factories import make_agency
from tests.integration.accounts.people import OWNER_PASSWORD, STAFF_PASSWORD, phone_code
from tests.integration.pages.reading import ReadPage

pytestmark = pytest.mark.browser

PEOPLE = 60
ITEMS = ("t1", "t2", "f1", "f2", "f3", "f4", "f5", "f6")
PICTURES = os.environ.get("RAPPORT_JOURNEY_PICTURES", "")
# What people do on the way, in both browsers: docs/console.md tells these numbers.
MOST = {"clicks": 45, "fields": 32, "pages": 60}
HANDS = """() => {
    const typed = 'input:not([type=radio], [type=checkbox]), textarea, select';
    addEventListener('click', e => e.detail && !e.target.closest('label') && told('clicks'), true);
    addEventListener('change', e => told(e.target.matches(typed) ? 'fields' : 'clicks'), true);
}"""
WATCHED = os.environ.get("RAPPORT_JOURNEY_WATCHED", "")


class Journey:
    """A browser, the server it looks at, and the worker that does what it asks for."""

    def __init__(self, browser: Browser, address: str, settings: WorkerSettings) -> None:
        self.address = address
        self.settings = settings
        self.database = Database(settings.database_url)
        self._browser = browser
        self._numbers = count(1)
        self.tally: Counter[str] = Counter()
        self.page = self.visitor()

    def visitor(self) -> Page:
        context = self._browser.new_context(viewport={"width": 1280, "height": 900}, locale="en-US")
        context.expose_function("told", lambda what: self.tally.update([what]))
        context.add_init_script(f"({HANDS})()")
        page = context.new_page()
        page.set_default_timeout(PATIENCE)
        page.on("framenavigated", lambda _: self.tally.update(["pages"]))
        return page

    def see(self, name: str, page: Page | None = None) -> None:
        if PICTURES:
            file = Path(PICTURES) / f"{next(self._numbers):02d}-{name}.png"
            (page or self.page).screenshot(path=file, full_page=True)

    def work(self) -> None:
        run_until_empty(self.database, self.settings)
        self.page.reload()

    def unfold(self, selector: str) -> None:
        """What is folded away is opened by a click, as a person does it."""
        if not self.page.locator(selector).is_visible():
            folded = self.page.locator("details", has=self.page.locator(selector))
            folded.locator("summary").first.click()

    def answer(self, address: str, trusting: float, rng: random.Random) -> None:
        """Sixty people through the real form: a page each, and what it sends."""
        with httpx2.Client(timeout=PATIENCE / 1000) as phone:
            for _ in range(PEOPLE):
                form = ReadPage(phone.get(address).text).form
                answers = {
                    item: str(min(5, max(1, round(rng.gauss(trusting, 1))))) for item in ITEMS
                }
                sent = phone.post(
                    address,
                    content=form.with_answers(answers),
                    headers={"content-type": "application/x-www-form-urlencoded"},
                )
                assert sent.status_code == 200, sent.text


@pytest.fixture
def journey(tmp_path: Path) -> Iterator[Journey]:
    found = find_browser()
    if found is None:
        (pytest.fail if IN_CI else pytest.skip)("No Chromium was found. Run: make browser")
    if WATCHED:
        found = shutil.which("chromium") or shutil.which("google-chrome") or found
    url = f"sqlite:///{tmp_path / 'rapport.db'}"
    settings = WorkerSettings(
        database_url=url,
        web_key_store=tmp_path / "web-keys",
        web_master_file=tmp_path / "secrets" / "web-master",
        count_key_store=tmp_path / "count-keys",
        count_master_file=tmp_path / "secrets" / "count-master",
        backup_folder=tmp_path / "backups",
    )
    database = Database(url)
    migrate(database)
    database.dispose()
    with running_server(url, tmp_path) as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=found, headless=not WATCHED, slow_mo=float(WATCHED or 0)
        )
        made = Journey(browser, address, settings)
        yield made
        made.database.dispose()
        browser.close()


def _enter(journey: Journey) -> None:
    """What `rapport create-owner` does, then the first sign-in."""
    with journey.database.writing() as session:
        agency = make_agency(session, "City of Riverside")
        create_owner(
            session,
            agency.agency_id,
            email="ana@city.example",
            name="Ana Ruiz",
            password=OWNER_PASSWORD,
        )
    page = journey.page
    page.goto(journey.address + "/staff")
    page.fill("#email", "ana@city.example")
    page.fill("#password", OWNER_PASSWORD)
    follow(page, "main button")
    page.fill("#code", phone_code(page.inner_text(".card code"), datetime.now(UTC)))
    follow(page, "main button")
    page.goto(journey.address + "/staff")
    journey.see("nothing-here-yet")


def _describe(journey: Journey) -> str:
    page = journey.page
    follow(page, "a.action")
    page.fill("#title-en", "Walking beats")
    page.fill("#police_name-en", "the Riverside police")
    page.fill("#run_by-en", "Riverside Neighbours")
    page.fill("#contact", "+1 555 0100")
    journey.see("description")
    follow(page, "main form button")
    for name in ("Mill Street", "Old Harbour"):
        journey.unfold("#name-en")
        page.fill("#name-en", name)
        follow(page, "form[action$=areas] button")
    journey.see("areas-and-what-comes-next")
    initiative = page.url.partition("#")[0]
    follow(page, "nav.steps a[href$=planner]")
    for box in page.locator("tbody input").all():
        box.fill("300")
    follow(page, "button[formmethod=post]")
    assert "These numbers are kept" in page.inner_text("main")
    journey.see("planner")
    return initiative


def _plan(journey: Journey, initiative: str) -> str:
    """Gives the hash under which the plan was locked."""
    page = journey.page
    page.goto(initiative + "/plan")
    page.fill("#smallest_change", "0.25")
    follow(page, "main form[action$=plan] button >> nth=0")
    assert "Version 1, locked" in page.inner_text("main")
    journey.see("plan")
    [locked] = re.findall(r"\b[0-9a-f]{64}\b", page.inner_text("main"))
    return str(locked)


def _field(journey: Journey, initiative: str, label: str, trusting: float) -> None:
    page = journey.page
    page.goto(initiative)
    journey.unfold("#label-en")
    page.fill("#label-en", label)
    follow(page, "form[action$=waves] button")
    wave = page.url
    page.fill("#label", "Poster in the library")
    follow(page, "form[action$=collectors] button")
    resident = page.locator("#collectors td a[href*='/s/']").first.get_attribute("href") or ""
    follow(page, "nav.steps a[href$=try]")
    page.check("input[name=t1][value='4']")
    follow(page, "form button")
    assert "Nothing was stored" in page.inner_text("main")
    journey.see("tried")
    page.goto(wave)
    journey.see("wave")
    follow(page, "form[action$=open] button")
    journey.work()
    own = journey.address + urlsplit(resident).path  # the link names the public address
    journey.answer(own, trusting, random.Random(label))
    follow(page, "nav.steps a[href$=fieldwork]")
    assert f"About {PEOPLE} answers" in page.inner_text("main")
    journey.see("fieldwork")
    follow(page, "nav.steps a[href$=close]")
    page.select_option("#grace", "0")
    journey.see("close-and-count")
    follow(page, "form[action$=close] button")
    journey.work()
    assert f"{PEOPLE} answers are counted" in page.inner_text("main")
    journey.see("counted")


def _second_person(journey: Journey) -> Page:
    """Invited on the page, in by a link of their own, with a password of their own."""
    page = journey.page
    page.goto(journey.address + "/staff/people")
    page.fill("#name", "Bo Li")
    page.fill("#email", "bo@partner.example")
    page.check("[value=analyst]")
    follow(page, "form[action$=people] button")
    link = re.search(r"/staff/link/[\w.-]+", page.inner_text("main"))
    assert link is not None
    other = journey.visitor()
    other.goto(journey.address + link[0])
    other.fill("#password", STAFF_PASSWORD)
    other.fill("#again", STAFF_PASSWORD)
    follow(other, "main button")
    other.goto(journey.address + "/staff")
    if other.locator("#email").count():
        other.fill("#email", "bo@partner.example")
        other.fill("#password", STAFF_PASSWORD)
        follow(other, "main button")
    return other


def _publish(journey: Journey, initiative: str) -> None:
    page = journey.page
    page.goto(initiative + "/reports")
    follow(page, "form[action$=reports] button")
    journey.work()
    follow(page, "a[href^='/staff/reports/']")
    report = page.url
    follow(page, "form[action$=proposal] button")
    journey.see("proposed")
    other = _second_person(journey)
    other.goto(report)
    follow(other, "form[action$=approval] button")
    journey.see("approved-by-a-second-person", other)
    page.goto(report)
    follow(page, "form[action$=publish] button")
    public = page.locator("a[href^='/r/']").first.get_attribute("href") or ""
    journey.see("published")
    page.goto(journey.address + public)
    journey.see("what-everybody-reads")


def test_a_new_agency_reaches_a_published_comparison_by_clicks_alone(journey: Journey) -> None:
    _enter(journey)
    initiative = _describe(journey)
    _field(journey, initiative, "Before, spring", 2.6)
    locked = _plan(journey, initiative)
    _field(journey, initiative, "After, autumn", 3.4)
    _publish(journey, initiative)
    assert "Walking beats" in journey.page.inner_text("h1, main")
    assert "Trust in the police" in journey.page.inner_text("main")
    assert locked in journey.page.inner_text("main")
    assert all(journey.tally[what] <= most for what, most in MOST.items()), journey.tally
    assert journey.tally["clicks"] > MOST["clicks"] / 2, "the clicks were not counted"
