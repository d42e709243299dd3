"""The units of systemd on the deployment page: what they name exists, and keys stay apart."""

from __future__ import annotations

import re
from typing import Final

import pytest
import typer

from app.cli.program import program
from app.settings import Settings, WorkerSettings
from tests.architecture.documents.pages import page

PREFIX: Final = "RAPPORT_"
COMMAND: Final = "/opt/rapport/.venv/bin/rapport "
SERVICES: Final = ("rapport-web.service", "rapport-worker.service", "rapport-backup.service")
OTHERS_KEYS: Final = {
    "rapport-web": "/var/lib/rapport/worker",
    "rapport-worker": "/var/lib/rapport/web",
}

PAGE: Final = page("docs/deployment.md").text
UNIT: Final = re.compile(r"```ini\n# /etc/systemd/system/(\S+)\n(.*?)```", re.DOTALL)
SITE: Final = re.compile(r"in `/etc/rapport/site\.env`[^`]*```\n(.*?)```", re.DOTALL)

Lines = list[tuple[str, str]]


def units() -> dict[str, Lines]:
    """By its file, each line as a word and what it is set to."""
    return {
        name: [
            (word, told)
            for word, sign, told in (line.partition("=") for line in text.splitlines())
            if sign and not word.startswith("#")
        ]
        for name, text in UNIT.findall(PAGE)
    }


def told(lines: Lines, word: str) -> list[str]:
    return [value for name, value in lines if name == word]


def settings_of(lines: Lines) -> set[str]:
    return {
        value.partition("=")[0].removeprefix(PREFIX).lower() for value in told(lines, "Environment")
    }


def test_the_units_name_settings_and_commands_that_there_are() -> None:
    found = units()
    assert set(found) == {*SERVICES, "rapport-.service.d/hardening.conf", "rapport-backup.timer"}
    known = typer.main.get_group(program).commands
    for name in SERVICES:
        commands = told(found[name], "ExecStart")
        assert commands, name
        for command in commands:
            assert command.startswith(COMMAND)
            assert command.removeprefix(COMMAND).split()[0] in known
        allowed = Settings if name == "rapport-web.service" else WorkerSettings
        assert settings_of(found[name]) <= set(allowed.model_fields), name
    (shared_file,) = SITE.findall(PAGE)
    shared = re.findall(rf"^{PREFIX}(\w+)=", shared_file, re.MULTILINE)
    assert {"DATABASE_URL", "BASE_URL", "WEB_KEY_STORE"} <= set(shared)
    assert {name.lower() for name in shared} <= set(Settings.model_fields)


@pytest.mark.parametrize("name", SERVICES)
def test_each_account_writes_its_own_keys_and_is_kept_from_the_other_s(name: str) -> None:
    lines = units()[name]
    (account,) = told(lines, "User")
    closed = " ".join(told(lines, "InaccessiblePaths")).split()
    open_to = " ".join(told(lines, "ReadWritePaths")).split()
    assert OTHERS_KEYS[account] in closed
    assert OTHERS_KEYS[account] not in open_to
    for value in told(lines, "Environment"):
        path = value.partition("=")[2]
        assert any(path == folder or path.startswith(f"{folder}/") for folder in open_to), value


def test_every_unit_is_hardened() -> None:
    hardened = dict(units()["rapport-.service.d/hardening.conf"])
    assert hardened["NoNewPrivileges"] == hardened["ProtectHome"] == hardened["PrivateTmp"] == "yes"
    assert hardened["ProtectSystem"] == "strict"
    assert hardened["LimitCORE"] == "1"  # 0 stops no dump that the host pipes to a program
    assert not hardened["CapabilityBoundingSet"]
