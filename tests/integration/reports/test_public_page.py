"""What anyone meets under /r/: published reports, and nothing of any other."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from app.db import Database
from app.main import create_app
from app.reports.service import get_report
from app.reports.tables import Report
from app.settings import Settings
from tests.integration.reports.waves import TwoWaves, publish


@pytest.fixture
def client(database_url: str, tmp_path: Path) -> Iterator[TestClient]:
    settings = Settings(
        environment="test",
        database_url=database_url,
        web_key_store=tmp_path / "web-keys",
        web_master_file=tmp_path / "secrets" / "web-master",
    )
    with TestClient(create_app(settings)) as client:
        yield client


@pytest.fixture
def published(database: Database, waves: TwoWaves, report_id: str) -> Report:
    publish(database, waves, report_id)
    with database.reading() as session:
        return get_report(session, waves.agency_id, report_id)


def test_a_published_report_is_one_page_that_needs_nothing_else(
    client: TestClient, published: Report
) -> None:
    answer = client.get(f"/r/{published.public_id}")
    assert answer.status_code == 200
    assert "<h1>Walking beats</h1>" in answer.text
    assert "How people were reached" in answer.text
    assert "script-src 'self'" in answer.headers["content-security-policy"]
    assert "'sha256-" in answer.headers["content-security-policy"]
    assert "set-cookie" not in answer.headers


def test_the_exact_number_of_answers_is_nowhere_on_the_page(
    client: TestClient, published: Report
) -> None:
    page = client.get(f"/r/{published.public_id}").text
    n = json.loads(published.computed)["waves"]["after"]["n"]
    assert n % 5
    assert f"about {5 * round(n / 5)}" in page
    assert f">{n}<" not in page
    assert f"{n} answers" not in page


def test_a_report_that_is_not_published_is_not_there(
    client: TestClient, waves: TwoWaves, report_id: str
) -> None:
    answer = client.get(f"/r/{waves.agency_id}{report_id}", headers={"accept": "text/html"})
    assert answer.status_code == 404
    assert "Walking beats" not in answer.text


@pytest.mark.parametrize("public_id", ["0123456789abcdef", "x", "a" * 400, "%00", "..%2f"])
def test_any_other_address_is_told_to_hold_no_report(client: TestClient, public_id: str) -> None:
    assert client.get(f"/r/{public_id}").status_code == 404


def test_reading_a_report_takes_no_lock_that_a_resident_would_wait_for(
    client: TestClient, database: Database, published: Report
) -> None:
    with database.writing():
        assert client.get(f"/r/{published.public_id}").status_code == 200


@pytest.mark.parametrize(
    ("query", "accepted", "language", "words"),
    [
        ("", "", "en", "In brief"),
        ("", "vi-VN,vi;q=0.9,en;q=0.5", "vi", "Tóm tắt"),
        ("?lang=es", "vi", "es", "En resumen"),
        ("?lang=ar", "", "ar", "باختصار"),
        ("?lang=tlh", "ar", "ar", "باختصار"),
    ],
)
def test_a_reader_gets_the_page_in_a_language_they_read(
    client: TestClient, published: Report, query: str, accepted: str, language: str, words: str
) -> None:
    answer = client.get(f"/r/{published.public_id}{query}", headers={"accept-language": accepted})
    assert "accept-language" in answer.headers["vary"].lower()
    assert f'<html lang="{language}"' in answer.text
    assert words in answer.text
    links = set(re.findall(r'href="\?lang=(\w+)"', answer.text))
    assert links == {"en", "es", "ar", "vi"} - {language}
