"""`rapport backup`: an online copy of the database, restored and compared before it is kept."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from app.errors import BadInput

if TYPE_CHECKING:
    from app.settings import WorkerSettings


def backup(
    to: Annotated[Path, typer.Argument(help="The folder that shall hold the backup.")],
) -> None:
    """Back up the database while it is in use, and prove that the backup can be restored.

    The key stores and master secrets are never part of it: keep them elsewhere. With
    RAPPORT_BACKUP_RECIPIENT it is encrypted, and only the key of `rapport backup-key` opens it.
    """
    from app import clock
    from app.backups.target import BackupTarget
    from app.cli.backups.checks import check_contents
    from app.db import Database
    from app.migrations import refuse_other_schema
    from app.settings import WorkerSettings

    settings = WorkerSettings()
    _refuse_beside_keys(to.resolve(), settings)
    database = Database(settings.database_url, role="rapport_operator")
    refuse_other_schema(database)
    target = BackupTarget(to, settings.postgres_programs, settings.backup_recipient)
    name = f"rapport-{clock.now():%Y%m%dT%H%M%SZ}"
    kept = target.back_up(
        database, name, check_contents, lambda line: typer.echo(f"  {line}", err=True)
    )
    database.dispose()
    rows, size = sum(kept.manifest["rows"].values()), kept.manifest["bytes"]
    sealed = "encrypted" if settings.backup_recipient else "NOT encrypted"
    typer.echo(f"{kept.file}: {rows:,} rows, {size:,} bytes, restored and compared, {sealed}.")


def _refuse_beside_keys(to: Path, settings: WorkerSettings) -> None:
    """Who finds a backup must not find the keys beside it."""
    keys = (
        settings.count_key_store,
        settings.web_key_store,
        settings.count_master_file.parent,
        settings.web_master_file.parent,
    )
    for place in (key.resolve() for key in keys):
        if place.is_relative_to(to) or to.is_relative_to(place):
            raise BadInput(
                f"{to} holds the keys in {place}, or lies in them: whoever found the backup would "
                "find the keys. Name a folder elsewhere."
            )
