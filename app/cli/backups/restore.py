"""`rapport restore`: proves that a backup can be restored, or begins anew from it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def restore(
    file: Annotated[Path, typer.Argument(help="The backup; its manifest lies beside it.")],
    *,
    check: Annotated[
        bool, typer.Option("--check", help="Only prove that it can be restored; change nothing.")
    ] = False,
    identity: Annotated[
        Path | None, typer.Option(help="The file with the private key, if it is encrypted.")
    ] = None,
) -> None:
    """Restore a backup into the empty database that RAPPORT_DATABASE_URL names.

    It is compared with its manifest first: rows of every table, answers of every counted wave, the
    chain of every audit log. Nothing is ever written over. The key stores are no part of a backup:
    put their copies back before you start web and worker.
    """
    from app.backups import restoring
    from app.cli.backups.checks import check_contents
    from app.db import Database
    from app.settings import WorkerSettings

    settings = WorkerSettings()
    backup = restoring.find_backup(file)
    database = Database(
        settings.database_url, pool_size=2, statement_seconds=600, role="rapport_operator"
    )

    def say(line: str) -> None:
        typer.echo(f"  {line}", err=True)

    programs = settings.postgres_programs
    if check:
        restoring.check_restore(
            backup, identity, check_contents, say, server=database, programs=programs
        )
    else:
        restoring.restore(backup, identity, database, check_contents, say, programs=programs)
    database.dispose()
    rows = sum(backup.manifest["rows"].values())
    done = "can be restored" if check else "is restored"
    typer.echo(
        f"{file.name} of {backup.manifest['made_at']} {done}: {rows:,} rows as the manifest says, "
        "answers and audit logs whole."
    )
    if not check:
        typer.echo("Now run `rapport migrate`, and start web and worker.")
