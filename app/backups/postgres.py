"""Dumps a PostgreSQL database while it is in use, and restores the dump beside it to look at it."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from psycopg import pq
from psycopg.conninfo import make_conninfo
from sqlalchemy import Connection
from sqlalchemy.exc import ProgrammingError

from app.backups import store
from app.backups.failure import BackupFailed
from app.db import Database
from app.tenancy import OPERATOR, make_roles

CHECK_STATEMENT_SECONDS: Final = 600
MOST_LINES: Final = 3
LONGEST_NAME: Final = 63 - len("_restore_check")

Say = Callable[[str], None]


@contextmanager
def copied(
    database: Database, source: Connection, draft: Path, programs: Path | None, say: Say
) -> Iterator[Database]:
    """Yield the restored copy, opened; it is dropped when the block ends, and the dump stays."""
    if not store.take_backup_lock(source):
        raise BackupFailed("backups.already_running")
    snapshot = store.export_snapshot(source)
    draft.touch(mode=0o600)
    arguments = ["--format=custom", f"--snapshot={snapshot}", f"--file={draft}"]
    arguments += ["--role=rapport_operator", "--enable-row-security"]  # whose policy hides no row
    arguments += [f"--exclude-table-data={table}" for table in store.LEFT_OUT]
    _run("pg_dump", programs, database, [*arguments, f"--dbname={_address(database)}"])
    say("restoring the copy beside the database")
    with scratch_database(database) as scratch:
        load(scratch, draft, programs)
        yield scratch


def load(database: Database, dump: Path, programs: Path | None) -> None:
    """Restore the dump into an empty database, whole or not at all."""
    arguments = ["--single-transaction", "--exit-on-error", "--no-owner"]
    with database.acting_as(None).writing() as session:
        make_roles(session)
    target = f"--dbname={_address(database)}"
    _run("pg_restore", programs, database, [*arguments, target, str(dump)])


@contextmanager
def scratch_database(database: Database) -> Iterator[Database]:
    name = f"{database.url.database}"[:LONGEST_NAME] + "_restore_check"
    try:
        with database.outside_transactions() as connection:
            store.create_database(connection, name)
    except ProgrammingError as exc:
        account = database.url.username
        raise BackupFailed("backups.no_proof", account=account, database=name) from exc
    address = database.url.set(database=name).render_as_string(hide_password=False)
    scratch = Database(
        address, pool_size=2, statement_seconds=CHECK_STATEMENT_SECONDS, role=OPERATOR
    )
    try:
        yield scratch
    finally:
        scratch.dispose()
        with database.outside_transactions() as connection:
            store.drop_database(connection, name)


def _run(program: str, folder: Path | None, database: Database, arguments: list[str]) -> None:
    found = shutil.which(program, path=folder)
    if found is None:
        where = str(folder) if folder else "PATH"
        raise BackupFailed("backups.no_program", program=program, where=where)
    environment = {**os.environ, "PGCONNECT_TIMEOUT": "5"}
    if database.url.password is not None:  # never on the command line, where others could read it
        environment["PGPASSWORD"] = str(database.url.password)
    finished = subprocess.run(  # noqa: S603 - no shell; the program was looked up just above
        [found, "--no-password", *arguments],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    if finished.returncode != 0:
        said = _told(program, finished.stderr)
        raise BackupFailed("backups.program_failed", program=program, said=said)


def _told(program: str, said: str) -> str:
    """Its own lines. What the server adds to them repeats the row that it met."""
    lines = said.strip().splitlines()
    own = [line for line in lines if line.startswith(f"{program}: ")]
    return " ".join(own[-MOST_LINES:] or lines[:1]) or "?"


def _address(database: Database) -> str:
    """As the client programs understand it: without the password, and without Python's own."""
    _, options = database.engine.dialect.create_connect_args(database.url)
    known = {option.keyword.decode() for option in pq.Conninfo.get_defaults()} - {"password"}
    return make_conninfo("", **{key: options[key] for key in options.keys() & known})
