"""`rapport records-package`: what can be handed out on a public-records request."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def records_package(
    initiative: Annotated[
        str, typer.Argument(metavar="INITIATIVE", help="Its id, as `rapport erase` lists it.")
    ],
    to: Annotated[Path, typer.Argument(metavar="FILE", help="The zip to write.")],
) -> None:
    """Write everything that can be handed out without unmasking anybody, with checksums.

    Published numbers, questionnaires, plans, notices, what staff did by day, and a statement of
    what is not in it and why. No single answer, no name, no number that was not published.
    """
    from app.accounts.audit import note_act
    from app.db import Database
    from app.migrations import refuse_other_schema
    from app.records.service import gather_records, zipped
    from app.reports.files import write_file
    from app.reports.service import key_of
    from app.settings import WorkerSettings

    database = Database(
        WorkerSettings().database_url, statement_seconds=600, role="rapport_operator"
    )
    refuse_other_schema(database)
    key = key_of(initiative)
    with database.writing() as session:
        files = gather_records(session, *key)
        note_act(session, key[0], None, "take records package", key[1])
    write_file(to, zipped(files))
    database.dispose()
    for file in files:
        typer.echo(f"{file.sha256}  {file.name}")
