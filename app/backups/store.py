"""What a backup asks of a database: the live one and its restored copy get the same questions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sqlalchemy import inspect
from sqlalchemy.exc import DatabaseError

if TYPE_CHECKING:
    from sqlalchemy import Connection

LEFT_OUT: Final = ("export_chunk", "export_file")
"""Downloads are gone after a day: a backup would keep them for as long as it is kept itself."""

BACKUP_LOCK: Final = 7_020_126_112  # any number that nothing else here locks by


def hold_snapshot(connection: Connection, *, is_sqlite: bool) -> None:
    """Everything this transaction reads is of one moment, however long the copying takes."""
    if is_sqlite:
        connection.exec_driver_sql("SELECT count(*) FROM sqlite_schema").all()
        return
    connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
    connection.exec_driver_sql("SET LOCAL statement_timeout = 0")
    connection.exec_driver_sql("SET LOCAL idle_in_transaction_session_timeout = 0")


def take_backup_lock(connection: Connection) -> bool:
    """PostgreSQL: held until the transaction ends. False when another backup holds it."""
    question = f"SELECT pg_try_advisory_xact_lock({BACKUP_LOCK})"
    return bool(connection.exec_driver_sql(question).scalar_one())


def export_snapshot(connection: Connection) -> str:
    return str(connection.exec_driver_sql("SELECT pg_export_snapshot()").scalar_one())


def row_counts(connection: Connection) -> dict[str, int]:
    quote = connection.dialect.identifier_preparer.quote
    return {
        table: connection.exec_driver_sql(f"SELECT count(*) FROM {quote(table)}").scalar_one()  # noqa: S608 - the name comes from the database itself, and is quoted
        for table in sorted(set(inspect(connection).get_table_names()).difference(LEFT_OUT))
    }


def revision(connection: Connection) -> str | None:
    found = connection.exec_driver_sql("SELECT version_num FROM alembic_version")
    return found.scalar_one_or_none()


def size_in_bytes(connection: Connection, *, is_sqlite: bool) -> int:
    if not is_sqlite:
        question = "SELECT pg_database_size(current_database())"
        return int(connection.exec_driver_sql(question).scalar_one())
    pages, page_size = (
        int(connection.exec_driver_sql(f"PRAGMA {what}").scalar_one())
        for what in ("page_count", "page_size")
    )
    return pages * page_size


def integrity_problems(connection: Connection) -> list[str]:
    """SQLite only: what does not fit inside the file."""
    try:
        lines = connection.exec_driver_sql("PRAGMA integrity_check(10)").scalars().all()
    except DatabaseError as exc:  # damage that the check itself cannot get past
        return [str(exc.orig)]
    return [line for line in lines if line != "ok"]


def empty_left_out(connection: Connection, scratch_folder: str) -> None:
    """SQLite only, in the copy: the bytes are overwritten as well, and the file made smaller.

    It writes a further copy while it works: never into a folder that others share.
    """
    connection.exec_driver_sql("PRAGMA secure_delete = ON").all()
    known = set(inspect(connection).get_table_names())
    emptied = [
        connection.exec_driver_sql(f"DELETE FROM {table}").rowcount  # noqa: S608 - names of our own
        for table in LEFT_OUT
        if table in known
    ]
    if any(emptied):
        quoted = scratch_folder.replace("'", "''")
        connection.exec_driver_sql(f"PRAGMA temp_store_directory = '{quoted}'")
        connection.exec_driver_sql("VACUUM")


def create_database(connection: Connection, name: str) -> None:
    drop_database(connection, name)
    connection.exec_driver_sql(f"CREATE DATABASE {_quoted(connection, name)} TEMPLATE template0")


def drop_database(connection: Connection, name: str) -> None:
    statement = f"DROP DATABASE IF EXISTS {_quoted(connection, name)} WITH (FORCE)"
    connection.exec_driver_sql(statement)


def _quoted(connection: Connection, name: str) -> str:
    return connection.dialect.identifier_preparer.quote(name)
