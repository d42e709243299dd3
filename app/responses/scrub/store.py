"""What frees the place of removed rows in the files of a database."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sqlalchemy import Connection


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
    """PostgreSQL. What lies in an index too, only a full vacuum writes anew.

    False where rows had to stay, because somebody still reads as if they were not deleted. Only
    what the server tells beside its answer says so: a number first, whatever its language.
    """
    told: list[str] = []
    driver: Any = connection.connection.driver_connection
    driver.add_notice_handler(note := lambda notice: told.append(notice.message_detail or ""))
    quote = connection.dialect.identifier_preparer.quote
    try:
        for table in plain:
            connection.exec_driver_sql(f"VACUUM {quote(table)}")
        for table in full:
            connection.exec_driver_sql(f"VACUUM (FULL, VERBOSE) {quote(table)}")
    finally:
        driver.remove_notice_handler(note)
    return not any(re.match(r"[1-9]", detail) for detail in told)


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"
