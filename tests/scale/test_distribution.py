"""PostgreSQL can be spread over many machines by agency only if no statement reaches across.

Every statement from the way in to the downloads is listened to, and what the processes ask of
themselves; those of every page and call, for every role, in `tests/integration/tenancy`. Where one
touches a table of an agency, it says which agency; the few that cannot are named here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import pytest
from sqlalchemy import Engine, event

from app import clock
from app.accounts.signing_in import sign_in
from app.db import Database
from app.exports.service import destroy_spent_keys as destroy_spent_downloads
from app.health.metrics import WorkerMetrics
from app.initiatives.fielding import count_kept_keys_again
from app.privacy.staff.attempts import AddressTags
from app.privacy.web_keys import WebKeyStore
from app.responses.pages.spent_keys import destroy_spent_keys
from app.retention.telling import tell_due
from app.retention.texts import ask_for_due
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
    "and which links over waves have ended": re.compile(
        r"FROM linking\b.*linking\.initiative_id IN", re.DOTALL
    ),
    "and of what was deleted": re.compile(
        r"SELECT job\.subject\b.*FROM job\b.*job\.subject IN", re.DOTALL
    ),
    "who signs in says no agency": re.compile(
        r"SELECT staff\.agency_id, staff\.id\b.*FROM staff\b.*staff\.(email|identity) =", re.DOTALL
    ),
    "a worker that starts looks for keys that wait for a backup": re.compile(
        r"FROM wave\b.*wave\.key_state =", re.DOTALL
    ),
    "its metrics count the jobs": re.compile(r"FROM job GROUP BY job\.kind, job\.state"),
}
_WORD: Final = re.compile(r"\b[a-z_]+\b")
_NAMED: Final = re.compile(r"agency_id(, [\w.]+)*\)? (=|IN) ")  # also as one of several together


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
    return re.search(_NAMED, statement.partition("WHERE")[2]) is not None


def test_every_statement_of_two_waves_names_its_agency(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'rapport.db'}"
    with overheard() as statements:
        dict(steps(url, tmp_path, 40, here))
        _what_processes_ask_by_themselves(url, tmp_path)
    touched = {name for name in OF_AGENCIES for s in statements if re.search(rf"\b{name}\b", s)}
    assert {"intake", "response", "wave", "report", "collector"} - touched <= {"collector"}
    assert reaching_across(statements) == []
    unheard = (name for name, rule in ACROSS.items() if not any(map(rule.search, statements)))
    assert list(unheard) == [], "nobody asks this any more"


def _what_processes_ask_by_themselves(url: str, folder: Path) -> None:
    database = Database(url)
    keys = WebKeyStore(folder / "web-keys", folder / "web-master")
    keys.ledger_key("0123456789")
    keys.link_key("0123456789")
    keys.make_download_key("abc1230123456789")
    destroy_spent_keys(database, keys)
    destroy_spent_downloads(database, keys, set())
    sign_in(database, "nobody@city.example", "quiet rivers", AddressTags(lambda: bytes(32)))
    with database.writing() as session:
        count_kept_keys_again(session)
    tell_due(database)
    ask_for_due(database, clock.now().date())
    assert list(WorkerMetrics(database, None).collect())
    database.dispose()


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
