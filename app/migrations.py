"""Brings a database to the newest schema, and refuses one that is newer than the code."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from app.errors import Misconfigured

if TYPE_CHECKING:
    from app.db import Database

_HERE: Final = Path(__file__).parent


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
    head = ScriptDirectory.from_config(configuration()).get_current_head()
    if head is None:
        raise Misconfigured("No migrations were found beside the program: reinstall it.")
    return head


def present_revision(database: Database) -> str | None:
    with database.engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def migrate(database: Database, revision: str = "head") -> None:
    config = configuration()
    with database.engine.connect() as connection:
        config.attributes["connection"] = connection
        if revision == "head":
            command.upgrade(config, revision)
        else:
            command.downgrade(config, revision)


def refuse_other_schema(database: Database) -> None:
    """Stop a program that does not fit its database before it can do harm."""
    present, newest = present_revision(database), newest_revision()
    if present == newest:
        return
    if present is None:
        raise Misconfigured("The database is empty. Run `rapport migrate` first.")
    known = {s.revision for s in ScriptDirectory.from_config(configuration()).walk_revisions()}
    if present in known:
        raise Misconfigured(
            f"The database is at {present}. Run `rapport migrate` to reach {newest}."
        )
    raise Misconfigured(
        f"The database is at {present}, which this version of Rapport does not know. "
        "Install the newer version, or restore an older backup."
    )
