"""How SQLite is spoken to: every commit reaches the disk, and writers wait for the lock first."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    import sqlite3

    from sqlalchemy import Connection

BUSY_MILLISECONDS: Final = 5000
CONNECT_ARGUMENTS: Final[dict[str, Any]] = {
    "timeout": BUSY_MILLISECONDS / 1000,
    "check_same_thread": False,
}
BEGIN: Final = "rapport_begin"  # the execution option that says how a transaction begins
WRITES: Final = "BEGIN IMMEDIATE"  # wait for the write lock at once, not halfway


def prepare(connection: sqlite3.Connection, _record: object) -> None:
    connection.isolation_level = None  # transactions are begun by `begin`, not by the driver
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        f"busy_timeout={BUSY_MILLISECONDS}",
        "foreign_keys=ON",
        "secure_delete=ON",
        "trusted_schema=OFF",
    ):
        connection.execute(f"PRAGMA {pragma}").fetchall()


def begin(connection: Connection) -> None:
    statement = connection.get_execution_options().get(BEGIN, "BEGIN")
    if statement is not None:
        connection.exec_driver_sql(statement)
