from __future__ import annotations

import threading
from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Final

import pytest

from app.db import Database
from app.errors.sentences import told_of
from app.jobs.service import (
    ATTEMPTS,
    FIRST_PAUSE,
    LEASE,
    LONGEST_PAUSE,
    ClaimedJob,
    claim,
    enqueue,
    fail,
    finish,
    heartbeat,
    put_back,
    retry_failed,
)
from tests.integration.jobs.standing import job_now

NOW: Final = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
SECOND: Final = timedelta(seconds=1)
AGENCY: Final = "abc123"
KIND: Final = "count_wave"
KINDS: Final = (KIND, "open_wave")


def ask(database: Database, subject: str = "wave", kind: str = KIND, after: datetime = NOW) -> None:
    with database.writing() as session:
        enqueue(session, AGENCY, kind, subject, {"subject": subject}, after)


def claimed(database: Database, worker: str = "one", now: datetime = NOW) -> ClaimedJob:
    job = claim(database, KINDS, worker, now)
    assert job is not None
    return job


def state_of(database: Database, subject: str = "wave") -> str:
    return job_now(database, AGENCY, KIND, subject).state


def test_a_job_is_claimed_with_what_it_was_given_and_then_done(database: Database) -> None:
    ask(database)
    job = claimed(database)
    assert (job.agency_id, job.kind, job.subject) == (AGENCY, KIND, "wave")
    assert (job.arguments, job.attempt, job.worker) == ({"subject": "wave"}, 1, "one")
    assert claim(database, KINDS, "two", NOW) is None
    assert finish(database, job, "counted 812 sheets")
    found = job_now(database, AGENCY, KIND, "wave")
    assert (found.state, found.progress, found.problem) == ("done", "counted 812 sheets", None)
    assert claim(database, KINDS, "two", NOW + LEASE) is None


def test_asking_twice_is_asking_once(database: Database) -> None:
    ask(database)
    ask(database)
    finish(database, claimed(database))
    assert claim(database, KINDS, "one", NOW) is None


def test_asking_for_a_running_job_leaves_it_alone(database: Database) -> None:
    ask(database)
    job = claimed(database)
    ask(database)
    assert claim(database, KINDS, "two", NOW) is None
    assert finish(database, job)
    assert state_of(database) == "done"


def test_a_job_that_ended_is_done_anew_when_it_is_asked_for_again(database: Database) -> None:
    ask(database)
    finish(database, claimed(database))
    ask(database)
    assert claimed(database).attempt == 1


def test_agencies_kinds_and_subjects_have_jobs_of_their_own(database: Database) -> None:
    with database.writing() as session:
        for agency in ("abc123", "def456"):
            for kind in KINDS:
                for subject in ("a", "b"):
                    enqueue(session, agency, kind, subject, {}, NOW)
    done = {claimed(database).key for _ in range(8)}
    assert len(done) == 8
    assert claim(database, KINDS, "one", NOW) is None


def test_a_request_that_is_rolled_back_asks_for_nothing(database: Database) -> None:
    def broken_request() -> None:
        with database.writing() as session:
            enqueue(session, AGENCY, KIND, "wave", {}, NOW)
            raise LookupError

    with pytest.raises(LookupError):
        broken_request()
    assert claim(database, KINDS, "one", NOW) is None


def test_the_job_that_waited_longest_comes_first_and_none_before_its_time(
    database: Database,
) -> None:
    for subject, seconds in (("late", 20), ("early", -20), ("middle", 0)):
        ask(database, subject, after=NOW + timedelta(seconds=seconds))
    assert claimed(database).subject == "early"
    assert claimed(database).subject == "middle"
    assert claim(database, KINDS, "one", NOW + 19 * SECOND) is None
    assert claimed(database, now=NOW + 20 * SECOND).subject == "late"


def test_a_worker_claims_only_the_kinds_it_can_do(database: Database) -> None:
    ask(database)
    assert claim(database, ["open_wave"], "one", NOW) is None
    assert claim(database, [], "one", NOW) is None
    assert claimed(database).kind == KIND


def test_a_dead_workers_job_is_taken_over_when_its_lease_has_run_out(database: Database) -> None:
    ask(database)
    dead = claimed(database, "dead")
    assert claim(database, KINDS, "next", NOW + LEASE - SECOND) is None
    job = claimed(database, "next", NOW + LEASE)
    assert (job.worker, job.attempt) == ("next", 2)
    for late_act in (
        lambda: heartbeat(database, dead, NOW + LEASE),
        lambda: finish(database, dead),
        lambda: fail(database, dead, "too late", NOW + LEASE),
        lambda: put_back(database, dead, NOW + LEASE),
    ):
        assert late_act() is False, "a worker that lost its job must not touch it"
    assert finish(database, job)


def test_a_worker_that_lost_its_job_and_claimed_it_again_holds_only_the_new_claim(
    database: Database,
) -> None:
    ask(database)
    first = claimed(database)
    second = claimed(database, now=NOW + LEASE)
    assert first.worker == second.worker
    assert finish(database, first) is False
    assert finish(database, second)


def test_a_heartbeat_keeps_the_job_and_tells_how_far_it_is(database: Database) -> None:
    ask(database)
    job = claimed(database)
    assert heartbeat(database, job, NOW + LEASE - SECOND, "opened 500 of 812 sheets" + "." * 300)
    assert claim(database, KINDS, "two", NOW + LEASE) is None
    found = job_now(database, AGENCY, KIND, "wave")
    assert (found.progress or "").startswith("opened 500 of 812 sheets")
    assert len(found.progress or "") == 200
    assert heartbeat(database, job, NOW + LEASE)
    assert claimed(database, "two", NOW + 2 * LEASE).worker == "two"


def test_a_failing_job_waits_longer_each_time_and_then_stays_failed(database: Database) -> None:
    ask(database)
    now, pauses = NOW, []
    for attempt in range(1, ATTEMPTS + 1):
        job = claimed(database, now=now)
        assert job.attempt == attempt
        assert fail(database, job, f"problem {attempt}", now)
        if attempt < ATTEMPTS:
            failed_at = now
            while claim(database, KINDS, "early", now + FIRST_PAUSE - SECOND) is not None:
                pytest.fail("claimed before its pause was over")
            now += FIRST_PAUSE * 4 ** (attempt - 1)
            pauses.append(now - failed_at)
    found = job_now(database, AGENCY, KIND, "wave")
    assert (found.state, found.problem, found.attempts) == ("failed", "problem 5", 5)
    assert pauses == [FIRST_PAUSE, FIRST_PAUSE * 4, FIRST_PAUSE * 16, FIRST_PAUSE * 64]
    assert max(pauses) <= LONGEST_PAUSE
    assert claim(database, KINDS, "one", now + timedelta(days=365)) is None


def test_a_final_failure_is_not_tried_again(database: Database) -> None:
    ask(database)
    assert fail(database, claimed(database), "the wave is a draft", NOW, is_final=True)
    assert state_of(database) == "failed"
    assert claim(database, KINDS, "one", NOW + LONGEST_PAUSE) is None


def test_failed_jobs_get_a_new_start_when_it_is_asked_for(database: Database) -> None:
    ask(database)
    ask(database, "other", kind="open_wave")
    fail(database, claimed(database), "no disk", NOW, is_final=True)
    assert retry_failed(database, ["open_wave"], NOW) == 0
    assert retry_failed(database, KINDS, NOW) == 1
    assert {claimed(database).attempt, claimed(database).attempt} == {1}


def test_a_job_that_ends_its_workers_is_given_up(database: Database) -> None:
    ask(database)
    now = NOW
    for _ in range(ATTEMPTS):
        claimed(database, now=now)
        now += LEASE
    assert claim(database, KINDS, "one", now) is None
    found = job_now(database, AGENCY, KIND, "wave")
    assert found.state == "failed"
    told = found.problem or ""
    assert told_of(told, "en") == "The worker stopped 5 times in the middle of this job."
    assert told_of(told, "es") == "El proceso se detuvo 5 veces en medio de esta tarea."


def test_a_job_that_is_given_up_does_not_hide_the_next_one(database: Database) -> None:
    ask(database, "poison")
    now = NOW
    for _ in range(ATTEMPTS):
        claimed(database, now=now)
        now += LEASE
    ask(database, "sound", after=now)
    assert claimed(database, now=now).subject == "sound"


def test_a_job_put_back_is_taken_up_at_once_and_its_attempt_does_not_count(
    database: Database,
) -> None:
    ask(database)
    assert put_back(database, claimed(database), NOW)
    job = claimed(database, "two")
    assert (job.worker, job.attempt) == ("two", 1)


def test_many_workers_at_once_do_each_job_once(database: Database) -> None:
    jobs, workers = 60, 6
    for number in range(jobs):
        ask(database, f"wave {number}")
    done: Counter[str] = Counter()
    problems: list[BaseException] = []
    together = threading.Barrier(workers)

    def work(name: str) -> None:
        try:
            together.wait()
            while (job := claim(database, KINDS, name, NOW)) is not None:
                done[job.subject] += 1
                assert finish(database, job)
        except BaseException as exc:  # noqa: BLE001 - told by the assertion below
            problems.append(exc)

    threads = [threading.Thread(target=work, args=(f"worker {n}",)) for n in range(workers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert problems == []
    assert set(done.values()) == {1}
    assert len(done) == jobs


def test_many_requests_at_once_ask_for_one_job(database: Database) -> None:
    together = threading.Barrier(8)
    problems: list[BaseException] = []

    def request() -> None:
        try:
            together.wait()
            ask(database)
        except BaseException as exc:  # noqa: BLE001 - told by the assertion below
            problems.append(exc)

    threads = [threading.Thread(target=request) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert problems == []
    finish(database, claimed(database))
    assert claim(database, KINDS, "one", NOW) is None
