from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from app.db import Database
from app.initiatives.fielding import request_opening
from app.initiatives.service import get_wave
from app.privacy.count_keys import CountKeyStore
from tests.factories import make_wave
from tests.integration.commands.rapport import environment, run, started


@pytest.fixture
def env(database_url: str, tmp_path: Path) -> dict[str, str]:
    return environment(database_url, tmp_path)


@pytest.fixture
def sqlite_env(sqlite_url: str, tmp_path: Path) -> dict[str, str]:
    """For what does not depend on the kind of database."""
    return environment(sqlite_url, tmp_path)


def test_it_does_what_is_due_and_ends(
    database: Database, count_keys: CountKeyStore, env: dict[str, str]
) -> None:
    with database.writing() as session:
        wave = make_wave(session)
        request_opening(session, wave.agency_id, wave.id)
    finished = run("worker", "--until-empty", env=env)
    assert finished.returncode == 0, finished.stderr
    assert finished.stdout == "1 jobs ended, 0 of them with a problem.\n"
    assert f"open_wave {wave.id}: done" in finished.stderr
    with database.reading() as session:
        opened = get_wave(session, wave.agency_id, wave.id)
    assert opened.public_key is not None
    assert count_keys.unlock(wave.id, opened.public_key)


def test_a_problem_shows_in_the_exit_code_and_a_new_start_mends_it(
    database: Database, env: dict[str, str]
) -> None:
    with database.writing() as session:
        wave = make_wave(session, languages=("en", "es"))
        request_opening(session, wave.agency_id, wave.id)
        title = get_wave(session, wave.agency_id, wave.id)
        title.languages = ["en", "fr"]
    finished = run("worker", "--until-empty", env=env)
    assert finished.returncode == 1
    assert "cannot be opened in 'fr'" in finished.stderr
    with database.writing() as session:
        get_wave(session, wave.agency_id, wave.id).languages = ["en"]
    finished = run("worker", "--until-empty", "--retry-failed", env=env)
    assert finished.returncode == 0
    assert finished.stdout.startswith("1 failed jobs get a new start.\n")


def test_without_count_keys_it_leaves_the_opening_to_others_and_makes_no_key_store(
    database: Database, env: dict[str, str], tmp_path: Path
) -> None:
    with database.writing() as session:
        wave = make_wave(session)
        request_opening(session, wave.agency_id, wave.id)
    finished = run("worker", "--until-empty", "--without-count-keys", env=env)
    assert finished.stdout == "0 jobs ended, 0 of them with a problem.\n"
    assert not (tmp_path / "count-keys").exists()


@pytest.mark.parametrize("command", [["worker", "--until-empty"], ["report"], ["doctor", "--help"]])
def test_a_new_interpreter_runs_a_command_as_the_forks_of_these_tests_do(
    sqlite_env: dict[str, str], command: list[str]
) -> None:
    new = [sys.executable, "-c", "from app.cli import main; main()", *command]
    of_its_own = subprocess.run(new, env=sqlite_env, capture_output=True, text=True, check=False)  # noqa: S603 - our own command
    forked = run(*command, env=sqlite_env)
    assert of_its_own.returncode == forked.returncode == 0
    assert of_its_own.stdout.replace("-c ", "rapport ") == forked.stdout
    assert forked.stdout


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_stops_cleanly_when_it_is_asked_to(env: dict[str, str], number: int) -> None:
    with started("worker", env=env) as running:
        running.wait_for("The worker waits for jobs")
        assert running.signal(number) == 0
    assert running.lines[-1] == "The worker has stopped.\n"


def test_a_count_master_that_is_missing_is_refused_with_the_remedy(
    count_keys: CountKeyStore, sqlite_env: dict[str, str], tmp_path: Path
) -> None:
    count_keys.make_keys("0123456789")
    (tmp_path / "secrets" / "count-master").unlink()
    finished = run("worker", env=sqlite_env)
    assert finished.returncode == 1
    assert "Put the master secret back" in finished.stderr
    assert "Traceback" not in finished.stderr


def test_its_help_says_what_it_is_for(sqlite_env: dict[str, str]) -> None:
    said = run("worker", "--help", env=sqlite_env).stdout
    for words in ("count waves", "RAPPORT_COUNT_KEY_STORE", "--without-count-keys"):
        assert words in said
