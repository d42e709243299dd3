"""Removes what deleted sheets leave in the files of the database."""

from __future__ import annotations

import shutil
import time
from pathlib import Path
from typing import TYPE_CHECKING, Final

from app.errors import Unavailable
from app.responses.scrub import store

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Connection

    from app.db import Database

COPIES_WHILE_REWRITING: Final = 2  # the new file, and its pages once more in the write-ahead log
TRIES: Final = 20
LONGER_TRIES: Final = 240  # the server's own housekeeping may read for a minute
PAUSE_SECONDS: Final = 0.25


def scrub(
    database: Database,
    plain: Sequence[str] = ("intake",),
    full: Sequence[str] = ("ledger", "fieldwork_tally", "opened_part"),
) -> None:
    """`plain`, `full`: how PostgreSQL frees the tables; SQLite writes its whole file anew.

    Safe to repeat. Raises Unavailable when the disk is too full or a reader does not leave.
    """
    with database.outside_transactions() as connection:
        if not database.is_sqlite:
            _free_storage(connection, plain, full)
            return
        folder = Path(str(database.url.database)).absolute().parent
        _empty_log(connection)
        _refuse_full_disk(folder, store.sqlite_size(connection))
        store.rewrite_sqlite(connection, str(folder))
        _empty_log(connection)


def _free_storage(connection: Connection, plain: Sequence[str], full: Sequence[str]) -> None:
    for _ in range(LONGER_TRIES):
        if store.free_storage(connection, plain, full):
            return
        time.sleep(PAUSE_SECONDS)
    raise Unavailable(
        "The database keeps deleted rows while another program reads as if they were there. "
        "The work goes on when that program has ended."
    )


def _empty_log(connection: Connection) -> None:
    for _ in range(TRIES):
        if store.empty_write_ahead_log(connection):
            return
        time.sleep(PAUSE_SECONDS)
    raise Unavailable(
        "The write-ahead log of the database cannot be emptied while another program reads from "
        "it. The work goes on when that program has ended."
    )


def _refuse_full_disk(folder: Path, size: int) -> None:
    needed, free = COPIES_WHILE_REWRITING * size, shutil.disk_usage(folder).free
    if free < needed:
        raise Unavailable(
            f"Rewriting the database needs {needed // 1_000_000} MB, and {folder} has "
            f"{free // 1_000_000} MB free. Free space: the work goes on by itself."
        )
