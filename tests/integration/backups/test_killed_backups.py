"""What a killed backup leaves, and where copies lie meanwhile: in one folder, and not for long."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from app import clock
from app.backups.expiring import remove_backups_before
from app.backups.target import LONGEST_BACKUP, BackupTarget
from app.db import Database
from app.responses.service import check_counted_waves


@pytest.fixture
def backups(tmp_path: Path) -> BackupTarget:
    return BackupTarget(tmp_path / "backups")


def silent(_line: str) -> None:
    pass


def test_what_was_killed_yesterday_is_cleared_away_by_any_backup(
    on_sqlite: Database, backups: BackupTarget
) -> None:
    """It holds everybody's answers in clear, also where backups are encrypted."""
    left = {name: backups.folder / name for name in (".daily.part", ".restore-x", ".now.part")}
    yesterday = (clock.now() - LONGEST_BACKUP).timestamp() - 60
    for name, drafts in left.items():
        drafts.mkdir(parents=True)
        (drafts / "copy.db").write_bytes(b"a database")
        if name != ".now.part":
            os.utime(drafts, (yesterday, yesterday))
    backups.back_up(on_sqlite, "copy", check_counted_waves, silent)
    assert [name for name, drafts in left.items() if drafts.exists()] == [".now.part"]


def test_with_backups_of_before_a_moment_goes_what_was_killed_before_it(
    on_sqlite: Database, backups: BackupTarget
) -> None:
    backups.back_up(on_sqlite, "copy", check_counted_waves, silent)
    drafts = backups.folder / ".killed.part"
    drafts.mkdir()
    moment = clock.now() - timedelta(hours=1)
    assert remove_backups_before(backups.folder, moment) == []
    assert drafts.exists()
    before = moment.timestamp() - 60
    os.utime(drafts, (before, before))
    assert remove_backups_before(backups.folder, moment) == []
    assert not drafts.exists()


def test_no_copy_is_written_into_a_folder_that_others_share(
    on_sqlite: Database, backups: BackupTarget
) -> None:
    """SQLite makes a second one where something is left out, and says where."""
    with on_sqlite.writing() as session:
        session.execute(text("INSERT INTO export_chunk VALUES ('a00000', 'e000000000', 1, x'00')"))
    backups.back_up(on_sqlite, "copy", check_counted_waves, silent)
    with closing(sqlite3.connect(":memory:")) as connection:
        (folder,) = connection.execute("PRAGMA temp_store_directory").fetchone()
    assert folder == str(backups.folder)
