"""The pages on which two people have answers erased, and the same asked for by a program."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.db import Database
from app.initiatives.service import describe_initiative, get_initiative
from app.privacy.count_keys import CountKeyStore
from app.settings import WorkerSettings
from app.worker import run_until_empty
from tests.integration.accounts.people import OWNER_PASSWORD, hire
from tests.integration.accounts.staff_site import Browser, enter_enrolled
from tests.integration.api.programs import Program, api_site, token_for
from tests.integration.console.test_journey import _in
from tests.integration.exports.holders import make_holder
from tests.integration.retention.files import REASON, Answered, answered
from tests.integration.retention.notices import told_words


@pytest.fixture
def wave(database: Database, count_keys: CountKeyStore) -> Answered:
    return answered(database, count_keys, None)


def page_of(wave: Answered) -> str:
    return f"/staff/initiatives/{wave.initiative_id}/retention"


def test_an_owner_asks_an_analyst_agrees_and_the_worker_erases(
    browser: Browser, database: Database, wave: Answered, worker_settings: WorkerSettings
) -> None:
    holder = make_holder(database, wave.agency_id, "ana@city.example", OWNER_PASSWORD)
    analyst = hire(database, wave.agency_id, "analyst")
    enter_enrolled(browser, holder.email)
    assert "no number of months was stated" in browser.get("/staff/retention").text
    asked = {"title": "Walking beats", "reason": REASON}
    wrong = browser.post(page_of(wave), asked | {"title": "Another"})
    assert wrong.status_code == 422
    assert "not the title of this initiative" in wrong.text
    assert f'value="{REASON}"' in wrong.text
    page = browser.post(page_of(wave), asked).text
    assert "Ask a second person who may approve publications" in page
    assert "Erase for good" not in page
    assert browser.post(f"{page_of(wave)}/agreement").status_code == 409
    _in(browser, analyst)
    page = browser.get(page_of(wave)).text
    assert "Erase for good" in page
    assert REASON in page
    assert "in the background" in browser.post(f"{page_of(wave)}/agreement").text
    run_until_empty(database, worker_settings)
    page = browser.get(page_of(wave)).text
    assert "Backups made before still hold the answers until" in page
    assert "Agreed by Bo Li" in page
    assert "The answers are erased." in browser.get("/staff/retention").text


def test_who_is_alone_says_why_and_may_still_call_it_off(
    browser: Browser, database: Database, wave: Answered
) -> None:
    holder = make_holder(database, wave.agency_id, "ana@city.example", OWNER_PASSWORD)
    enter_enrolled(browser, holder.email)
    page = browser.post(page_of(wave), {"title": "Walking beats", "reason": REASON}).text
    assert "Nobody else of this agency may agree" in page
    refused = browser.post(f"{page_of(wave)}/agreement", {"statement": "too short"})
    assert refused.status_code == 422
    assert "Ask to erase" in browser.post(f"{page_of(wave)}/call-off").text
    browser.post(page_of(wave), {"title": "Walking beats", "reason": REASON})
    agreed = browser.post(f"{page_of(wave)}/agreement", {"statement": "There is nobody else here."})
    assert "It is agreed." in agreed.text


def test_a_program_reads_what_is_kept_and_asks_and_cannot_agree(
    database: Database, wave: Answered, tmp_path: Path
) -> None:
    with database.writing() as session:
        words = told_words(get_initiative(session, *wave.key), months=24)
        describe_initiative(session, *wave.key, words)
    with api_site(database, tmp_path) as client:
        token = token_for(database, wave.agency_id, "owner")
        program = Program(client, token, wave.agency_id)
        (line,) = program.get("/retention").json()["items"]
        assert (line["initiative_id"], line["standing"]) == (wave.initiative_id, "later")
        of = f"/initiatives/{wave.initiative_id}"
        assert program.get(f"{of}/retention").json() == line
        assert program.post(f"{of}/erasure", {"reason": REASON}).json()["standing"] == "asked"
        assert program.post(f"{of}/erasure", {"reason": REASON}).status_code == 409
        analyst = Program(client, token_for(database, wave.agency_id, "analyst"), wave.agency_id)
        assert analyst.post(f"{of}/erasure", {"reason": REASON}).status_code == 403
