"""Two web processes and two workers on one database: everything happens once, and nobody leads."""

from __future__ import annotations

import random
import signal
import threading
import time
from contextlib import ExitStack

import pytest
from sqlalchemy import func, select

from app.db import Database
from app.initiatives.tables import Wave
from app.jobs.tables import Job
from app.privacy.count_keys import CountKeyStore
from app.responses.tables import intake, response
from tests.integration.commands.rapport import started
from tests.integration.responses import sheets
from tests.reliability.crowd import Crowd, ids_of, stored_ids
from tests.reliability.test_killed_servers import port_of

SEED = 20261121
PATIENCE = 240.0
WAVES = 6
SHEETS_A_WAVE = 20

pytestmark = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)


def test_a_sheet_sent_to_both_web_processes_is_stored_once(
    env: dict[str, str], database: Database, crowd: Crowd
) -> None:
    fresh = crowd.sheets(150)
    with ExitStack() as stack:
        ports = [
            port_of(stack.enter_context(started("serve", "--port", "0", env=env))) for _ in range(2)
        ]
        senders = [
            threading.Thread(
                target=crowd.send, args=(port, fresh), kwargs={"again": random.Random(SEED + port)}
            )
            for port in ports
        ]
        for sender in senders:
            sender.start()
        for sender in senders:
            sender.join()
        crowd.send_until_thanked(ports[0], fresh)
    assert set(crowd.refused) <= {503}
    stored = stored_ids(database)
    assert len(stored) == len(fresh)
    assert set(stored) == ids_of(crowd.thanked) == ids_of(set(fresh))


def closed_waves(database: Database, keys: CountKeyStore) -> list[sheets.Wave]:
    """With sheets in them, and for each a job that counts it."""
    rng = random.Random(SEED)
    waves = [sheets.sealed_wave(database, keys) for _ in range(WAVES)]
    for wave in waves:
        sheets.fill(database, wave, [sheets.sheet(rng) for _ in range(SHEETS_A_WAVE)])
    return waves


def jobs(database: Database, kind: str) -> list[Job]:
    with database.reading() as session:
        return list(session.scalars(select(Job).where(Job.kind == kind)))


def wait_for_the_counts(database: Database) -> list[Job]:
    ends = time.monotonic() + PATIENCE
    while True:
        found = jobs(database, "count_wave")
        if len(found) == WAVES and all(job.state not in {"queued", "running"} for job in found):
            return found
        assert time.monotonic() < ends, [(job.subject, job.state, job.problem) for job in found]
        time.sleep(0.1)


def test_two_workers_count_each_wave_once(
    env: dict[str, str], database: Database, count_keys: CountKeyStore
) -> None:
    waves = closed_waves(database, count_keys)
    with ExitStack() as stack:
        workers = [stack.enter_context(started("worker", env=env)) for _ in range(2)]
        found = wait_for_the_counts(database)
        for worker in workers:
            worker.wait_for("waits for jobs")  # one may count all before the other has begun
            assert worker.signal(signal.SIGTERM) == 0
    assert {(job.state, job.attempts, job.problem) for job in found} == {("done", 1, None)}
    said = "".join(worker.said for worker in workers)
    for wave in waves:
        assert said.count(f"count_wave {wave.wave_id}: done") == 1
        with database.reading() as session:
            kept = session.get_one(Wave, (wave.agency_id, wave.wave_id))
            rows = session.scalar(
                select(func.count()).select_from(response).where(response.c.wave_id == wave.wave_id)
            )
            assert (kept.state, kept.count_manifest["responses"], rows) == (
                "counted",
                SHEETS_A_WAVE,
                SHEETS_A_WAVE,
            )
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(intake)) == 0
