from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from sqlalchemy import delete

from app.accounts.tables import AuditEntry
from app.db import Database
from tests.integration.commands.rapport import environment, run


def _create_owner(
    env: dict[str, str], password: str, **wish: str
) -> subprocess.CompletedProcess[str]:
    asked = {"email": "ana@city.example", "name": "Ana Ruiz", "agency": "City of Riverside"} | wish
    options = [part for name, text in asked.items() for part in (f"--{name}", text)]
    return run("create-owner", *options, env=env, typed=password + "\n")


@pytest.fixture
def env(database: Database, tmp_path: Path) -> dict[str, str]:
    return environment(database.url.render_as_string(hide_password=False), tmp_path)


def test_the_first_owner_is_made_and_stands_in_the_log(env: dict[str, str]) -> None:
    made = _create_owner(env, "stairs made of butter")
    assert made.returncode == 0, made.stderr
    assert "Ana Ruiz is an owner of City of Riverside" in made.stdout
    assert made.stdout.endswith("/staff/sign-in\n")
    second = _create_owner(env, "stairs made of butter", email="bo@city.example", name="Bo")
    assert second.returncode == 0, second.stderr
    verified = run("audit", "verify", env=env)
    assert verified.returncode == 0
    assert "City of Riverside: whole, 2 entries" in verified.stdout
    assert "butter" not in verified.stdout + made.stdout


@pytest.mark.parametrize(
    ("password", "wish", "told"),
    [
        ("", {}, "No password was given"),
        ("password1", {}, "among the first that are tried"),
        ("stairs made of butter", {"email": "ana"}, "not an e-mail address"),
        ("stairs made of butter", {"agency": " "}, "An agency needs a name"),
    ],
)
def test_what_makes_no_owner_is_told_without_a_traceback(
    env: dict[str, str], password: str, wish: dict[str, str], told: str
) -> None:
    refused = _create_owner(env, password, **wish)
    assert refused.returncode == 1
    assert told in refused.stderr
    assert "Traceback" not in refused.stderr


def test_a_log_that_was_shortened_is_told_by_the_head_that_was_kept(
    env: dict[str, str], database: Database
) -> None:
    _create_owner(env, "stairs made of butter")
    head = run("audit", "verify", env=env).stdout.split()[-1]
    assert run("audit", "verify", "--head", head, env=env).returncode == 0
    with database.writing() as session:
        session.execute(delete(AuditEntry))
    replaced = run("audit", "verify", "--head", head, env=env)
    assert replaced.returncode == 1
    assert "a log was replaced" in replaced.stderr
