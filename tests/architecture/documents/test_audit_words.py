"""Every act that the audit log can hold has words on its page, in each language of staff."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import PurePosixPath

import pytest
import yaml

from tests.architecture.source import ROOT, calls, modules

NOTING = ("note_act", "note")
LOCALE = ROOT / "app/accounts/pages/locale"


def _takers() -> Iterator[tuple[PurePosixPath, str, int]]:
    """Functions that are told an act, where they are called, and which argument it is."""
    yield PurePosixPath("app"), "note_act", 3
    for module in modules("app"):
        for node in ast.walk(module.tree):
            if isinstance(node, ast.FunctionDef):
                names = [arg.arg for arg in node.args.args if arg.arg != "self"]
                if "act" in names and any(_last(name) in NOTING for _, name in calls(node)):
                    own = module.path if node.name.startswith("_") else module.path.parents[-3]
                    yield own, node.name, names.index("act")


def _last(name: str) -> str:
    return name.rpartition(".")[2]


def _texts(tree: ast.AST, value: ast.expr) -> set[str]:
    """What stands there, or what a name that stands there is given anywhere in the file."""
    if isinstance(value, ast.Constant):
        return {value.value} if isinstance(value.value, str) else set()
    if isinstance(value, ast.IfExp):
        return _texts(tree, value.body) | _texts(tree, value.orelse)
    if not isinstance(value, ast.Name):
        return set()
    found: set[str] = set()
    for node in ast.walk(tree):
        targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
        given = getattr(node, "value", None)
        if any(isinstance(t, ast.Name) and t.id == value.id for t in targets) and given is not None:
            found |= _texts(tree, given)
    return found


@cache
def _acts() -> set[str]:
    takers = set(_takers())
    return {
        text
        for module in modules("app")
        for call, called in calls(module.tree)
        for own, name, place in takers
        if name == _last(called) and module.path.is_relative_to(own)
        if len(call.args) > place
        for text in _texts(module.tree, call.args[place])
    }


def test_the_acts_are_found_wherever_they_are_named() -> None:
    assert {"add area", "plan closing", "import baseline", "agree to erase answers"} <= _acts()


@pytest.mark.parametrize("language", ["en", "es"])
def test_every_act_has_words(language: str) -> None:
    texts = yaml.safe_load((LOCALE / f"{language}.yaml").read_text(encoding="utf-8"))["texts"]
    assert [act for act in sorted(_acts()) if "act_" + act.replace(" ", "_") not in texts] == []
