from __future__ import annotations

from pathlib import Path

from sqlalchemy import text

from app.db import Database
from app.migrations import newest_revision, present_revision
from tests.integration.commands.rapport import environment, run


def test_it_brings_an_empty_database_up_and_then_has_nothing_to_do(
    empty_database: Database, tmp_path: Path
) -> None:
    env = environment(empty_database.url.render_as_string(hide_password=False), tmp_path)
    newest = newest_revision()
    first = run("migrate", env=env)
    assert first.returncode == 0
    assert first.stdout == (
        f"Migrating from an empty database to {newest} ...\nThe database is at {newest}.\n"
    )
    assert present_revision(empty_database) == newest
    second = run("migrate", env=env)
    assert second.stdout == f"The database is at {newest} already.\n"


def test_a_database_of_a_newer_rapport_is_refused_without_a_traceback(
    empty_database: Database, tmp_path: Path
) -> None:
    env = environment(empty_database.url.render_as_string(hide_password=False), tmp_path)
    run("migrate", env=env)
    with empty_database.writing() as session:
        session.execute(text("UPDATE alembic_version SET version_num = '20990101_0000'"))
    finished = run("migrate", env=env)
    assert finished.returncode == 1
    assert "which this version of Rapport does not know" in finished.stderr
    assert "Traceback" not in finished.stderr


def test_a_database_that_cannot_be_reached_is_told_without_a_traceback(tmp_path: Path) -> None:
    finished = run(
        "migrate", env=environment(f"postgresql+psycopg://@/no?host={tmp_path}", tmp_path)
    )
    assert finished.returncode == 1
    assert finished.stderr.startswith("The database cannot be reached: ")
    assert f"{tmp_path}" in finished.stderr
    assert finished.stderr.endswith("mend what stands in the way and run this again.\n")
    assert "Traceback" not in finished.stderr


def test_a_setting_that_cannot_be_is_named(tmp_path: Path) -> None:
    wrong = {"RAPPORT_BASE_URL": "trust.example.org", "RAPPORT_WEB_PROCESSES": "two"}
    finished = run("migrate", env=environment("mysql://localhost/rapport", tmp_path) | wrong)
    assert finished.returncode == 1
    told = [line.partition(" cannot be used: ")[0] for line in finished.stderr.splitlines()]
    assert told == ["RAPPORT_DATABASE_URL", "RAPPORT_BASE_URL", "RAPPORT_WEB_PROCESSES"]


def test_its_help_says_what_it_is_for(tmp_path: Path) -> None:
    said = run("migrate", "--help", env=environment("sqlite://", tmp_path)).stdout
    for words in ("newest schema", "RAPPORT_DATABASE_URL"):
        assert words in said
