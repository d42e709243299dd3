"""Metrics tell how the machine is, and never when somebody answered."""

from __future__ import annotations

import socket
import urllib.request
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from prometheus_client.parser import text_string_to_metric_families

from app import clock
from app.db import Database
from app.errors import Misconfigured
from app.health.metrics import STEP_BYTES, WorkerMetrics, start_metrics
from app.health.request_counts import TOLD_AT_ONCE, RequestCounts
from app.jobs.service import enqueue
from app.main import create_app
from app.privacy.count_keys import CountKeyStore
from app.settings import Settings, WorkerSettings
from app.worker import Worker
from tests.factories import make_agency

PATIENCE = 120.0
KINDS = {"s": "resident", "staff": "staff"}


def read(address: str) -> dict[tuple[str, ...], float]:
    """From name and labels to value."""
    with urllib.request.urlopen(f"http://{address}/metrics", timeout=PATIENCE) as answer:
        families = text_string_to_metric_families(answer.read().decode())
    return {
        (sample.name, *sample.labels.values()): sample.value
        for family in families
        for sample in family.samples
    }


class TestRequestCounts:
    def told(self, counts: RequestCounts) -> dict[str, dict[str, int]]:
        return {told.pages: dict(told.outcomes) for told in counts}

    def test_requests_of_residents_are_told_in_full_hundreds_only(self) -> None:
        counts = RequestCounts(KINDS, of_residents="resident")
        seen = []
        for n in range(2 * TOLD_AT_ONCE + 50):
            counts.note("/s/ABC", 503 if n % 10 == 0 else 200, 0.9 if n % 20 == 0 else 0.01)
            seen.append(self.told(counts)["resident"])
        assert all(not told for told in seen[: TOLD_AT_ONCE - 1])
        assert seen[TOLD_AT_ONCE - 1] == {"answered": 90, "failed": 10}
        assert seen[TOLD_AT_ONCE : 2 * TOLD_AT_ONCE - 1] == [seen[TOLD_AT_ONCE - 1]] * 99
        assert seen[-1] == {"answered": 180, "failed": 20}
        assert {told.pages: told.slow for told in counts}["resident"] == 10

    def test_other_requests_are_told_one_by_one(self) -> None:
        counts = RequestCounts(KINDS, of_residents="resident")
        for path, status in (("/staff/x", 200), ("/staff", 404), ("/nowhere", 404), ("*", 500)):
            counts.note(path, status, 0.7)
        assert self.told(counts) == {
            "other": {"refused": 1, "failed": 1},
            "resident": {},
            "staff": {"answered": 1, "refused": 1},
        }


@pytest.fixture
def address() -> Iterator[str]:
    """Held and never listening: the server may share the port, nobody else is given it."""
    with socket.socket() as held:
        held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        held.bind(("127.0.0.1", 0))
        yield f"127.0.0.1:{held.getsockname()[1]}"


@pytest.fixture
def settings(database: Database, tmp_path: Path, address: str) -> WorkerSettings:
    return WorkerSettings(
        database_url=database.url.render_as_string(hide_password=False),
        web_key_store=tmp_path / "web-keys",
        web_master_file=tmp_path / "secrets" / "web-master",
        count_key_store=tmp_path / "count-keys",
        count_master_file=tmp_path / "secrets" / "count-master",
        backup_folder=tmp_path,
        metrics_address=address,
    )


@pytest.fixture
def client(settings: Settings) -> Iterator[TestClient]:
    with TestClient(create_app(settings)) as client:
        yield client


def test_the_web_process_shows_its_requests_beside_and_not_on_its_pages(
    client: TestClient, address: str
) -> None:
    for _ in range(3):
        assert client.get("/staff/sign-in").status_code == 200
        assert client.get("/s/0000000000000000").status_code == 404
        assert client.get("/results/0000000000000000").status_code == 404
    assert client.get("/metrics").status_code == 404
    found = read(address)
    assert found["rapport_requests_total", "answered", "staff"] == 3
    assert found["rapport_requests_total", "refused", "other"] == 1
    assert found["rapport_requests_total", "refused", "resident"] == 0
    assert {found["rapport_ready", part] for part in ("database", "disk", "keys")} == {1}


@pytest.mark.usefixtures("client")
def test_what_moves_with_every_request_is_not_told(address: str) -> None:
    """Read every second, processor time or open connections would tell when somebody answered."""
    found = {name: value for (name, *_), value in read(address).items()}
    told = {name for name in found if name.startswith("process_")}
    assert told == {"process_resident_memory_bytes", "process_start_time_seconds"}
    assert found["process_resident_memory_bytes"] % STEP_BYTES == 0


def test_metrics_name_no_agency_wave_collector_or_address(client: TestClient, address: str) -> None:
    client.get("/s/0123456789abcdef", headers={"x-forwarded-for": "203.0.113.7"})
    names = " ".join(" ".join(key) for key in read(address))
    for secret in ("0123456789abcdef", "203.0.113.7", "agency", "wave", "collector"):
        assert secret not in names


def test_the_worker_shows_what_waits(
    database: Database, count_keys: CountKeyStore, settings: WorkerSettings, address: str
) -> None:
    with database.writing() as session:
        agency = make_agency(session)
        long_ago = datetime(2026, 1, 1, tzinfo=UTC)
        enqueue(session, agency.agency_id, "close_wave", "w1", {}, long_ago)
    worker = Worker(database, settings, count_keys)
    stop = worker.show_metrics()
    try:
        found = read(address)
    finally:
        stop()
    assert found["rapport_jobs", "close_wave", "queued"] == 1
    assert 0 < (clock.now() - long_ago).total_seconds() - found["rapport_job_wait_seconds",] < 60
    assert found["rapport_database_up",] == 1
    assert found["rapport_disk_free_bytes", "backups"] > 0
    assert found["rapport_disk_free_bytes", "backups"] % STEP_BYTES == 0
    with pytest.raises(OSError, match="refused"):
        read(address)


def test_a_database_that_is_away_is_told_not_raised(tmp_path: Path, address: str) -> None:
    away = Database("postgresql+psycopg://nobody@127.0.0.1:1/nothing", pool_size=1)
    stop = start_metrics(address, WorkerMetrics(away, tmp_path))
    try:
        assert read(address)["rapport_database_up",] == 0
    finally:
        stop()


@pytest.mark.parametrize("address", ["9464", "nowhere", "127.0.0.1:x", "127.0.0.1:99999"])
def test_an_address_that_is_none_is_named(address: str) -> None:
    with pytest.raises(Misconfigured, match="RAPPORT_METRICS_ADDRESS"):
        start_metrics(address)


def test_an_address_that_is_taken_is_named() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        with pytest.raises(Misconfigured, match=address):
            start_metrics(address)
