"""A wave tried, planned, copied, handed out, watched and closed by staff."""

from __future__ import annotations

import csv
import io
import random
import re
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import update

from app import clock
from app.console.initiatives.next_step import next_step
from app.console.waves.closing import stages_of
from app.db import Database
from app.initiatives.planning.planner import Answers, Assumptions, visible_change
from app.initiatives.tables import PlanVersion, Wave
from app.jobs.service import JobStanding, enqueue
from app.jobs.tables import Job
from app.settings import WorkerSettings
from app.worker import run_until_empty
from tests.integration.accounts.people import Owner
from tests.integration.accounts.staff_site import Browser, enter_enrolled
from tests.integration.console.test_journey import DRAFTS, _answer, _created, _wave
from tests.integration.pages.reading import ReadPage

NEXT_YEAR = clock.now().year + 1


def _plain(html: str) -> str:
    return re.sub(r"\s+", " ", html)


def _when_told(browser: Browser, path: str, words: str) -> str:
    """A list may be written by another thread at this moment."""
    for _ in range(300):
        page = _plain(browser.get(path).text)
        if words in page:
            return page
        time.sleep(0.1)
    pytest.fail(f"{words!r} is not told")


@pytest.fixture
def initiative(browser: Browser, owner: Owner) -> str:
    enter_enrolled(browser, owner.email)
    made = _created(browser)
    for name, role in (("Mill Street", ""), ("Hill Park", "comparison")):
        fields = {"name.en": name, "name.es": name, "role": role}
        browser.post(f"{made}/areas", fields)
    return made


@pytest.fixture
def wave(browser: Browser, initiative: str) -> str:
    return _wave(browser, initiative, "baseline")


def _paths(html: str) -> list[str]:
    return re.findall(r'href="https://rapport\.example(/s/\w{16}[^"]*)"', html)


def test_a_try_shows_what_was_read_and_stores_nothing(
    browser: Browser, wave: str, database: Database
) -> None:
    page = browser.get(f"{wave}/try?lang=es")
    assert "<script" not in page.text
    form = ReadPage(page.text).form
    tried = browser.send(f"{wave}/try?lang=es", form.with_answers({"t1": "4"}))
    assert "Nothing was stored" in tried.text
    assert '<dd dir="auto">Mucho</dd>' in tried.text
    assert '<dt dir="auto">¿' in tried.text
    with database.reading() as session:
        rows = session.connection().exec_driver_sql("SELECT count(*) FROM intake").scalar_one()
    assert rows == 0
    wrong = browser.send(f"{wave}/try", form.with_answers({"t1": "77"}))
    assert wrong.status_code == 422


def test_a_copy_asks_the_same_through_the_same_ways_in(browser: Browser, wave: str) -> None:
    for fields in (
        {"label": "Library", "area": "1", "language": "es"},
        {"label": "Cards", "recruitment": "single_use_code"},
        {"label": "Desk", "mode": "paper"},
    ):
        browser.post(f"{wave}/collectors", fields)
    copied = browser.post(f"{wave}/copy", {"kind": "follow_up", "copy.en": "After"})
    assert copied.url.path != wave
    page = _plain(copied.text)
    for told in ("Library", "Cards", "Desk", "cards, one code each", "Español", "after wave"):
        assert told in page
    assert "?lang=es" in page
    corrected = browser.post(
        f"{wave}/copy", {"kind": "baseline", "copy.en": "Before", "instrument": "pulse"}
    )
    assert corrected.status_code == 409
    assert "A baseline comes before every follow-up" in corrected.text
    nothing = browser.post(f"{wave}/copy", {"copy.en": "X", "instrument": "none"})
    assert nothing.status_code == 422


def test_a_wave_is_corrected_as_a_copy_with_other_questions(browser: Browser, wave: str) -> None:
    made = browser.post(
        f"{wave}/copy", {"kind": "baseline", "copy.en": "Again", "instrument": "pulse"}
    )
    assert made.status_code == 200
    tried = ReadPage(browser.get(f"{made.url.path}/try").text).form
    assert browser.send(f"{made.url.path}/try", tried.with_answers({"t1": "1"})).status_code == 200


def test_opening_and_closing_can_be_planned_and_called_off(
    browser: Browser,
    wave: str,
    database: Database,
    worker_settings: WorkerSettings,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    past = browser.post(f"{wave}/open", {**DRAFTS, "opens_at": "2020-01-01T09:00"})
    assert past.status_code == 422
    assert "must lie ahead" in past.text
    assert 'value="2020-01-01T09:00"' in past.text
    no_moment = browser.post(f"{wave}/open", {"opens_at": "soon"})
    assert no_moment.status_code == 422
    browser.post(f"{wave}/open", {**DRAFTS, "opens_at": f"{NEXT_YEAR}-03-01T09:00"})
    assert f"It will open on 1 March {NEXT_YEAR}, 09:00 (UTC)" in browser.get(wave).text
    run_until_empty(database, worker_settings)
    assert "State: draft" in browser.get(wave).text
    browser.post(f"{wave}/call-off", {"what": "opening"})
    assert "It will open on" not in browser.get(wave).text
    browser.post(f"{wave}/open", {**DRAFTS, "opens_at": f"{NEXT_YEAR}-03-01T09:00"})
    missing = browser.post(f"{wave}/close", {"later": "yes"})
    assert missing.status_code == 422
    browser.post(
        f"{wave}/close", {"later": "yes", "closes_at": f"{NEXT_YEAR}-03-20T18:00", "grace": "0"}
    )
    assert f"It will be closed on 20 March {NEXT_YEAR}, 18:00 (UTC)" in browser.get(wave).text
    monkeypatch.setattr(clock, "now", lambda: datetime(NEXT_YEAR, 3, 1, 9, 0, 1, tzinfo=UTC))
    run_until_empty(database, worker_settings)
    with database.reading() as session:
        state = "SELECT state FROM wave"
        assert session.connection().exec_driver_sql(state).scalar_one() == "open"
    monkeypatch.setattr(clock, "now", lambda: datetime(NEXT_YEAR, 3, 20, 18, 0, 1, tzinfo=UTC))
    run_until_empty(database, worker_settings)
    with database.reading() as session:
        assert session.connection().exec_driver_sql(state).scalar_one() == "counted"


def test_each_area_gets_a_link_in_each_language_once(browser: Browser, wave: str) -> None:
    made = browser.post(f"{wave}/collectors/each")
    paths = _paths(made.text)
    assert len(paths) == 4
    assert sorted(path.partition("?")[2] for path in paths) == ["lang=en"] * 2 + ["lang=es"] * 2
    again = browser.post(f"{wave}/collectors/each")
    assert again.status_code == 409
    assert "has a link in each language already" in again.text


def test_codes_are_told_once_in_a_file(browser: Browser, wave: str) -> None:
    made = browser.post(
        f"{wave}/collectors", {"label": "Cards", "recruitment": "single_use_code", "area": "1"}
    )
    address = re.search(r'action="(/staff/collectors/\w{16}/cards)"', made.text)
    assert address is not None
    file = browser.post(address[1], {"codes": "3", "tests": "1"})
    assert file.headers["content-type"] == "text/csv; charset=utf-8"
    assert "attachment" in file.headers["content-disposition"]
    rows = list(csv.DictReader(io.StringIO(file.text.removeprefix("\ufeff"))))
    assert [row["test"] for row in rows] == ["", "", "", "test"]
    assert {row["area"] for row in rows} == {"Mill Street"}
    way_in = address[1].split("/")[3]
    refused = browser.post(address[1], {"codes": "0", "tests": "7", "way_in": way_in})
    assert refused.status_code == 422
    assert 'name="codes" inputmode="numeric" value="0"' in refused.text
    assert 'name="tests" inputmode="numeric" value="7"' in refused.text
    open_link = browser.post(f"{wave}/collectors", {"label": "Link"})
    assert len(_paths(open_link.text)) == 2


def test_the_fieldwork_page_tells_who_is_missing_and_never_a_small_number(
    browser: Browser,
    initiative: str,
    wave: str,
    database: Database,
    worker_settings: WorkerSettings,
) -> None:
    assert "Nobody can answer yet" in browser.get(f"{wave}/fieldwork").text
    browser.post(
        f"{initiative}/planner",
        {"before.1": "40", "before.2": "40", "after.1": "40", "after.2": "40"},
    )
    browser.post(f"{initiative}/plan", {"primary": "trust", "smallest_change": "0.7"})
    mill, hill = (
        _paths(browser.post(f"{wave}/collectors", {"label": name, "area": area}).text)
        for name, area in (("Mill poster", "1"), ("Hill poster", "2"))
    )
    hill_path = next(path for path in hill if path not in mill)
    browser.post(f"{wave}/open", DRAFTS)
    run_until_empty(database, worker_settings)
    rng = random.Random(5)
    for path, people in ((mill[0], 23), (hill_path, 7)):
        for _ in range(people):
            _answer(browser, path, rng)
    browser.write_tally()
    page = _when_told(browser, f"{wave}/fieldwork", "about 25")
    assert "About 30 answers so far" in page
    assert "Aimed at: 80" in page
    lists = re.findall(r"(Mill poster|Hill poster)</td>.*?(about \d+|fewer than \d+)", page)
    assert lists == [("Hill poster", "fewer than 10"), ("Mill poster", "about 25")]
    days = re.findall(r"<td>(\d{1,2} [A-Z][a-z]+ \d{4})</td>", page)
    assert 1 <= len(days) <= 2  # midnight may pass
    assert "About 40 more are needed from Hill Park" in page
    assert "more are needed from Mill Street" not in page
    assert "About 50 more are needed: go on asking" in page
    assert "Plan the day of closing" in page
    assert "No way in opens in English" in page
    _promises_what_the_initiative_alone_can_show(page, browser.get(f"{initiative}/planner").text)
    assert " 7 " not in page
    assert " 23 " not in page


def _promises_what_the_initiative_alone_can_show(page: str, planner: str) -> None:
    [planned] = re.findall(r"see a change of ([\d.]+) points", _plain(planner))
    assert f"Once the aim is reached: {planned} points" in page
    now = visible_change([Answers(25, 40)], Assumptions())
    assert f"With the answers so far, a change of {now:.2f} points or more" in page
    assert "A change of 0.70 matters to you, and would probably stay unseen" in page


def test_closing_is_explained_before_and_shown_until_its_end(
    browser: Browser, wave: str, database: Database, worker_settings: WorkerSettings
) -> None:
    browser.post(f"{wave}/collectors", {"label": "Library"})
    browser.post(f"{wave}/open", DRAFTS)
    run_until_empty(database, worker_settings)
    before = _plain(browser.get(f"{wave}/close").text)
    assert "cannot be opened again" in before
    assert "The key is destroyed</strong> (to come)" in before
    closed = browser.post(f"{wave}/close", {"grace": "48"})
    assert closed.url.path == f"{wave}/close"
    assert "The wave is closed</strong> (now)" in _plain(closed.text)
    with database.writing() as session:
        session.execute(update(Job).values(progress="open: opened 5,000 of 13,742 sheets"))
    told = _plain(browser.get(f"{wave}/close").text)
    assert "The sheets are opened. 36 %" in told
    assert "13,742" not in told
    with database.writing() as session:
        session.connection().exec_driver_sql(
            "UPDATE wave SET state = 'open', closed_at = NULL, grace_ends_at = NULL"
        )
    browser.post(f"{wave}/close", {"grace": "0"})
    run_until_empty(database, worker_settings)
    after = _plain(browser.get(f"{wave}/close").text)
    assert "The key is destroyed</strong> (done)" in after
    assert "Fewer than ten answers are counted" in after
    assert "takes two counted waves" in after
    assert f"{wave.rpartition('/')[2]}.key from each copy" in after
    with database.writing() as session:
        session.execute(update(Wave).values(count_manifest={"responses": 137}))
    after = _plain(browser.get(f"{wave}/close").text)
    assert "About 135 answers are counted" in after
    assert "137" not in after
    assert "The fieldwork is over" in browser.get(f"{wave}/fieldwork").text


def test_what_a_wave_lacks_is_told_before_it_is_opened(browser: Browser, initiative: str) -> None:
    browser.post(f"{initiative}/areas", {"name.en": "New Town"})
    wave = _wave(browser, initiative, "baseline")
    page = _plain(browser.get(wave).text)
    assert "Español: name of area 3" in page
    assert "Nobody could come in yet" in page
    assert "No area is named" not in page
    assert "No area is named" in browser.get(_wave(browser, _created(browser), "baseline")).text
    refused = browser.post(f"{wave}/open", DRAFTS)
    assert refused.status_code == 409
    assert "name of area 3" in refused.text
    browser.post(f"{initiative}/areas/3", {"area3.en": "New Town", "area3.es": "Pueblo Nuevo"})
    undecided = browser.post(f"{wave}/open", {"draft_decision": ""})
    assert undecided.status_code == 409
    assert "nobody has reviewed these translations" in undecided.text
    assert "in the background" in browser.post(f"{wave}/open", DRAFTS).text
    after = _wave(browser, initiative, "follow_up")
    assert "No plan is locked yet" in browser.get(after).text
    assert browser.post(f"{after}/open", DRAFTS).status_code == 409


def test_what_would_help_today_speaks_of_places_and_days(
    browser: Browser,
    initiative: str,
    wave: str,
    database: Database,
    worker_settings: WorkerSettings,
) -> None:
    browser.post(f"{wave}/collectors", {"label": "Mill poster", "area": "1"})
    browser.post(f"{wave}/open", DRAFTS)
    run_until_empty(database, worker_settings)
    bare = _plain(browser.get(f"{wave}/fieldwork").text)
    assert "Hill Park has no way in" in bare
    assert "Say how many answers you aim at" in bare
    browser.post(f"{wave}/collectors", {"label": "Tablet", "mode": "kiosk"})
    browser.post(f"{initiative}/planner", {"before.1": "40", "before.2": "40"})
    closes = (clock.now() + timedelta(days=8)).strftime("%Y-%m-%dT%H:%M")
    browser.post(f"{wave}/close", {"later": "yes", "closes_at": closes, "grace": "0"})
    page = _plain(browser.get(f"{wave}/fieldwork").text)
    assert "About 10 a day are needed until the closing" in page
    assert page.count("and whoever chose it on the page") == 1
    assert "Hill Park has no way in" not in page
    assert "more are needed from Mill Street" not in page
    assert "Add a link for each area, and this page" not in page


def test_no_backup_is_called_made_while_the_key_is_kept() -> None:
    counted = Wave(state="counted", key_state="kept")
    shown = {stage.name: stage.state for stage in stages_of(counted, None)}
    assert shown == {"wait": "done", "backup": "to_come", "open": "done", "destroy": "to_come"}
    counted.key_state = "destroyed"
    assert {stage.state for stage in stages_of(counted, None)} == {"done"}


def test_a_job_that_no_worker_begins_is_told() -> None:
    asked_at = datetime(2026, 4, 1, 9, 0, tzinfo=UTC)
    waiting = JobStanding("w", {}, "queued", None, None, asked_at)
    assert not waiting.is_overdue(asked_at + timedelta(seconds=59))
    assert waiting.is_overdue(asked_at + timedelta(seconds=61))
    begun = replace(waiting, state="running")
    assert not begun.is_overdue(asked_at + timedelta(hours=1))


def test_what_comes_next_after_a_withdrawal_or_an_erasing_is_no_dead_end() -> None:
    counted = [Wave(id=name, state="counted", kind="baseline") for name in ("a", "b")]
    assert next_step("i", [], counted, PlanVersion(), ["withdrawn"]).key == "report"
    assert next_step("i", [], counted, PlanVersion(), ["withdrawn", "draft"]).key == "publish"
    erased = [Wave(id="a", state="erased"), Wave(id="b", state="draft", kind="follow_up")]
    assert next_step("i", [], erased, PlanVersion(), []).key == "erased"


def test_of_two_jobs_that_are_waited_for_a_wave_shows_one(
    browser: Browser, wave: str, owner: Owner, database: Database
) -> None:
    with database.writing() as session:
        for kind in ("open_wave", "end_fieldwork"):
            enqueue(session, owner.agency_id, kind, wave[-10:], {}, clock.now())
    assert browser.get(wave).text.count("in the background") == 1


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # nothing is asked of it
@pytest.mark.parametrize("number", ["9" * 14, "9" * 5000])
def test_a_number_far_too_long_is_refused_and_breaks_nothing(
    browser: Browser, initiative: str, wave: str, number: str
) -> None:
    words = {"title.en": "Walking beats", "police_name.en": "the police"}
    for path, fields in (
        (
            f"{wave}/close",
            {"later": "yes", "closes_at": f"{NEXT_YEAR}-03-20T18:00", "grace": number},
        ),
        (f"{wave}/collectors", {"label": "Library", "area": number}),
        (f"{initiative}/planner", {"before.1": number}),
        (f"{initiative}/plan", {"primary": "trust", "suppress_below": number}),
        (f"{initiative}/edit", words | {"youngest": number}),
        (f"{initiative}/edit", words | {"keeps_months": number}),
        ("/staff/tokens", {"label": "Loader", "scopes": "see_fieldwork", "days": number}),
    ):
        assert browser.post(path, fields).status_code == 422, path
    for path in (f"{initiative}/plan", "/staff/instruments/core_trust/questions"):
        assert browser.post(path, {"revision": number, "newest": number}).status_code < 500
