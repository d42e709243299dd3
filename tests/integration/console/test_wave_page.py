"""What the page of a wave warns of, and one way in that is stopped on it."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest
from sqlalchemy import select, update

from app import clock
from app.accounts.tables import AuditEntry
from app.db import Database
from app.initiatives.tables import Initiative
from app.settings import WorkerSettings
from app.worker import run_until_empty
from tests.integration.accounts.people import Owner
from tests.integration.accounts.staff_site import Browser, enter_enrolled
from tests.integration.console.test_journey import DRAFTS, _created, _wave


def _plain(html: str) -> str:
    return re.sub(r"\s+", " ", html)


@pytest.fixture
def initiative(browser: Browser, owner: Owner) -> str:
    enter_enrolled(browser, owner.email)
    return _created(browser)


@pytest.fixture
def wave(browser: Browser, initiative: str) -> str:
    return _wave(browser, initiative, "baseline")


def test_a_wave_on_the_wrong_side_of_the_first_day_is_warned_of_and_not_refused(
    browser: Browser, initiative: str, wave: str, database: Database
) -> None:
    def begin_on(day: date) -> None:
        with database.writing() as session:
            session.execute(update(Initiative).values(starts_on=day))

    after = _wave(browser, initiative, "follow_up")
    for page in (wave, after):
        assert "first day" not in browser.get(page).text, "it is not known"
    day = clock.now().date() + timedelta(days=90)
    begin_on(day)
    page = _plain(browser.get(after).text)
    warned = page.index("An after wave that opens before it cannot tell")
    assert f"is {day.day} {day:%B} {day.year}." in page[:warned]
    assert warned < page.index("Open wave</button>")
    plan = {**DRAFTS, "accept_default_plan": "yes"}
    browser.post(f"{after}/open", {**plan, "opens_at": f"{day}T00:00"})
    page = browser.get(after).text
    assert "It will open on" in page
    assert "opens before it" not in page
    assert "first day" not in browser.get(wave).text
    browser.post(f"{wave}/close", {"closes_at": f"{day}T09:00", "later": "yes"})
    assert "this before wave will be closed after it began" in browser.get(wave).text
    begin_on(day - timedelta(days=180))
    assert "Open the before wave earlier" in browser.get(wave).text
    assert "in the background" in browser.post(f"{wave}/open", DRAFTS).text


def test_one_way_in_is_stopped_and_let_go_on(
    browser: Browser, wave: str, database: Database, worker_settings: WorkerSettings
) -> None:
    browser.post(f"{wave}/collectors", {"label": "Library"})
    browser.post(f"{wave}/collectors", {"label": "Leaked"})
    assert "Stop it" not in browser.get(wave).text, "a draft's is deleted"
    browser.post(f"{wave}/open", DRAFTS)
    run_until_empty(database, worker_settings)
    page = _plain(browser.get(wave).text)
    leaked, _ = re.findall(r'action="(/staff/collectors/\w{16}/stop)"', page)
    poster = f'value="poster:{leaked.split("/")[3][6:]}"'
    assert poster in page
    assert "Answers that people are writing just now" in page
    stopped = browser.post(leaked)
    assert stopped.url.path == wave
    assert "stopped on" in stopped.text
    assert "stopped on" in browser.get(f"{wave}/fieldwork").text
    assert poster not in stopped.text
    going = browser.post(leaked.replace("/stop", "/resume"))
    assert "stopped on" not in going.text
    with database.acting_as("rapport_operator").reading() as session:
        acts = session.scalars(select(AuditEntry.act).order_by(AuditEntry.position)).all()
    assert acts[-2:] == ["stop collector", "resume collector"]
    browser.post(f"{wave}/close", {"grace": "0"})
    run_until_empty(database, worker_settings)
    refused = browser.post(leaked)
    assert refused.status_code == 409
    assert "while its wave takes answers; this wave is counted" in refused.text
