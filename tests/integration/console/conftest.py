from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.db import Database
from app.settings import WorkerSettings
from tests.integration.accounts.conftest import owner  # noqa: F401 - the same owner
from tests.integration.accounts.staff_site import Browser, staff_site


@pytest.fixture
def browser(database: Database, tmp_path: Path) -> Iterator[Browser]:
    with staff_site(database, tmp_path, "https://rapport.example") as client:
        yield Browser(client)


@pytest.fixture
def worker_settings(
    request: pytest.FixtureRequest, database: Database, tmp_path: Path
) -> WorkerSettings:
    programs = None if database.is_sqlite else request.getfixturevalue("postgres_programs")
    return WorkerSettings(
        database_url=database.url.render_as_string(hide_password=False),
        web_key_store=tmp_path / "web-keys",
        web_master_file=tmp_path / "secrets" / "web-master",
        count_key_store=tmp_path / "count-keys",
        count_master_file=tmp_path / "secrets" / "count-master",
        backup_folder=tmp_path / "backups",
        postgres_programs=programs,
    )
