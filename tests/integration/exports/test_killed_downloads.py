"""A worker that is killed over a workbook leaves answers in a folder; they do not stay there."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from app import clock
from app.db import Database
from app.exports.formats.scratch import PREFIX
from app.exports.service import KEPT
from app.settings import WorkerSettings
from app.worker import Worker

DIES_OVER_A_WORKBOOK: Final = """
import io, os, signal
from dataclasses import replace
from app.exports.formats.workbook import write_xlsx
from tests.unit.app.exports.tables import full_table

table = full_table(n_rows=20)

def rows():
    yield from table.rows()
    os.kill(os.getpid(), signal.SIGKILL)

write_xlsx(replace(table, rows=rows), "en", io.BytesIO())
"""


@pytest.fixture
def on_sqlite(sqlite_url: str) -> Iterator[Database]:
    database = Database(sqlite_url)
    yield database
    database.dispose()


def test_what_a_killed_worker_left_is_gone_when_the_day_of_a_download_is_over(
    on_sqlite: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    died = subprocess.run(  # noqa: S603 - this interpreter, and the text above
        [sys.executable, "-c", DIES_OVER_A_WORKBOOK],
        env=os.environ | {"TMPDIR": str(tmp_path)},
        capture_output=True,
        check=False,
    )
    assert died.returncode == -signal.SIGKILL, died.stderr
    (left,) = tmp_path.glob(f"{PREFIX}*")
    assert any(left.iterdir())
    foreign = tmp_path / "rapport-of-somebody"
    foreign.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    url = on_sqlite.url.render_as_string()
    worker = Worker(on_sqlite, WorkerSettings(database_url=url), None)
    worker._look_what_is_due()
    assert left.exists()
    day_before = (clock.now() - KEPT).timestamp() - 60
    for folder in (left, foreign):
        os.utime(folder, (day_before, day_before))
    worker._looked_on = None
    worker._look_what_is_due()
    assert foreign.exists()
    assert not left.exists()
