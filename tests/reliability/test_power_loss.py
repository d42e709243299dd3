"""The power goes: only what was synced is on the disk, and whoever was thanked is in it."""

from __future__ import annotations

import pickle
import random
import sqlite3
import subprocess
import sys
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import pytest

from app.db import Database
from app.privacy.count_keys import CountKeyStore
from app.privacy.identifiers import intake_id
from tests.integration.responses.sheets import sealed_wave
from tests.reliability.recorded_disk import Event, losses

SEED = 20261121
SHEETS = 400

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def file(database: Database) -> Path:
    return Path(str(database.url.database))


def recorded(
    database: Database, keys: CountKeyStore, file: Path, *, synchronous: str, sheets: int = SHEETS
) -> tuple[dict[str, bytes], list[Event]]:
    """The files before the sheets came, and everything that happened to them afterwards."""
    wave = sealed_wave(database, keys)
    address = database.url.render_as_string()
    database.dispose()
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    before = {file.name: file.read_bytes()}
    task, record = file.with_name("task"), file.with_name("record")
    task.write_bytes(pickle.dumps((address, wave, sheets, synchronous, record)))
    subprocess.run(  # noqa: S603 - this interpreter, our own module
        [sys.executable, "-m", "tests.reliability.power", str(task)], check=True, timeout=250
    )
    return before, [Event(*each) for each in pickle.loads(record.read_bytes())]  # noqa: S301 - own


def lost(
    before: dict[str, bytes], events: Sequence[Event], cuts: int, file: Path
) -> list[set[bytes]]:
    """For each loss of power, whose thanks were a lie. The database must be whole each time."""
    rng = random.Random(SEED)
    found = []
    for place, (files, thanked) in enumerate(
        losses(before, events, rng.sample(range(len(events)), cuts), rng)
    ):
        folder = file.parent / f"after-{place}"
        folder.mkdir()
        for name, content in files.items():
            (folder / name).write_bytes(content)
        with closing(sqlite3.connect(folder / file.name)) as connection:
            assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
            stored = {row[0] for row in connection.execute("SELECT id FROM intake")}
        found.append({intake_id(nonce) for nonce in thanked} - stored)
    return found


@pytest.mark.parametrize(
    ("sheets", "cuts"), [(SHEETS, 12), pytest.param(4000, 50, marks=pytest.mark.proof)]
)
def test_no_thanks_is_lost_with_the_power(
    database: Database, count_keys: CountKeyStore, file: Path, sheets: int, cuts: int
) -> None:
    before, events = recorded(database, count_keys, file, synchronous="FULL", sheets=sheets)
    assert sum(event.what == "thanked" for event in events) == sheets
    assert {event.file for event in events if event.what == "sync"} >= {
        file.name,
        f"{file.name}-wal",
    }
    assert lost(before, events, cuts, file) == [set()] * cuts


def test_a_database_that_syncs_less_is_caught(
    database: Database, count_keys: CountKeyStore, file: Path
) -> None:
    before, events = recorded(database, count_keys, file, synchronous="NORMAL")
    assert any(lost(before, events, 12, file))
