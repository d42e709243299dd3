"""`rapport migrate`: bring the database to the schema that this version needs."""

import typer


def migrate() -> None:
    """Make the tables, or bring them to the newest schema. Run it before `serve` and `worker`.

    The database is named by RAPPORT_DATABASE_URL. The change is made whole or not at all; a
    database that a newer Rapport has made is refused and left alone.
    """
    from app.db import Database
    from app.migrations import migrate as bring_up
    from app.migrations import newest_revision, present_revision
    from app.settings import Settings

    database = Database(Settings().database_url, pool_size=2)
    before, newest = present_revision(database), newest_revision()
    if before == newest:
        typer.echo(f"The database is at {newest} already.")
        return
    typer.echo(f"Migrating from {before or 'an empty database'} to {newest} ...")
    bring_up(database)
    typer.echo(f"The database is at {newest}.")
