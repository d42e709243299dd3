"""One word, one thing: what is declared in app and analysis uses the words of DESIGN §1 only.

Only declared names count (modules, classes, functions, parameters, attributes with a type). A local
variable may be short, and what a library calls its things is its own business. Words that the trade
of programming owns as well (form, template, field, type, value, index, element, unit, metadata,
process, import, round) cannot be told apart by a machine: reviewers look at those.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from typing import Final

import pytest

from tests.architecture.source import Module, module, modules

INSTEAD: Final = {
    "org": "agency",
    "organisation": "agency",
    "organization": "agency",
    "client": "agency, or submission id where a sheet's own id is meant",
    "user": "staff or respondent",
    "participant": "respondent",
    "project": "initiative",
    "campaign": "initiative",
    "phase": "wave",
    "region": "area",
    "district": "area",
    "survey": "instrument",
    "questionnaire": "instrument",
    "channel": "collector",
    "submission": "response or intake",
    "paradatum": "paradata",
    "stat": "estimate",
    "stats": "estimate",
    "result": "estimate, comparison or report",
    "results": "estimates, comparisons or reports",
    "alpha": "level, or cronbach_alpha",
    "sig": "p",
}
DRAWERS: Final = {"utils", "util", "helpers", "helper", "common", "manager", "misc", "data", "info"}
LEFTOVERS: Final = {"old", "new", "tmp", "temp", "legacy", "v2", "copy", "backup2", "deprecated"}
EXCEPTIONS: Final = {
    ("app/settings.py", "oidc_client_id"): "what every identity provider calls it",
    ("app/settings.py", "oidc_client_secret_file"): "as above",
    ("app/api/shapes/initiatives.py", "result_where"): "a key of the notice that residents read",
    ("app/db.py", "process_result_value"): "SQLAlchemy's name for a hook",
    ("app/instruments/model.py", "ReportedAlpha"): "the key of survey files for Cronbach's alpha",
    ("app/instruments/model.py", "reported_alpha"): "the same",
    ("analysis/disclosure/collapse.py", "region"): "a run of neighbouring cells of a table",
}

Declaration = tuple[ast.AST, str]


def _declared(tree: ast.AST) -> Iterator[Declaration]:
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node, node.name
            arguments = node.args
            for a in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs):
                yield a, a.arg
        elif isinstance(node, ast.ClassDef):
            yield node, node.name
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            yield node, node.target.id


def words(name: str) -> list[str]:
    """`PlanVersion_id` is plan, version, id."""
    return [w.lower() for w in re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z0-9]+", name)]


def foreign_words(tree: Iterable[Module]) -> list[str]:
    return [
        f"{m.at(node)} {name}: say {INSTEAD[word]}, not {word}"
        for m in tree
        for node, name in (*_declared(m.tree), (m.tree, m.path.stem))
        for word in words(name)
        if word in INSTEAD and (str(m.path), name) not in EXCEPTIONS
    ]


def drawers(tree: Iterable[Module]) -> list[str]:
    """Modules named for nothing, and second versions of a thing beside the first."""
    return [
        f"{m.path}: name the file for what it holds"
        for m in tree
        if DRAWERS.intersection(m.path.with_suffix("").parts)
        or LEFTOVERS.intersection(m.path.stem.split("_"))
    ]


def test_the_code_uses_the_words_of_the_trade() -> None:
    assert foreign_words(modules("app", "analysis")) == []


def test_each_exception_is_still_needed() -> None:
    declared = {
        (str(m.path), name) for m in modules("app", "analysis") for _, name in _declared(m.tree)
    }
    assert EXCEPTIONS.keys() <= declared


def test_every_module_is_named_for_what_it_holds() -> None:
    assert drawers(modules("app", "analysis", "tests")) == []


@pytest.mark.parametrize(
    ("path", "sin"),
    [
        ("app/accounts/store.py", "def load_user(id): ..."),
        ("app/accounts/store.py", "class OrgSettings: ..."),
        ("app/initiatives/service.py", "def f(campaign_id: str): ..."),
        ("analysis/report.py", "class Report:\n    alpha: float"),
        ("analysis/stats.py", ""),
    ],
)
def test_a_planted_foreign_word_is_caught(path: str, sin: str) -> None:
    assert foreign_words([module(path, sin)])


def test_words_inside_other_words_are_no_sin() -> None:
    innocent = "def cronbach(status, organ, uses, channelled): ..."
    assert not foreign_words([module("analysis/reliability.py", innocent)])


@pytest.mark.parametrize(
    "path", ["app/utils/text.py", "app/web/helpers.py", "analysis/tally_old.py", "app/data.py"]
)
def test_a_planted_drawer_is_caught(path: str) -> None:
    assert drawers([module(path, "")])
