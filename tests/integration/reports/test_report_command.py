"""`rapport report` on a database: list, compute, write, publish."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from analysis.bundle import read_bundle
from app.accounts.audit import recent_acts
from app.db import Database
from app.privacy.count_keys import CountKeyStore
from app.reports.formats import FORMATS
from tests.integration.reports.rapport import Ran, rapport
from tests.integration.reports.waves import STATEMENT, TwoWaves, two_counted_waves
from tests.unit.app.reports.documents import released
from tests.unit.app.reports.formats.read_back import READ_BACK


@pytest.fixture
def database(sqlite_url: str) -> Database:
    """The command is the same on either database; what it calls is tested on both."""
    return Database(sqlite_url)


@pytest.fixture
def waves(database: Database, count_keys: CountKeyStore) -> TwoWaves:
    return two_counted_waves(database, count_keys, people=35)


def report(sqlite_url: str, *words: object) -> Ran:
    return rapport("report", *words, environment={"RAPPORT_DATABASE_URL": sqlite_url})


def public(waves: TwoWaves, own_id: str) -> str:
    return waves.agency_id + own_id


def acts_noted(url: str, agency_id: str) -> list[str]:
    database = Database(url)
    with database.reading() as session:
        acts = [act.act for act in recent_acts(session, agency_id)]
    database.dispose()
    return acts


def test_from_counted_waves_to_a_published_report(
    sqlite_url: str, waves: TwoWaves, tmp_path: Path
) -> None:
    listed = report(sqlite_url)
    assert listed.code == 0, listed.err
    assert "There is no report yet." in listed.out
    pair = public(waves, waves.before), public(waves, waves.after)
    assert all(wave in listed.out for wave in pair)

    page, numbers, bundle = (tmp_path / name for name in ("r.html", "r.json", "bundle.zip"))
    files = [tmp_path / f"r.{kind.file_ending}" for kind in FORMATS]
    asked_for = [word for file in files for word in ("--file", file)]
    made = report(
        *(sqlite_url, "--compare", *pair, "--html", page, "--json", numbers),
        *("--bundle", bundle, *asked_for),
    )
    assert made.code == 0, made.err
    for file, kind in zip(files, FORMATS, strict=True):
        told = READ_BACK[kind.name](file.read_bytes())
        assert "Walking beats" in told
        assert "How much do you trust" in told
    assert "RESTRICTED: this file holds every single answer." in made.err
    assert page.read_text("utf-8").startswith("<!doctype html>")
    assert json.loads(numbers.read_text("utf-8"))["document"] == "released"
    assert read_bundle(bundle).responses_before.count("\n") == 36
    assert acts_noted(sqlite_url, waves.agency_id) == ["export"], "single answers have left"

    listed = report(sqlite_url)
    assert "Walking beats / Before / After" in listed.out
    assert "not published" in listed.out
    found = made.out.split()[1]
    silent = report(sqlite_url, found, "--publish")
    assert silent.code == 1
    assert "why nobody else can approve" in silent.err
    done = report(sqlite_url, found, "--publish", "--statement", STATEMENT)
    assert f"Published: http://127.0.0.1:8000/r/{found}" in done.out
    assert "not published" not in report(sqlite_url).out


def test_files_can_be_written_from_released_numbers_alone(tmp_path: Path) -> None:
    numbers, page = tmp_path / "r.json", tmp_path / "r.html"
    numbers.write_text(json.dumps(released()), "utf-8")
    files = [tmp_path / f"r.{kind.file_ending}" for kind in FORMATS]
    asked_for = [word for file in files for word in ("--file", file)]
    made = report("sqlite://", "--released", numbers, "--html", page, *asked_for)
    assert made.code == 0, made.err
    assert "Neighbourhood meetings" in page.read_text("utf-8")
    assert all(file.stat().st_size > 1000 for file in files)


@pytest.mark.parametrize("content", ["{}", "[]", "no json", '{"schema": "x", "document": "y"}'])
def test_numbers_that_were_not_released_are_refused(tmp_path: Path, content: str) -> None:
    numbers = tmp_path / "r.json"
    numbers.write_text(content, "utf-8")
    refused = report("sqlite://", "--released", numbers, "--file", tmp_path / "r.pdf")
    assert refused.code == 1
    assert "Take a file that `rapport report ID --json FILE` wrote." in refused.err
    assert not (tmp_path / "r.pdf").exists()


def test_a_file_of_no_known_format_is_refused(
    sqlite_url: str, waves: TwoWaves, tmp_path: Path
) -> None:
    pair = public(waves, waves.before), public(waves, waves.after)
    refused = report(sqlite_url, "--compare", *pair, "--file", tmp_path / "report.odt")
    assert refused.code == 1
    assert refused.out == ""
    assert "No format has this ending. Choose one of .pdf" in refused.err


def test_computing_can_be_left_to_the_worker(sqlite_url: str, waves: TwoWaves) -> None:
    pair = public(waves, waves.before), public(waves, waves.after)
    asked = report(sqlite_url, "--compare", *pair, "--later")
    assert asked.code == 0, asked.err
    assert "The worker computes it." in asked.out
    assert "There is no report yet." in report(sqlite_url).out
    worked = rapport(
        "worker",
        "--until-empty",
        "--without-count-keys",
        environment={"RAPPORT_DATABASE_URL": sqlite_url},
    )
    assert worked.code == 0, worked.err
    assert asked.out.split()[1] in report(sqlite_url).out


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["abc"], "is no id"),
        (["0123456789abcdef"], "There is no such report."),
        (["--compare", "0123456789abcdef", "0123456789abcdeg"], "There is no such wave."),
        (["--compare", "0123456789abcdef", "9123456789abcdef"], "belong to different agencies"),
    ],
)
def test_what_is_not_there_is_told_without_a_traceback(
    words: list[str], told: str, sqlite_url: str
) -> None:
    ran = report(sqlite_url, *words)
    assert ran.code == 1
    assert told in ran.err
    assert "Traceback" not in ran.err


def test_a_database_without_tables_is_told_what_to_run(tmp_path: Path) -> None:
    ran = report(f"sqlite:///{tmp_path / 'empty.db'}")
    assert ran.code == 1
    assert "rapport migrate" in ran.err
