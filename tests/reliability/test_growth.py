"""Twice the processes do more: residents are served faster, and waves are counted sooner."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import func, select

from app.db import Database
from app.jobs.tables import Job
from app.privacy.count_keys import CountKeyStore
from app.responses.tables import intake
from tests.bench.installation import Installation, installed
from tests.bench.load import post, send
from tests.bench.servers import rapport
from tests.conftest import guarded_postgres
from tests.integration.commands.rapport import environment, started
from tests.integration.responses import sheets

SHEETS = 8000
WAVES = 12
SHEETS_A_WAVE = 1500  # the writer refuses more than two thousand at once
LEAST_GAIN = 1.3
SEED = 20261121

pytestmark = pytest.mark.proof


@pytest.fixture
def installation() -> Iterator[Installation]:
    with guarded_postgres(is_durable=True) as server:
        server.run("CREATE DATABASE rapport")
        with installed(server.named("rapport")) as installation:
            yield installation


def sheets_a_second(installation: Installation, processes: int) -> float:
    rng = np.random.default_rng([SEED, processes])
    share = SHEETS // processes
    with ExitStack() as stack:
        servers = [stack.enter_context(rapport(installation)) for _ in range(processes)]
        requests = [
            [post(installation.path, body, each.origin) for body in installation.sheets(share, rng)]
            for each in servers
        ]
        for each in servers:
            warm = installation.sheets(200, rng)
            send(each.port, [post(installation.path, body, each.origin) for body in warm])
        with ThreadPoolExecutor(processes) as pool:
            loads = list(pool.map(send, [each.port for each in servers], requests))
    assert all(set(load.statuses) == {200} for load in loads)
    return sum(load.per_second for load in loads)


def test_two_web_processes_take_more_sheets_than_one(installation: Installation) -> None:
    alone, together = (sheets_a_second(installation, processes) for processes in (1, 2))
    sys.stdout.write(
        f"sheets a second: {alone:,.0f} with one web process, {together:,.0f} with two\n"
    )
    database = Database(installation.database_url, pool_size=1)
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(intake)) == 2 * SHEETS + 600
    database.dispose()
    assert together > LEAST_GAIN * alone


def seconds_to_count(database: Database, folder: Path, workers: int) -> float:
    """From the first claim to the last end; the workers are up before there is work."""
    keys = CountKeyStore(folder / "count-keys", folder / "secrets" / "count-master")
    env = environment(database.url.render_as_string(hide_password=False), folder)
    different = [sheets.sheet() for _ in range(SHEETS_A_WAVE)]
    waves = [sheets.sealed_wave(database, keys) for _ in range(WAVES)]
    with ExitStack() as stack:
        for _ in range(workers):
            stack.enter_context(started("worker", env=env)).wait_for("waits for jobs")
        for wave in waves:
            sheets.send(database, *((wave, os.urandom(16), each) for each in different))
        began = time.monotonic()
        for wave in waves:
            sheets.close(database, wave)
        wait_for_counts(database, {wave.wave_id for wave in waves})
        return time.monotonic() - began


def wait_for_counts(database: Database, waves: set[str]) -> None:
    while True:
        with database.reading() as session:
            done = session.scalars(
                select(Job.subject).where(Job.kind == "count_wave", Job.state == "done")
            )
            if waves <= set(done):
                return
        time.sleep(0.05)


def test_two_workers_count_many_waves_sooner_than_one(
    installation: Installation, tmp_path: Path
) -> None:
    database = Database(installation.database_url, pool_size=4)
    alone, together = (seconds_to_count(database, tmp_path, workers) for workers in (1, 2))
    database.dispose()
    sys.stdout.write(
        f"{WAVES} waves of {SHEETS_A_WAVE:,} counted: {alone:.1f} s with one worker, "
        f"{together:.1f} s with two\n"
    )
    assert alone > LEAST_GAIN * together
