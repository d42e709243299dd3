from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.process import BaseProcess
from pathlib import Path

import pytest

from app import clock, worker
from app.db import Database
from app.jobs.service import enqueue
from app.jobs.tables import Job
from app.settings import WorkerSettings
from app.worker import JobKind, Worker
from tests.forking import forks
from tests.integration.jobs import endless_worker, noting_worker
from tests.integration.jobs.endless_worker import KIND, LEASE
from tests.integration.jobs.standing import job_now

AGENCY = "abc123"
PATIENCE = 120.0


@contextmanager
def working(database_url: str) -> Iterator[BaseProcess]:
    process = forks.Process(target=endless_worker.run, args=(database_url,))
    process.start()
    try:
        yield process
    finally:
        process.kill()
        process.join()


def found(database: Database) -> Job:
    return job_now(database, AGENCY, KIND, "it")


def wait_until_in_the_middle(database: Database, process: BaseProcess) -> None:
    ends = time.monotonic() + PATIENCE
    while found(database).progress is None:
        assert process.exitcode is None
        assert time.monotonic() < ends, found(database)
        time.sleep(0.05)


def test_the_job_of_a_worker_killed_in_its_middle_is_done_by_another(
    database: Database, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker, "JOB_KINDS", {KIND: JobKind(lambda _work: "done by the next")})
    with database.writing() as session:
        enqueue(session, AGENCY, KIND, "it", {}, clock.now())
    here = Worker(database, WorkerSettings(database_url=database_url), None)
    with working(database_url) as process:
        wait_until_in_the_middle(database, process)
        assert here.run_until_empty() == []
        process.kill()
        process.join()
    job, killed_at = found(database), clock.now()
    assert job.state == "running"
    assert job.lease_ends_at is not None
    assert killed_at < job.lease_ends_at <= killed_at + LEASE
    assert here.run_until_empty() == []
    monkeypatch.setattr(clock, "now", lambda: killed_at + LEASE)
    (ended,) = here.run_until_empty()
    assert ended.problem is None
    job = found(database)
    assert (job.state, job.attempts, job.progress) == ("done", 2, "done by the next")


def test_two_worker_processes_do_each_of_many_jobs_once(
    database: Database, database_url: str, tmp_path: Path
) -> None:
    with database.writing() as session:
        for number in range(40):
            enqueue(session, AGENCY, "noted", f"{number}", {"folder": str(tmp_path)}, clock.now())
    processes = [forks.Process(target=noting_worker.run, args=(database_url,)) for _ in range(2)]
    for process in processes:
        process.start()
    for process in processes:
        process.join(PATIENCE)
    assert [process.exitcode for process in processes] == [0, 0]
    notes = sorted(note for file in tmp_path.glob("*.done") for note in file.read_text().split())
    assert notes == sorted(f"{number}" for number in range(40))
