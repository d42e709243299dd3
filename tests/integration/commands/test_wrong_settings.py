"""Whoever sets something wrongly reads one sentence: what is wrong, and what to do."""

from __future__ import annotations

import socket
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from app.db import Database
from tests.integration.commands.rapport import environment, run

UNSAID = "sesame"
SERVE = ("serve", "--port", "0")
WORK = ("worker", "--until-empty")
WAIT = ("worker",)


@pytest.fixture
def env(sqlite_url: str, tmp_path: Path) -> dict[str, str]:
    return environment(sqlite_url, tmp_path)


def refusal(finished: CompletedProcess[str]) -> str:
    """The one line that is told."""
    assert finished.returncode == 1, finished.stderr
    (line,) = finished.stderr.splitlines()
    return line


@pytest.mark.parametrize(
    ("command", "setting", "value", "words"),
    [
        (SERVE, "METRICS_ADDRESS", "9464", "must be HOST:PORT"),
        (WAIT, "METRICS_ADDRESS", "9464", "must be HOST:PORT"),
        (SERVE, "METRICS_ADDRESS", "127.0.0.1:99999", "Choose another RAPPORT_METRICS_ADDRESS"),
        (SERVE, "DATABASE_URL", "mysql://a", "RAPPORT_DATABASE_URL cannot be used: write sqlite:"),
        (SERVE, "DATABASE_URL", "sqlite://rapport.db", "write sqlite:///FILE"),
        (WORK, "DATABASE_URL", "postgresql+psycopg://a@b:c/d", "its port is no number"),
        (WORK, "DATABASE_URL", "postgresql+psycopg://a@127.0.0.1:1/b", "Connection refused"),
        (SERVE, "DATABASE_URL", "sqlite:///{folder}", "Correct RAPPORT_DATABASE_URL"),
        (SERVE, "DATABASE_URL", "sqlite:///{file}", "file is not a database"),
        (SERVE, "BASE_URL", "trust.example.org", "such as https://HOST"),
        (SERVE, "WEB_PROCESSES", "0", "greater than or equal to 1"),
        (SERVE, "WEB_MASTER_FILE", "{folder}", "{folder} cannot be used: Is a directory"),
        (WORK, "COUNT_MASTER_FILE", "{folder}", "{folder} cannot be used: Is a directory"),
        (WORK, "COUNT_MASTER_FILE", "{file}", "must hold 64 hexadecimal digits"),
        (SERVE, "SMTP_PASSWORD_FILE", "{folder}/none", "none cannot be used: No such file"),
        (SERVE, "MAIL_FROM", "rapport", "Set RAPPORT_MAIL_FROM to the address"),
        (SERVE, "OIDC_CLIENT_SECRET_FILE", "{folder}/none", "none cannot be used: No such file"),
    ],
)
def test_a_wrong_setting_is_told_in_one_sentence(
    env: dict[str, str],
    tmp_path: Path,
    command: tuple[str, ...],
    setting: str,
    value: str,
    words: str,
) -> None:
    (folder := tmp_path / "folder").mkdir()
    (file := tmp_path / "file").write_text("this is neither a database nor a secret\n" * 200)
    file.chmod(0o600)
    others = {
        "SMTP_PASSWORD_FILE": {"RAPPORT_MAIL_FROM": "a@city.example"},
        "OIDC_CLIENT_SECRET_FILE": {
            "RAPPORT_OIDC_ISSUER": "https://login.city.example",
            "RAPPORT_OIDC_CLIENT_ID": "rapport",
        },
    }
    if setting in {"SMTP_PASSWORD_FILE", "MAIL_FROM"}:
        env |= {"RAPPORT_SMTP_HOST": "mail.city.example"}
    env |= others.get(setting, {}) | {f"RAPPORT_{setting}": value.format(folder=folder, file=file)}
    told = refusal(run(*command, env=env))
    assert words.format(folder=folder) in told


def test_a_metrics_address_that_is_taken_is_told_in_one_sentence(env: dict[str, str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        for command in (SERVE, WAIT):
            told = refusal(run(*command, env=env | {"RAPPORT_METRICS_ADDRESS": address}))
            assert f"Metrics cannot be shown at {address}" in told
            assert "Address already in use" in told


def test_an_odd_address_of_the_database_is_told_without_its_password(env: dict[str, str]) -> None:
    for address in ("postgresql+psycopg://a:open:sesame@b:sesame/d", "mysql://a:sesame@b/d"):
        assert "sesame" not in refusal(run(*SERVE, env=env | {"RAPPORT_DATABASE_URL": address}))


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
@pytest.mark.parametrize(
    ("part", "words"),
    [("username", 'role "nobody" does not exist'), ("database", 'database "nobody" does not')],
)
def test_a_server_that_refuses_us_is_told_with_its_reason(
    database: Database, tmp_path: Path, part: str, words: str
) -> None:
    address = database.url.set(password=UNSAID)
    address = address.set(**{part: "nobody"})
    spelled = address.render_as_string(hide_password=False)
    for command in ("serve", "migrate"):
        told = refusal(run(command, env=environment(spelled, tmp_path)))
        assert words in told
        assert "Correct RAPPORT_DATABASE_URL" in told
        assert UNSAID not in told
