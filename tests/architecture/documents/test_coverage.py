"""Every setting and every command is explained."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable
from pathlib import Path

from pydantic.fields import FieldInfo
from typer.main import get_command

from analysis.__main__ import _parser
from app.cli.program import program
from app.settings import Settings, WorkerSettings
from tests.architecture.documents.pages import page, pages
from tests.architecture.source import Module, modules


def _shown(default: object) -> str:
    if default is None:
        return "not set"
    if isinstance(default, bool):
        return str(default).lower()
    return default.as_posix() if isinstance(default, Path) else str(default)


def unexplained_settings(text: str, fields: Iterable[tuple[str, FieldInfo]]) -> list[str]:
    """A row names the setting and its true default."""
    return [
        f"RAPPORT_{name.upper()} (default {_shown(field.default)}) has no row of its own"
        for name, field in fields
        if not re.search(
            rf"^\| `RAPPORT_{name.upper()}` \| (`{re.escape(_shown(field.default))}`|not set) \|",
            text,
            re.MULTILINE,
        )
    ]


def invented_settings(text: str) -> list[str]:
    known = {f"RAPPORT_{name.upper()}" for name in WorkerSettings.model_fields}
    return sorted(set(re.findall(r"^\| `(RAPPORT_\w+)`", text, re.MULTILINE)) - known)


def unread_settings(fields: Iterable[str], tree: Iterable[Module]) -> list[str]:
    read = {
        node.attr
        for m in tree
        if str(m.path) != "app/settings.py"
        for node in ast.walk(m.tree)
        if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Load)
    }
    return sorted(set(fields) - read)


def rooms_left_out(text: str, rooms: Iterable[str]) -> list[str]:
    listed = set(
        re.findall(r"`(\w+)`", "\n".join(re.findall(r"^\| (`.*?) \|", text, re.MULTILINE)))
    )
    return sorted(set(rooms) - listed)


def _rooms() -> set[str]:
    below = {m.path.relative_to("app").parts[0].removesuffix(".py") for m in modules("app")}
    return below - {"__init__"}


def _commands() -> list[str]:
    return sorted(get_command(program).commands)


def unexplained_commands(text: str, commands: Iterable[str]) -> list[str]:
    return [c for c in commands if not re.search(rf"\brapport {re.escape(c)}\b", text)]


def test_every_setting_is_explained_with_its_default() -> None:
    assert Settings.model_fields.keys() < WorkerSettings.model_fields.keys()
    text = page("docs/settings.md").text
    assert unexplained_settings(text, WorkerSettings.model_fields.items()) == []
    assert invented_settings(text) == []


def test_every_setting_changes_something() -> None:
    assert unread_settings(WorkerSettings.model_fields, modules("app")) == []


def test_every_command_is_explained() -> None:
    text = "\n".join(p.text for p in pages())
    commands = _commands()
    assert len(commands) >= 8
    assert unexplained_commands(text, commands) == []


def test_every_command_of_the_library_is_explained() -> None:
    choices = next(a.choices for a in _parser()._actions if isinstance(a.choices, dict))
    text = page("docs/commands.md").text
    assert [name for name in choices if f"| `python -m analysis {name}` | " not in text] == []


def test_every_room_stands_on_the_map() -> None:
    assert len(_rooms()) >= 15
    assert rooms_left_out(page("docs/architecture.md").text, _rooms()) == []


def test_a_planted_room_that_is_on_no_map_is_caught() -> None:
    assert rooms_left_out("| `web`, `jobs` | plumbing |", ["web", "jobs", "attic"]) == ["attic"]


def test_a_planted_setting_without_explanation_is_caught() -> None:
    sin = {"shoe_size": FieldInfo(default=42)}
    assert unexplained_settings(page("docs/settings.md").text, sin.items())


def test_a_planted_setting_that_nobody_reads_is_caught() -> None:
    assert unread_settings(["shoe_size"], modules("app")) == ["shoe_size"]


def test_a_planted_wrong_default_is_caught() -> None:
    row = "| `RAPPORT_SHOE_SIZE` | `41` | how large |"
    assert unexplained_settings(row, {"shoe_size": FieldInfo(default=42)}.items())
    assert not unexplained_settings(row, {"shoe_size": FieldInfo(default=41)}.items())


def test_a_planted_invented_setting_is_caught() -> None:
    assert invented_settings("| `RAPPORT_SHOE_SIZE` | `41` | how large |")


def test_a_planted_command_without_explanation_is_caught() -> None:
    assert unexplained_commands("rapport serve", ["serve", "dance"]) == ["dance"]
