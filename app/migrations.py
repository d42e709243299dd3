"""Brings a database to the newest schema, and refuses one that is newer than the code."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Final

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError, DataError, ProgrammingError

from app.errors import Misconfigured, Unavailable
from app.tenancy import make_roles

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from app.db import Database

_HERE: Final = Path(__file__).parent

# PostgreSQL: as long as it takes, one at a time, but never waiting long for a table that is in use.
_ALONE_AND_UNHURRIED: Final = (
    "SET LOCAL statement_timeout = 0",
    "SET LOCAL lock_timeout = '60s'",
    "SELECT pg_advisory_xact_lock(7277265)",
    "SET LOCAL lock_timeout = '2s'",
)


def folder() -> Path:
    """Beside the package in a checkout, inside it once installed as a wheel."""
    installed = _HERE / "_data" / "migrations"
    return installed if installed.is_dir() else _HERE.parent / "migrations"


def configuration() -> Config:
    config = Config()
    config.set_main_option("script_location", str(folder()))
    config.set_main_option(
        "file_template", "%%(year)d-%%(month).2d-%%(day).2d-%%(hour).2d%%(minute).2d_%%(slug)s"
    )
    return config


def newest_revision() -> str:
    head = _scripts().get_current_head()
    if head is None:
        raise Misconfigured("No migrations were found beside the program: reinstall it.")
    return head


def present_revision(database: Database) -> str | None:
    if database.is_missing():
        return None
    try:
        with database.acting_as(None).reading() as session:
            return MigrationContext.configure(session.connection()).get_current_revision()
    except Unavailable as exc:
        raise Unavailable(
            f"The database cannot be reached: {_reason(exc.__cause__)}. Correct "
            "RAPPORT_DATABASE_URL, or mend what stands in the way and run this again."
        ) from exc
    except DatabaseError as exc:
        raise Misconfigured(
            f"What RAPPORT_DATABASE_URL names is no database of Rapport, or it is damaged: "
            f"{_reason(exc)}. Correct the address, or restore a backup."
        ) from exc


def _reason(problem: BaseException | None) -> str:
    """The driver's own words, in a line. All that was asked is which revision this is."""
    words = " ".join(str(getattr(problem, "orig", problem)).split())
    return words.rstrip(".?") if problem else "it does not answer"


def _scripts() -> ScriptDirectory:
    return ScriptDirectory.from_config(configuration())


def migrate(database: Database) -> None:
    """Reach the newest schema, whole or not at all; of two that try at once, the second waits."""
    refuse_unknown_schema(database)
    database.make_file()
    _run(database, command.upgrade, "head")


def _run(database: Database, direction: Callable[[Config, str], None], revision: str) -> None:
    config = configuration()
    with database.acting_as(None).rebuilding() as session:
        if not database.is_sqlite:
            for statement in _ALONE_AND_UNHURRIED:
                session.execute(text(statement))
            make_roles(session)
        config.attributes["connection"] = session.connection()
        direction(config, revision)
        if database.is_sqlite:
            _refuse_broken_references(session)


def _refuse_broken_references(session: Session) -> None:
    broken = session.execute(text("PRAGMA foreign_key_check")).all()
    if broken:
        tables = sorted({f"{row[0]} refers to {row[2]}" for row in broken})
        raise ValueError(f"rows were left without what they refer to: {', '.join(tables)}")


def refuse_other_schema(database: Database) -> None:
    """Stop a program that does not fit its database before it can do harm."""
    refuse_unknown_schema(database)
    present, newest = present_revision(database), newest_revision()
    if present is None:
        raise Misconfigured(
            "There is no database yet, or it is empty. Run `rapport migrate` first."
        )
    if present != newest:
        raise Misconfigured(
            f"The database is at {present}. Run `rapport migrate` to reach {newest}."
        )
    _refuse_missing_role(database)


def _refuse_missing_role(database: Database) -> None:
    if database.actor is None:
        return
    role, _ = database.actor
    try:
        with database.reading() as session:
            session.connection()
    except (ProgrammingError, DataError) as exc:
        raise Misconfigured(
            f'The account "{database.url.username}" may not act as {role} in PostgreSQL. Run '
            "`rapport migrate` with the account that owns the tables, or have an administrator "
            f'run: GRANT {role} TO "{database.url.username}"'
        ) from exc


def refuse_unknown_schema(database: Database) -> None:
    present = present_revision(database)
    known = {script.revision for script in _scripts().walk_revisions()}
    if present is not None and present not in known:
        raise Misconfigured(
            f"The database is at {present}, which this version of Rapport does not know. "
            "Install the newer version, or restore an older backup."
        )
