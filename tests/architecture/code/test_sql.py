"""SQL stands in a room's store: who reads a store knows every question a room asks."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable
from typing import Final

import pytest

from tests.architecture.source import Module, calls, imported_names, is_within, module, modules

SPEAKS_SQL: Final = {
    *("select", "insert", "update", "delete", "text", "func", "literal", "union", "exists"),
    *("and_", "or_", "not_", "case", "cast", "bindparam", "desc", "asc"),
}
ASKS: Final = {
    *("execute", "executemany", "executescript", "exec_driver_sql", "scalar", "scalars"),
    *("add", "add_all", "get", "get_one", "merge", "query", "refresh", "delete"),
}
HOLDERS: Final = {"session", "connection", "conn", "cursor", "db"}
# The plumbing below the rooms: pragmas, the question which revision a database is at, and roles.
PLUMBING: Final = ("app/db.py", "app/migrations.py", "app/sqlite.py", "app/tenancy.py")
MAY_SPEAK_SQL: Final = {"store", "tables"}
STATEMENT: Final = re.compile(
    r"\s*(SELECT|INSERT INTO|UPDATE|DELETE FROM|CREATE|DROP|ALTER)\s+[\w*]"
)


def sql_outside_stores(tree: Iterable[Module]) -> list[str]:
    found: list[str] = []
    for m in tree:
        if m.path.stem in MAY_SPEAK_SQL or is_within(m.path, *PLUMBING):
            continue
        for node, name in imported_names(m.tree):
            package, _, word = name.rpartition(".")
            if package.startswith("sqlalchemy") and word in SPEAKS_SQL:
                found.append(f"{m.at(node)} {name}: move the question to the room's store")
        for call, name in calls(m.tree):
            owner, _, verb = name.rpartition(".")
            if owner.rpartition(".")[2] in HOLDERS and verb in ASKS:
                found.append(f"{m.at(call)} {name}(): move the question to the room's store")
        found += [
            f"{m.at(node)} holds a statement: move it to the room's store"
            for node in ast.walk(m.tree)
            if isinstance(node, ast.Constant)
            and isinstance(node.value, str)
            and STATEMENT.match(node.value)
        ]
    return found


def test_only_stores_hold_sql() -> None:
    assert sql_outside_stores(modules("app")) == []


@pytest.mark.parametrize(
    "sin",
    [
        "from sqlalchemy import select",
        "from sqlalchemy.dialects.postgresql import insert",
        "def f(session): return session.get(Wave, 1)",
        "def f(session): session.add(Wave())",
        "def f(self): self.connection.execute('SELECT 1')",
        "QUESTION = 'DELETE FROM intake'",
    ],
)
def test_planted_sql_is_caught(sin: str) -> None:
    assert sql_outside_stores([module("app/initiatives/opening.py", sin)])
    assert not sql_outside_stores([module("app/initiatives/store.py", sin)])


def test_reading_a_mapping_is_no_sin() -> None:
    assert not sql_outside_stores([module("app/web/forms.py", "def f(form): return form.get('a')")])
