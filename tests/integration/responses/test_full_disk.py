"""A disk that is full, or nearly: sheets are refused, none is lost, nothing has to be restarted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import Connection, event, text

from app import db
from app.db import Database
from app.errors import Unavailable
from tests.integration.responses.grouping import running, write_all

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pytest


def test_a_full_disk_refuses_and_recovers_without_a_restart(sqlite_url: str) -> None:
    """SQLite is told to grow no further: its error is the one of a full disk."""
    database = Database(sqlite_url)

    def limit_size(pages: int) -> None:
        database.engine.dispose()
        event.listen(
            database.engine,
            "connect",
            lambda connection, _: connection.execute(f"PRAGMA max_page_count={pages}"),
        )

    def insert_much(connection: Connection, units: Sequence[int]) -> list[str]:
        statement = text("INSERT INTO heap (n, content) VALUES (:n, zeroblob(4000))")
        for n in units:
            connection.execute(statement, {"n": n})
        return [f"stored {n}" for n in units]

    with database.writing() as session:
        session.execute(text("CREATE TABLE heap (n INTEGER PRIMARY KEY, content BLOB)"))
    limit_size(100)
    with running(database, insert_much) as writer:
        outcomes = write_all(writer, range(300))
        thanked = [n for n, outcome in enumerate(outcomes) if isinstance(outcome, str)]
        refused = [outcome for outcome in outcomes if not isinstance(outcome, str)]
        assert refused
        assert all(isinstance(outcome, Unavailable) for outcome in refused)
        limit_size(1_000_000)
        assert write_all(writer, [1000]) == ["stored 1000"]
    with database.reading() as session:
        found = list(session.scalars(text("SELECT n FROM heap ORDER BY n")))
        assert session.scalar(text("PRAGMA integrity_check")) == "ok"
    assert found == [*thanked, 1000]
    database.dispose()


def test_sheets_are_refused_before_the_disk_is_quite_full(
    sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    database = Database(sqlite_url)
    with database.writing() as session:
        session.execute(text("CREATE TABLE numbers (n INTEGER PRIMARY KEY)"))
    with running(database) as writer:
        monkeypatch.setattr(db, "LEAST_FREE_BYTES", 1 << 62)
        outcomes = write_all(writer, range(20))
        assert all(isinstance(outcome, Unavailable) for outcome in outcomes)
        monkeypatch.undo()
        assert write_all(writer, [1]) == ["stored 1"]
    database.dispose()
