from __future__ import annotations

from pathlib import Path

import pytest

from app.backups.target import BackupTarget
from app.db import Database


@pytest.fixture
def backups(request: pytest.FixtureRequest, database: Database, tmp_path: Path) -> BackupTarget:
    programs = None if database.is_sqlite else request.getfixturevalue("postgres_programs")
    return BackupTarget(tmp_path / "backups", programs)
