from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from app.db import Database
from app.main import create_app
from app.privacy.count_keys import CountKeyStore
from app.settings import Settings
from tests.integration.accounts.people import hire
from tests.integration.pages.desk import Desk, sign_in
from tests.integration.pages.site import Fielded, Phone, field
from tests.surveys.read import read


@dataclass
class Watch:
    seconds: float = 100.0


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    return Settings(
        environment="test",
        database_url=database_url,
        web_key_store=tmp_path / "web-keys",
        web_master_file=tmp_path / "secrets" / "web-master",
    )


@pytest.fixture
def site(settings: Settings) -> FastAPI:
    return create_app(settings)


@pytest.fixture
def client(site: FastAPI) -> Iterator[TestClient]:
    with TestClient(site) as client:
        yield client


@pytest.fixture
def fielded(database: Database, count_keys: CountKeyStore) -> Fielded:
    return field(database, count_keys)


@pytest.fixture
def paper(database: Database, count_keys: CountKeyStore) -> Fielded:
    return field(
        database, count_keys, mode="paper", instrument=read("street_pulse"), languages=("en", "es")
    )


@pytest.fixture
def fieldworker(database: Database, paper: Fielded) -> str:
    return hire(database, paper.agency_id, "fieldwork")


@pytest.fixture
def desk(client: TestClient, paper: Fielded, fieldworker: str) -> Desk:
    sign_in(client, fieldworker)
    return Desk(client, paper.path)


@pytest.fixture
def phone(client: TestClient, fielded: Fielded) -> Phone:
    return Phone(client, fielded)


@pytest.fixture
def watch(site: FastAPI, client: TestClient, monkeypatch: pytest.MonkeyPatch) -> Watch:
    """The seconds that the memory of collectors counts; they pass only when a test says so."""
    assert client
    watch = Watch()
    monkeypatch.setattr(site.state.resident_pages._collectors, "_now", lambda: watch.seconds)
    return watch
