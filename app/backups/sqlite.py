"""Copies a SQLite database through its online backup interface, while it is in use."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Final

from sqlalchemy import URL, Connection

from app.backups import store
from app.backups.failure import BackupFailed
from app.db import Database

PAGES_A_STEP: Final = 4096

Say = Callable[[str], None]


@contextmanager
def copied(source: Connection, draft: Path, say: Say) -> Iterator[Database]:
    """Yield the copy, opened; when the block ends without an error it is one plain file."""
    live = source.connection.driver_connection
    if not isinstance(live, sqlite3.Connection):
        raise TypeError(f"{live!r} is no connection to SQLite")

    def progress(_status: int, remaining: int, total: int) -> None:
        say(f"copied {total - remaining:,} of {total:,} pages")

    draft.touch(mode=0o600)
    try:
        with closing(sqlite3.connect(draft)) as target:
            live.backup(target, pages=PAGES_A_STEP, progress=progress)
        copy = Database(URL.create("sqlite", database=str(draft)).render_as_string())
        try:
            with copy.outside_transactions() as connection:
                store.empty_left_out(connection, str(draft.parent.parent))
            with copy.reading() as session:
                refuse_damage(session.connection())
            yield copy
        finally:
            copy.dispose()
        with closing(sqlite3.connect(draft)) as target:
            target.execute("PRAGMA journal_mode=DELETE")  # no second file beside it
    except sqlite3.Error as exc:
        folder = str(draft.parent)
        raise BackupFailed("backups.not_copied", folder=folder, why=str(exc)) from exc


def refuse_damage(connection: Connection) -> None:
    """Raises when what SQLite finds inside the file does not fit together."""
    problems = store.integrity_problems(connection)
    if problems:
        raise BackupFailed("backups.damaged", what=problems[0])
