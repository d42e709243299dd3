"""No code outside a kind's room asks which kind a question has: a new kind touches one place."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Mapping
from pathlib import PurePosixPath
from typing import Final

import pytest

from app.questions import KINDS
from tests.architecture.source import ROOT, Module, imported_names, is_within, module, modules

OWNER: Final = "app/questions/"
# Also words of the trade: the area a respondent chose is a column of its own, and the notice of an
# instrument stands under consent.
SHARED_WORDS: Final = {"area", "consent"}
# A template that asks for the kind of a question; `wave.kind` is another thing.
TEMPLATE_ASKS: Final = re.compile(r"\bquestion\.kind\b")


def _strings(tree: ast.AST) -> Iterable[tuple[ast.Constant, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node, node.value


def _asks_for_kind(node: ast.Compare) -> bool:
    sides = (node.left, *node.comparators)
    asks = any(isinstance(side, ast.Attribute) and side.attr == "kind" for side in sides)
    return asks and any(_is_kind_name(side) for side in sides)


def _is_kind_name(side: ast.expr) -> bool:
    return any(value in KINDS for _, value in _strings(side))


def kinds_named(tree: Iterable[Module]) -> list[str]:
    classes = {kind.__name__ for kind in KINDS.values()}
    found: list[str] = []
    for m in tree:
        if is_within(m.path, OWNER):
            continue
        found += [
            f"{m.at(node)} names the kind {value!r}: let the question answer for itself"
            for node, value in _strings(m.tree)
            if value in KINDS and value not in SHARED_WORDS
        ]
        found += [
            f"{m.at(node)} imports {name}: let the question answer for itself"
            for node, name in imported_names(m.tree)
            if name.startswith("app.questions.") and name.rpartition(".")[2] in classes
        ]
        found += [
            f"{m.at(node)} asks for the kind: let the question answer for itself"
            for node in ast.walk(m.tree)
            if isinstance(node, ast.Compare) and _asks_for_kind(node)
        ]
    return found


def templates_that_ask(templates: Mapping[PurePosixPath, str]) -> list[str]:
    return [
        f"{path} asks for the kind of a question: the kind has a template of its own"
        for path, text in templates.items()
        if not is_within(path, OWNER) and TEMPLATE_ASKS.search(text)
    ]


def _templates() -> dict[PurePosixPath, str]:
    pages = [
        file for ending in ("html", "js", "svg") for file in (ROOT / "app").rglob(f"*.{ending}")
    ]
    assert pages, "no template found: the rule would pass unseen"
    return {PurePosixPath(p.relative_to(ROOT).as_posix()): p.read_text("utf-8") for p in pages}


def test_no_code_asks_which_kind_a_question_has() -> None:
    assert len(KINDS) >= 5
    assert kinds_named(modules("app", "analysis")) == []


def test_no_template_asks_which_kind_a_question_has() -> None:
    assert templates_that_ask(_templates()) == []


@pytest.mark.parametrize(
    "sin",
    [
        "def f(question): return question.kind == 'likert'",
        "def f(question): return question.kind in {'area', 'likert'}",
        "WIDTHS = {'single_choice': 3}",
        "from app.questions.likert import Likert",
    ],
)
def test_a_planted_question_for_the_kind_is_caught(sin: str) -> None:
    assert kinds_named([module("app/responses/intake.py", sin)])
    assert not kinds_named([module("app/questions/likert/__init__.py", sin)])


def test_the_area_a_respondent_chose_is_no_sin() -> None:
    assert not kinds_named([module("app/responses/store.py", "COLUMNS = ('area', 'language')")])


def test_a_planted_question_in_a_template_is_caught() -> None:
    sin = "{% if question.kind == 'likert' %}"
    assert templates_that_ask({PurePosixPath("app/responses/templates/page.html"): sin})
    assert not templates_that_ask({PurePosixPath("app/questions/frame.html"): sin})
