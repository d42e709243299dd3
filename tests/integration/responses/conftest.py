from __future__ import annotations

import shlex
from pathlib import Path

import pytest

from app.backups.target import BackupTarget
from app.db import Database
from app.privacy.count_keys import CountKeyStore
from tests.conftest import PostgresServer
from tests.integration.responses.sheets import Wave, sealed_wave


@pytest.fixture
def wave(database: Database, count_keys: CountKeyStore) -> Wave:
    """An open wave with its areas and its key."""
    return sealed_wave(database, count_keys)


@pytest.fixture(scope="session")
def postgres_programs(postgres_server: PostgresServer) -> Path:
    """The folder of the server's own pg_dump and pg_restore."""
    server_folder = Path(str(postgres_server.url.query["host"]))
    program, *_ = shlex.split((server_folder / "postmaster.opts").read_text())
    return Path(program).parent


@pytest.fixture
def backups(request: pytest.FixtureRequest, database: Database, tmp_path: Path) -> BackupTarget:
    programs = None if database.is_sqlite else request.getfixturevalue("postgres_programs")
    return BackupTarget(tmp_path / "backups", programs)
