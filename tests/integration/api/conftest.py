from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from app.db import Database
from tests.integration.api.programs import Program, api_site, new_agency, token_for
from tests.integration.console.conftest import worker_settings  # noqa: F401 - the same worker


@pytest.fixture
def client(database: Database, tmp_path: Path) -> Iterator[TestClient]:
    with api_site(database, tmp_path) as client:
        yield client


@pytest.fixture
def program(client: TestClient, database: Database) -> Program:
    """An owner's, with every scope."""
    agency_id = new_agency(database)
    return Program(client, token_for(database, agency_id, "owner"), agency_id)
