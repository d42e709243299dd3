"""`rapport erase`: what is due to be erased when, and erasing it for good."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from app.db import Database
    from app.retention.service import Kept
    from app.settings import WorkerSettings


def erase(
    initiative: Annotated[
        str | None,
        typer.Argument(metavar="[INITIATIVE]", help="Whose answers are erased, as the list says."),
    ] = None,
    *,
    statement: Annotated[
        str,
        typer.Option(
            help="Where the agency has nobody to agree: why they are erased. The log keeps it."
        ),
    ] = "",
) -> None:
    """List what is kept until when; with an initiative, erase its answers for good.

    Erased are answers, what people wrote, downloads that wait, and unrounded numbers. What was
    published stays, and what the release ledger says of it. Two people agree in the console first;
    --statement takes their place where the agency has nobody else. There is no way back.
    """
    from app.cli.process.hardening import harden_process
    from app.db import Database
    from app.migrations import refuse_other_schema
    from app.settings import WorkerSettings

    harden_process()
    settings = WorkerSettings()
    database = Database(settings.database_url, statement_seconds=600, role="rapport_operator")
    refuse_other_schema(database)
    if initiative is None:
        _list(database)
    else:
        _erase(database, settings, initiative, statement)
    database.dispose()


def _list(database: Database) -> None:
    from app.accounts.service import list_agencies
    from app.retention.service import schedule

    with database.reading() as session:
        lines = [line for a in list_agencies(session) for line in schedule(session, a.agency_id)]
    if not lines:
        typer.echo("There is no initiative yet.")
    for line in lines:
        for words in _told(line):
            typer.echo(words)


def _told(line: Kept) -> Iterator[str]:
    one = line.initiative
    title = one.title.get("en") or next(iter(one.title.values()))
    words = {
        "nothing": "no answers are kept",
        "asks": "a wave still asks, or is being counted",
        "unstated": "no number of months was stated: write it into the description",
        "later": f"kept until {line.answers_on}",
        "due": f"DUE since {line.answers_on}",
        "asked": "waits for a second person to agree",
        "approved": "the worker is to erase them",
        "erased": "erased",
    }
    yield f"{one.agency_id}{one.id}  {title}: {words[line.standing]}"
    if line.texts_on is not None:
        yield f"    what people wrote is deleted by the worker on {line.texts_on}"
    erasure = line.erasure
    if erasure is not None and erasure.backups_until is not None:
        is_gone = erasure.backups_gone_on is not None
        yield (
            f"    backups of before were removed on {erasure.backups_gone_on}"
            if is_gone
            else f"    backups of before still hold the answers until {erasure.backups_until}"
        )


def _erase(database: Database, settings: WorkerSettings, initiative: str, statement: str) -> None:
    from app.backups.target import backup_target
    from app.privacy.count_keys import CountKeyStore
    from app.reports.service import key_of
    from app.retention.erasing import erase_initiative
    from app.retention.service import agree_at_command_line

    key = key_of(initiative)
    with database.writing() as session:
        agree_at_command_line(session, *key, statement)
    keys = CountKeyStore(settings.count_key_store, settings.count_master_file)
    target = backup_target(settings)
    told = erase_initiative(
        database, keys, key, target, lambda line: typer.echo(f"  {line}", err=True)
    )
    typer.echo(told)
