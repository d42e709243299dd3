"""Who may have answers erased: two people, or one where there is nobody else."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest

from app.accounts.audit import recent_acts
from app.db import Database
from app.errors import BadInput, Conflict
from app.initiatives.service import describe_initiative, get_initiative
from app.privacy.count_keys import CountKeyStore
from app.retention.erasing import erase_initiative
from app.retention.service import (
    agree_alone,
    agree_to_erase,
    ask_to_erase,
    call_off_erasing,
    kept_of,
    schedule,
)
from app.retention.telling import tell_due
from app.settings import WorkerSettings
from app.worker import Worker
from tests.conftest import HeldClock
from tests.factories import make_initiative, make_wave
from tests.integration.accounts.people import hire
from tests.integration.commands.rapport import environment, run
from tests.integration.retention.files import REASON, Answered, agreed, answered
from tests.integration.retention.notices import told_words


@pytest.fixture
def wave(database: Database, count_keys: CountKeyStore) -> Answered:
    return answered(database, count_keys, None)


def test_the_one_who_asks_cannot_agree_and_every_act_is_in_the_log(
    database: Database, wave: Answered
) -> None:
    hire(database, wave.agency_id, "analyst")
    with database.writing() as session:
        ask_to_erase(session, *wave.key, "ana0000000", REASON)
    with database.writing() as session:
        with pytest.raises(Conflict, match="asked for already"):
            ask_to_erase(session, *wave.key, "bo00000000", REASON)
        with pytest.raises(Conflict, match="yourself"):
            agree_to_erase(session, *wave.key, "ana0000000")
        with pytest.raises(Conflict, match="Somebody else of this agency may agree"):
            agree_alone(session, *wave.key, "ana0000000", REASON)
        assert kept_of(session, *wave.key).standing == "asked"
        call_off_erasing(session, *wave.key, "ana0000000")
        with pytest.raises(Conflict, match="Nobody has asked"):
            agree_to_erase(session, *wave.key, "bo00000000")
        ask_to_erase(session, *wave.key, "ana0000000", REASON)
        agree_to_erase(session, *wave.key, "bo00000000")
        assert kept_of(session, *wave.key).standing == "approved"
        with pytest.raises(Conflict, match="agreed already"):
            call_off_erasing(session, *wave.key, "bo00000000")
        acts = [act.act for act in recent_acts(session, wave.agency_id)]
    assert acts[:4] == [
        "agree to erase answers",
        "ask to erase answers",
        "call off erasing",
        "ask to erase answers",
    ]


def test_nothing_is_erased_that_nobody_agreed_on(
    database: Database, wave: Answered, count_keys: CountKeyStore
) -> None:
    with pytest.raises(Conflict, match="Nobody has agreed"):
        erase_initiative(database, count_keys, wave.key, None, lambda _line: None)
    with database.writing() as session:
        ask_to_erase(session, *wave.key, None, REASON)
    with pytest.raises(Conflict, match="Nobody has agreed"):
        erase_initiative(database, count_keys, wave.key, None, lambda _line: None)
    with database.reading() as session:
        assert kept_of(session, *wave.key).standing == "asked"


def test_a_reason_is_needed_and_no_wave_may_still_ask(
    database: Database, wave: Answered, count_keys: CountKeyStore
) -> None:
    with database.writing() as session, pytest.raises(BadInput, match="why the answers"):
        ask_to_erase(session, *wave.key, None, "because")
    with database.writing() as session:
        initiative = get_initiative(session, *wave.key)
        make_wave(session, initiative, kind="follow_up", state="open", keys=count_keys)
    with database.writing() as session, pytest.raises(Conflict, match="still asks"):
        ask_to_erase(session, *wave.key, None, REASON)
    with database.writing() as session:
        nothing = make_initiative(session)
        with pytest.raises(Conflict, match="nothing to erase"):
            ask_to_erase(session, nothing.agency_id, nothing.id, None, REASON)


def test_what_is_due_is_told_and_never_erased_by_itself(
    database: Database,
    count_keys: CountKeyStore,
    worker_settings: WorkerSettings,
    held_clock: HeldClock,
    caplog: pytest.LogCaptureFixture,
) -> None:
    wave = answered(database, count_keys, None)
    with database.writing() as session:
        words = told_words(get_initiative(session, *wave.key), months=24)
        describe_initiative(session, *wave.key, words)
    with database.reading() as session:
        (line,) = schedule(session, wave.agency_id)
    assert (line.standing, line.answers_on) == ("later", date(2028, 11, 2))
    held_clock.moment = held_clock.moment.replace(year=2028) - timedelta(days=1)
    assert tell_due(database) == []
    held_clock.advance(timedelta(days=1))
    worker = Worker(database, worker_settings, count_keys)
    worker._look_what_is_due()
    worker._look_what_is_due()
    told = [record.message for record in caplog.records if "due to be erased" in record.message]
    name = f"initiative {wave.agency_id}{wave.initiative_id}"
    assert len(told) == 1
    assert told[0].startswith(f"The answers of {name} are due to be erased since 2028-11-02.")
    worker.run_until_empty()
    with database.reading() as session:
        assert kept_of(session, *wave.key).standing == "due"


def test_residents_time_is_shortened_and_never_lengthened(
    database: Database, wave: Answered
) -> None:
    def promise(months: int | None) -> None:
        with database.writing() as session:
            words = told_words(get_initiative(session, *wave.key), months=months)
            describe_initiative(session, *wave.key, words)

    promise(24)
    promise(12)
    for longer in (13, None):
        with pytest.raises(Conflict, match="never lengthened"):
            promise(longer)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_the_command_lists_and_erases_and_says_what_is_out_of_reach(
    database: Database, wave: Answered, tmp_path: Path
) -> None:
    own = environment(database.url.render_as_string(), tmp_path)
    public = "".join(wave.key)
    listed = run("erase", env=own)
    assert f"{public}  Walking beats: no number of months was stated" in listed.stdout
    refused = run("erase", public, env=own)
    assert refused.returncode == 1
    assert "why the answers are erased" in refused.stderr
    erased = run("erase", public, "--statement", REASON, env=own)
    assert erased.returncode == 0, erased.stderr
    assert "The answers are erased. No backup folder is set" in erased.stdout
    assert f"{public}  Walking beats: erased" in run("erase", env=own).stdout


def test_agreeing_twice_at_the_command_line_erases_once(
    database: Database, wave: Answered, count_keys: CountKeyStore
) -> None:
    agreed(database, wave.key)
    for _ in range(2):
        erase_initiative(database, count_keys, wave.key, None, lambda _line: None)
    with database.reading() as session:
        acts = [act.act for act in recent_acts(session, wave.agency_id)]
    assert acts.count("erase answers") == 1
