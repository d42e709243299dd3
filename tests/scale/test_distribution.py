"""PostgreSQL can be spread over many machines by agency only if no statement reaches across.

Every statement from the way in to the downloads and from signing in to publishing is listened to:
where it touches a table of an agency, it says which agency; the few that cannot are named here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import pytest
from sqlalchemy import Engine, event

from app.schema import metadata
from tests.scale.steps import here, steps

TABLES: Final = metadata.tables.values()
OF_AGENCIES: Final = {table.name for table in TABLES if "agency_id" in table.columns} - {"agency"}
# What asks over all agencies, and may: few rows, behind an index, never a join.
ACROSS: Final = {
    "the worker looks for the next job of any agency": re.compile(
        r"FROM job\b.*run_after", re.DOTALL
    ),
    "the web process asks which waves have ended, to destroy their keys": re.compile(
        r"SELECT wave\.id, wave\.state\b.*FROM wave\b.*wave\.id IN", re.DOTALL
    ),
}
_WORD: Final = re.compile(r"\b[a-z_]+\b")


@contextmanager
def overheard() -> Iterator[set[str]]:
    statements: set[str] = set()

    def note(
        _conn: object,
        _cursor: object,
        statement: str,
        _parts: object,
        _context: object,
        _many: object,
    ) -> None:
        statements.add(statement.strip())

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        event.remove(Engine, "before_cursor_execute", note)


def reaching_across(statements: set[str]) -> list[str]:
    found = []
    for statement in sorted(statements):
        touched = OF_AGENCIES & set(_WORD.findall(statement))
        if not touched or statement.startswith(("PRAGMA", "CREATE", "ALTER", "DROP")):
            continue
        if any(rule.search(statement) for rule in ACROSS.values()):
            continue
        if not _names_its_agency(statement):
            found.append(statement)
    return found


def _names_its_agency(statement: str) -> bool:
    if statement.startswith("INSERT"):
        return "agency_id" in statement.partition("(")[2].partition(")")[0]
    return re.search(r"agency_id\)? (=|IN) ", statement.partition("WHERE")[2]) is not None


def test_every_statement_of_two_waves_names_its_agency(tmp_path: Path) -> None:
    with overheard() as statements:
        dict(steps(f"sqlite:///{tmp_path / 'rapport.db'}", tmp_path, 40, here))
    touched = {name for name in OF_AGENCIES for s in statements if re.search(rf"\b{name}\b", s)}
    assert {"intake", "response", "wave", "report", "collector"} - touched <= {"collector"}
    assert reaching_across(statements) == []


@pytest.mark.parametrize(
    "sin",
    [
        "SELECT wave.id FROM wave",
        "SELECT response.answers FROM response WHERE response.wave_id = ?",
        "DELETE FROM intake WHERE id = ?",
        "INSERT INTO intake (wave_id, id, ct) VALUES (?, ?, ?)",
    ],
)
def test_a_planted_statement_is_caught(sin: str) -> None:
    assert reaching_across({sin}) == [sin]
    assert reaching_across({"SELECT wave.id FROM wave WHERE wave.agency_id = ?"}) == []
