"""What frees the place of removed rows in the files of a database."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from sqlalchemy import Connection

FEW_ROWS: Final = 20_000  # of sheets, some 50 MB: written anew in half a second
_AFTER_VACUUM: Final = """
SELECT pg_stat_get_dead_tuples(oid), reltuples FROM pg_class WHERE oid = CAST(%s AS regclass)
"""


def sqlite_size(connection: Connection) -> int:
    pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
    return int(pages) * int(connection.exec_driver_sql("PRAGMA page_size").scalar_one())


def empty_write_ahead_log(connection: Connection) -> bool:
    """SQLite: False while someone still reads from it."""
    is_busy, *_ = connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)").one()
    return not is_busy


def rewrite_sqlite(connection: Connection, scratch_folder: str) -> None:
    """SQLite writes a second copy while it works: beside the database, never in a shared folder."""
    connection.exec_driver_sql(f"PRAGMA temp_store_directory = {_text(scratch_folder)}")
    connection.exec_driver_sql("VACUUM")


def free_storage(connection: Connection, plain: Sequence[str], full: Sequence[str]) -> bool:
    """PostgreSQL. What lies in an index, or in a page with other rows, only a full vacuum clears.

    Nobody else can use the table meanwhile: `plain` ones get it only where few rows are left.
    False where rows had to stay, because somebody still reads as if they were not deleted. Only
    what the server tells beside its answer says so: a number first, whatever its language.
    """
    left = {table: _freed_in_place(connection, table) for table in plain}
    if None in left.values():
        return False
    few = [table for table, rows in left.items() if rows is not None and rows <= FEW_ROWS]
    told: list[str] = []
    driver: Any = connection.connection.driver_connection
    driver.add_notice_handler(note := lambda notice: told.append(notice.message_detail or ""))
    try:
        for table in (*few, *full):
            connection.exec_driver_sql(f"VACUUM (FULL, VERBOSE) {_quoted(connection, table)}")
    finally:
        driver.remove_notice_handler(note)
    return not any(re.match(r"[1-9]", detail) for detail in told)


def _freed_in_place(connection: Connection, table: str) -> int | None:
    """How many rows are left; None where deleted ones had to stay."""
    name = _quoted(connection, table)
    connection.exec_driver_sql(f"VACUUM {name}")
    dead, rows = connection.exec_driver_sql(_AFTER_VACUUM, (name,)).one()
    return None if dead else int(rows)


def _quoted(connection: Connection, table: str) -> str:
    return connection.dialect.identifier_preparer.quote(table)


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"
