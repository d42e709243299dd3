"""The address that residents are told: nothing yet, a result, a result taken back."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest
from fastapi.testclient import TestClient

from app.collectors.service import create_collector, load_collector
from app.db import Database
from app.main import create_app
from app.reports.publishing import acts
from app.settings import Settings
from tests.factories import make_initiative, make_wave
from tests.integration.reports.waves import TwoWaves, publish

FIRST_FLIGHT: Final = 14 * 1024
BECAUSE: Final = "The areas were mixed up in the second wave."


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


def address(waves: TwoWaves) -> str:
    return f"/results/{waves.agency_id}{waves.initiative_id}"


def test_before_there_is_a_result_the_page_says_so_and_shows_none(
    client: TestClient, waves: TwoWaves, report_id: str
) -> None:
    answer = client.get(address(waves))
    assert answer.status_code == 200
    assert "There is no result yet." in answer.text
    assert "Riverside Neighbours" in answer.text
    assert report_id not in answer.text


def test_the_result_is_one_light_page_without_script(
    client: TestClient, database: Database, waves: TwoWaves, report_id: str
) -> None:
    public_id = publish(database, waves, report_id)
    answer = client.get(address(waves), headers={"accept-encoding": "gzip"})
    headers = sum(len(name) + len(value) + 4 for name, value in answer.headers.items())
    assert int(answer.headers["content-length"]) + headers <= FIRST_FLIGHT
    for heading in ("What you told us", "What changed", "What we cannot say"):
        assert f">{heading}</h2>" in answer.text
    assert f'href="/r/{public_id}?lang=en"' in answer.text
    bundle = client.get(f"/r/{public_id}/bundle.zip?lang=en")
    assert bundle.status_code == 200
    assert f'href="/r/{public_id}/bundle.zip?lang=en"' in answer.text
    assert "<script" not in answer.text
    assert "<table>" in answer.text
    assert "<svg" in answer.text
    assert "set-cookie" not in answer.headers
    whole = client.get(f"/r/{public_id}").text
    verdict = re.search(r'<p class="verdict">([^<]+)</p>', answer.text)
    assert verdict is not None
    assert verdict[1] in whole


def test_it_speaks_the_languages_of_the_survey_and_no_other(
    client: TestClient, database: Database, waves: TwoWaves, report_id: str
) -> None:
    publish(database, waves, report_id)
    spanish = client.get(address(waves), headers={"accept-language": "es-MX,en;q=0.5"})
    assert '<html lang="es"' in spanish.text
    assert "Lo que no podemos decir" in spanish.text
    assert set(re.findall(r'href="\?lang=(\w+)"', spanish.text)) == {"en"}
    assert '<html lang="en"' in client.get(address(waves) + "?lang=vi").text


def test_a_result_that_was_withdrawn_says_since_when_and_why(
    client: TestClient, database: Database, waves: TwoWaves, report_id: str
) -> None:
    public_id = publish(database, waves, report_id)
    with database.writing() as session:
        life = acts.withdraw(session, waves.agency_id, report_id, None, BECAUSE)
    assert life.withdrawn_on is not None
    for path, status in ((address(waves), 200), (f"/r/{public_id}", 410)):
        answer = client.get(path)
        assert answer.status_code == status
        assert "This result was withdrawn." in answer.text
        assert str(life.withdrawn_on.year) in answer.text
        assert BECAUSE in answer.text
        assert "What changed" not in answer.text


def test_an_initiative_that_has_asked_nobody_has_no_page(
    client: TestClient, database: Database
) -> None:
    with database.writing() as session:
        initiative = make_initiative(session)
        make_wave(session, initiative, kind="baseline")
        path = initiative.public_path
    assert client.get(path).status_code == 404
    for public_id in ("0123456789abcdef", "x", "%00", "..%2f"):
        assert client.get(f"/results/{public_id}").status_code == 404


def test_whoever_answers_is_told_this_address(database: Database, waves: TwoWaves) -> None:
    with database.writing() as session:
        made = create_collector(session, waves.agency_id, waves.after, label="Library")
    with database.reading() as session:
        collector = load_collector(session, made.public_id)
    assert collector.initiative.public_path == address(waves)
