from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Final

import pytest

from app import worker
from app.db import Database
from app.errors import Conflict, Unavailable
from app.errors.sentences import told_of
from app.initiatives.fielding import close_wave, request_opening
from app.initiatives.service import get_wave
from app.initiatives.wave import USUAL_GRACE
from app.jobs.lease import BEATS_IN_A_LEASE
from app.jobs.service import ATTEMPTS, FIRST_PAUSE, enqueue
from app.jobs.tables import Job
from app.privacy.count_keys import CountKeyStore
from app.settings import WorkerSettings
from app.worker import JOB_KINDS, JobFailed, JobKind, Work, Worker, run_until_empty
from tests.conftest import HeldClock
from tests.factories import make_initiative, make_wave
from tests.integration.jobs.standing import job_now

AGENCY: Final = "abc123"
PLANTED: Final = "planted"
SHORT: Final = timedelta(seconds=0.6)
PATIENCE: Final = 120.0


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> WorkerSettings:
    return WorkerSettings(
        database_url=database_url,
        count_key_store=tmp_path / "count-keys",
        count_master_file=tmp_path / "secrets" / "count-master",
    )


def plant(
    database: Database,
    patch: pytest.MonkeyPatch,
    do: Callable[[Work], str | None],
) -> None:
    """A kind of job that does what a test needs to see."""
    patch.setattr(worker, "JOB_KINDS", {**JOB_KINDS, PLANTED: JobKind(do)})
    with database.writing() as session:
        enqueue(session, AGENCY, PLANTED, "it", {"answer": 42}, worker.clock.now())


def wait_until(holds: Callable[[], object]) -> None:
    ends = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < ends
        time.sleep(0.02)


def planted_standing(database: Database) -> Job:
    return job_now(database, AGENCY, PLANTED, "it")


def test_waves_are_opened_closed_and_counted_each_in_its_time(
    database: Database,
    settings: WorkerSettings,
    count_keys: CountKeyStore,
    held_clock: HeldClock,
) -> None:
    staff_side = Worker(database, settings, count_keys)
    with database.writing() as session:
        wave = make_wave(session)
        key = (wave.agency_id, wave.id)
        request_opening(session, *key)
    assert [job.kind for job in staff_side.run_until_empty()] == ["open_wave"]

    held_clock.advance(timedelta(days=30))
    with database.writing() as session:
        assert get_wave(session, *key).state == "open"
        close_wave(session, *key)
    assert staff_side.run_until_empty() == []

    held_clock.advance(USUAL_GRACE)
    ended = staff_side.run_until_empty()
    assert [(job.kind, job.problem) for job in ended] == [
        ("close_wave", None),
        ("count_wave", None),
    ]
    with database.reading() as session:
        counted = get_wave(session, *key)
    assert (counted.state, counted.key_state) == ("counted", "kept")
    found = job_now(database, wave.agency_id, "count_wave", wave.id)
    assert "its key is kept: no backup folder is set" in (found.progress or "")


def test_a_key_that_was_kept_goes_once_there_is_a_backup_folder(
    database: Database,
    settings: WorkerSettings,
    count_keys: CountKeyStore,
    postgres_programs: Path,
    tmp_path: Path,
) -> None:
    with database.writing() as session:
        wave = make_wave(session, state="closed", keys=count_keys)
    run_until_empty(database, settings)
    assert count_keys.holds(wave.id)
    with_folder = settings.model_copy(
        update={"backup_folder": tmp_path / "backups", "postgres_programs": postgres_programs}
    )
    restarted = Worker(database, with_folder, count_keys)
    running = threading.Thread(target=restarted.run)
    running.start()

    def key_state() -> str:
        with database.reading() as session:
            return get_wave(session, wave.agency_id, wave.id).key_state

    def is_settled() -> bool:
        found = job_now(database, wave.agency_id, "count_wave", wave.id)
        return key_state() == "destroyed" or found.problem is not None

    try:
        wait_until(is_settled)
    finally:
        restarted.stop()
        running.join()
    assert key_state() == "destroyed"
    assert not count_keys.holds(wave.id)
    assert list((tmp_path / "backups").iterdir())


def test_a_worker_without_the_count_key_store_leaves_opening_and_counting_to_others(
    database: Database, settings: WorkerSettings, count_keys: CountKeyStore
) -> None:
    with database.writing() as session:
        initiative = make_initiative(session)
        request_opening(session, initiative.agency_id, make_wave(session, initiative).id)
        make_wave(session, initiative, state="closed", keys=count_keys)
    keyless = Worker(database, settings, None)
    keyed = {"open_wave", "count_wave", "erase_answers", "forget_keys"}
    assert set(JOB_KINDS) - set(keyless.kinds) == keyed
    assert [job.kind for job in keyless.run_until_empty()] == ["close_wave"]
    ended = Worker(database, settings, count_keys).run_until_empty()
    assert sorted(job.kind for job in ended) == ["count_wave", "open_wave"]


def test_what_cannot_be_done_fails_at_once_with_the_words_for_staff(
    database: Database, settings: WorkerSettings, count_keys: CountKeyStore
) -> None:
    with database.writing() as session:
        initiative = make_initiative(session)
        make_wave(session, initiative, state="counted", keys=count_keys)
        wave = make_wave(session, initiative, kind="follow_up")
        request_opening(session, wave.agency_id, wave.id)
    with pytest.raises(JobFailed, match="Lock a plan, or accept the default plan"):
        run_until_empty(database, settings)
    with database.reading() as session:
        assert get_wave(session, wave.agency_id, wave.id).state == "draft"
    found = job_now(database, wave.agency_id, "open_wave", wave.id)
    assert found.state == "failed"
    assert "before its plan is locked" in told_of(found.problem or "", "en")


def test_an_accepted_default_plan_reaches_the_opening(
    database: Database, settings: WorkerSettings, count_keys: CountKeyStore
) -> None:
    with database.writing() as session:
        initiative = make_initiative(session)
        make_wave(session, initiative, state="counted", keys=count_keys)
        wave = make_wave(session, initiative, kind="follow_up")
        request_opening(session, wave.agency_id, wave.id, accept_default_plan=True)
    run_until_empty(database, settings)
    with database.reading() as session:
        assert get_wave(session, wave.agency_id, wave.id).state == "open"


def test_neither_the_job_nor_the_log_repeats_the_words_of_an_error(
    database: Database,
    settings: WorkerSettings,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    def break_down(_work: Work) -> None:
        raise ValueError("the answer was: I was stopped on Mill Street")

    plant(database, monkeypatch, break_down)
    with caplog.at_level(logging.INFO):
        (ended,) = Worker(database, settings, None).run_until_empty()
    found = planted_standing(database)
    problem = found.problem or ""
    assert (found.state, told_of(problem, "en")) == ("queued", ended.problem)
    assert "ValueError at tests/integration/jobs/test_worker.py:" in told_of(problem, "en")
    assert "report this" in told_of(problem, "en")
    assert "Rapport falló aquí (ValueError en tests/" in told_of(problem, "es")
    for told in (problem, caplog.text):
        assert "Mill Street" not in told
    assert "planted it:" in caplog.text


def test_a_passing_trouble_is_tried_again_later_and_a_lasting_one_is_told(
    database: Database,
    settings: WorkerSettings,
    monkeypatch: pytest.MonkeyPatch,
    held_clock: HeldClock,
) -> None:
    tries: list[int] = []

    def mend_at_the_third_try(work: Work) -> str:
        tries.append(work.job.attempt)
        if len(tries) < 3:
            raise Unavailable("The disk is full. Free space.")
        return "it went well"

    plant(database, monkeypatch, mend_at_the_third_try)
    here = Worker(database, settings, None)
    for attempt in range(ATTEMPTS):
        here.run_until_empty()
        if attempt == 0:
            problem = planted_standing(database).problem or ""
            assert told_of(problem, "en") == "The disk is full. Free space."
            assert "Lo resuelve quien la administra" in told_of(problem, "es")
        held_clock.advance(FIRST_PAUSE * 4**attempt)
    assert tries == [1, 2, 3]
    found = planted_standing(database)
    assert (found.state, found.problem, found.progress) == ("done", None, "it went well")


def test_failed_jobs_get_a_new_start_from_the_worker(
    database: Database, settings: WorkerSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    refusals = [Conflict("not yet")]

    def refuse_once(_work: Work) -> None:
        if refusals:
            raise refusals.pop()

    plant(database, monkeypatch, refuse_once)
    here = Worker(database, settings, None)
    here.run_until_empty()
    assert planted_standing(database).state == "failed"
    assert here.retry_failed() == 1
    here.run_until_empty()
    assert planted_standing(database).state == "done"


def test_work_that_takes_longer_than_the_lease_is_not_taken_away(
    database: Database,
    settings: WorkerSettings,
    monkeypatch: pytest.MonkeyPatch,
    held_clock: HeldClock,
) -> None:
    stolen: list[object] = []

    def work_long(work: Work) -> None:
        other = Worker(database, settings, None, lease=SHORT)
        work.say("half done")
        for _ in range(2 * BEATS_IN_A_LEASE):
            kept_until = held_clock.advance(SHORT / BEATS_IN_A_LEASE) + SHORT
            wait_until(lambda until=kept_until: planted_standing(database).lease_ends_at == until)
            stolen.extend(other.run_until_empty())
        assert planted_standing(database).progress == "half done"

    plant(database, monkeypatch, work_long)
    (ended,) = Worker(database, settings, None, lease=SHORT).run_until_empty()
    assert ended.problem is None
    assert stolen == []
    found = planted_standing(database)
    assert (found.state, found.attempts, found.progress) == ("done", 1, None)


def test_a_worker_that_lost_its_job_stops_the_work_and_leaves_the_job_to_the_other(
    database: Database, settings: WorkerSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def lose_it(work: Work) -> None:
        later = worker.clock.now() + timedelta(hours=1)
        assert worker.claim(database, [PLANTED], "another", later) is not None
        wait_until(lambda: work.say("still at it"))

    plant(database, monkeypatch, lose_it)
    (ended,) = Worker(database, settings, None, lease=SHORT).run_until_empty()
    assert ended.problem == "interrupted, and left to the next worker"
    found = planted_standing(database)
    assert (found.state, found.attempts) == ("running", 2)


def test_a_worker_asked_to_stop_puts_its_job_back_at_the_next_word(
    database: Database, settings: WorkerSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stop_in_the_middle(work: Work) -> None:
        work.say("half done")
        here.stop()
        work.say("more than half done")
        pytest.fail("the work was not stopped")

    plant(database, monkeypatch, stop_in_the_middle)
    here = Worker(database, settings, None)
    here.run()
    found = planted_standing(database)
    assert (found.state, found.attempts, found.problem) == ("queued", 0, None)


def test_a_worker_waits_while_the_database_is_away(
    settings: WorkerSettings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(worker, "DOWN_SECONDS", 0.05)
    unreachable = Database(f"postgresql+psycopg://nobody@/nothing?host={tmp_path}")
    here = Worker(unreachable, settings, None)
    stopper = threading.Timer(0.5, here.stop)
    stopper.start()
    here.run()
    stopper.join()
    unreachable.dispose()
