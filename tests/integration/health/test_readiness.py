"""The web process says that it is ready only when an answer sent now would be stored."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import text

from app import db
from app.db import Database
from app.health.readiness import KEPT_SECONDS, Readiness
from app.main import create_app
from app.privacy.web_keys import WebKeyStore
from app.settings import Settings
from tests.conftest import PostgresServer


class Watch:
    seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def watch() -> Watch:
    return Watch()


@pytest.fixture
def web_keys(tmp_path: Path) -> WebKeyStore:
    return WebKeyStore(tmp_path / "web-keys", tmp_path / "secrets" / "web-master")


@pytest.fixture
def readiness(database: Database, web_keys: WebKeyStore, watch: Watch) -> Readiness:
    return Readiness(database, web_keys, watch)


def test_a_whole_installation_is_ready(readiness: Readiness) -> None:
    assert readiness.problems() == ()


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_full_disk_is_seen(readiness: Readiness, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(db, "LEAST_FREE_BYTES", 1 << 60)
    assert readiness.problems() == ("disk",)


def test_a_lost_key_store_is_seen(readiness: Readiness, tmp_path: Path) -> None:
    shutil.rmtree(tmp_path / "web-keys")
    assert readiness.problems() == ("keys",)


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_a_database_that_only_reads_is_seen(
    database: Database, postgres_server: PostgresServer, web_keys: WebKeyStore, watch: Watch
) -> None:
    name = database.url.database
    postgres_server.run(f"ALTER DATABASE {name} SET default_transaction_read_only = on")
    try:
        fresh = Database(database.url.render_as_string(hide_password=False), pool_size=1)
        assert Readiness(fresh, web_keys, watch).problems() == ("database",)
        fresh.dispose()
    finally:
        postgres_server.run(f"ALTER DATABASE {name} RESET default_transaction_read_only")


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_database_that_somebody_else_keeps_locked_is_seen(
    database: Database, readiness: Readiness
) -> None:
    with database.outside_transactions() as holder:
        holder.execute(text("BEGIN IMMEDIATE"))
        assert readiness.problems() == ("database",)
        holder.execute(text("ROLLBACK"))


def test_it_looks_again_after_a_second_and_not_before(
    readiness: Readiness, tmp_path: Path, watch: Watch
) -> None:
    assert readiness.problems() == ()
    shutil.rmtree(tmp_path / "web-keys")
    assert readiness.problems() == ()
    watch.seconds += KEPT_SECONDS
    assert readiness.problems() == ("keys",)


@pytest.fixture
def client(database: Database, tmp_path: Path) -> Iterator[TestClient]:
    settings = Settings(
        database_url=database.url.render_as_string(hide_password=False),
        web_key_store=tmp_path / "web-keys",
        web_master_file=tmp_path / "secrets" / "web-master",
    )
    with TestClient(create_app(settings)) as client:
        yield client


def test_the_page_says_what_is_missing_and_nothing_else(client: TestClient, tmp_path: Path) -> None:
    assert (client.get("/readyz").status_code, client.get("/readyz").text) == (200, "ready\n")
    assert (client.head("/readyz").status_code, client.head("/readyz").text) == (200, "")
    shutil.rmtree(tmp_path / "web-keys")
    client.app.state.readiness._until = 0.0
    answer = client.get("/readyz")
    assert (answer.status_code, answer.text) == (503, "not ready: keys\n")
    assert answer.headers["retry-after"] == "5"
    assert client.get("/healthz").text == "ok\n"
