from __future__ import annotations

import csv
from pathlib import Path

import pytest
from sqlalchemy import select
from typer.testing import CliRunner

from app.cli.program import program
from app.collectors.tables import ledger
from app.db import Database
from app.errors import AppError
from app.privacy.codes import read_code
from tests.factories import make_areas, make_collector, make_initiative, make_wave
from tests.integration.commands.rapport import environment, run
from tests.integration.responses.cards import uses


@pytest.fixture
def env(database_url: str, tmp_path: Path) -> dict[str, str]:
    return environment(database_url, tmp_path) | {"RAPPORT_BASE_URL": "https://survey.example"}


@pytest.fixture
def place(database: Database) -> str:
    with database.writing() as session:
        initiative = make_initiative(session)
        make_areas(session, initiative)
        wave = make_wave(session, initiative)
        make_collector(session, wave, label="Link on the website")
        return wave.agency_id + wave.id


def read(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8-sig", newline="") as opened:
        return list(csv.DictReader(opened))


def test_codes_are_told_once_in_a_file_that_only_its_owner_reads(
    database: Database, env: dict[str, str], place: str, tmp_path: Path
) -> None:
    file = tmp_path / "cards.csv"
    options = ("--number", "20", "--tests", "2", "--label", "=Letters", "--area", "2")
    made = run("codes", place, "--csv", str(file), *options, env=env)
    assert (made.returncode, made.stdout.strip()) == (
        0,
        f"Written: {file}, 20 codes and 2 test cards for {made.stdout.split()[-1]}",
    )
    assert "no one can list them again" in made.stderr
    assert file.stat().st_mode & 0o777 == 0o600
    rows = read(file)
    assert [row["test"] for row in rows] == [""] * 20 + ["test"] * 2
    assert {(row["way_in"], row["area"]) for row in rows} == {("'=Letters", "2")}
    path = made.stdout.split()[-1]
    for row in rows:
        assert read_code(row["code"]) is not None
        assert row["address"] == f"https://survey.example{path}#{row['code']}"
    assert len(uses(database)) == 22

    again = run("codes", place, "--csv", str(file), env=env)
    assert (again.returncode, again.stderr) == (
        1,
        f"{file}: There is such a file already. Choose another name.\n",
    )
    more = tmp_path / "more.csv"
    added = run("codes", path.removeprefix("/s/"), "--csv", str(more), "--number", "5", env=env)
    assert added.stdout.split()[-1] == path
    assert len(uses(database)) == 27
    assert not {row["code"] for row in rows} & {row["code"] for row in read(more)}


def test_codes_for_groups_have_a_cap(
    database: Database, env: dict[str, str], place: str, tmp_path: Path
) -> None:
    file = tmp_path / "flyers.csv"
    made = CliRunner().invoke(program, ["codes", place, "--csv", str(file), "--cap", "75"], env=env)
    assert made.exit_code == 0
    assert len(read(file)) == 1
    with database.reading() as session:
        assert [row[2:] for row in session.execute(select(ledger))] == [
            (bytes(next(iter(uses(database)))), "group", 75, 0)
        ]


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("x", "--csv", "{folder}/x.csv"), "is neither a wave nor a way in"),
        (("0000000000000000", "--csv", "{folder}/x.csv"), "is neither a wave nor a way in"),
        (("{place}", "--csv", "{folder}/no/x.csv"), "cannot be written"),
        (("{place}", "--csv", "{folder}/x.csv", "--number", "0"), "choose between 1 and 100,000"),
        (("{place}", "--csv", "{folder}/x.csv", "--area", "9"), "There is no area 9"),
    ],
)
def test_what_cannot_be_made_is_told_and_leaves_no_file_and_no_code(
    database: Database,
    env: dict[str, str],
    place: str,
    tmp_path: Path,
    arguments: tuple[str, ...],
    told: str,
) -> None:
    given = [a.format(place=place, folder=tmp_path) for a in arguments]
    refused = CliRunner().invoke(program, ["codes", *given], env=env)
    assert isinstance(refused.exception, AppError)
    assert told in refused.exception.message
    assert not (tmp_path / "x.csv").exists()
    assert uses(database) == {}
