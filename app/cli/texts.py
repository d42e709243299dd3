"""`rapport texts`: what people wrote in their own words, for those who review it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Final

import typer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy.orm import Session

    from app.db import Database
    from app.responses.rows import WrittenWords

WARNING: Final = (
    "RESTRICTED: people wrote this in their own words, and names and places may still stand in it. "
    "Quote nothing before two people have read it and agree that nobody can be recognised."
)


def texts(
    wave: Annotated[
        str, typer.Argument(metavar="WAVE", help="A counted wave, as `rapport report` lists it.")
    ],
    *,
    delete: Annotated[
        bool, typer.Option("--delete", help="Delete them for good, and print nothing.")
    ] = False,
) -> None:
    """Print what people wrote in a counted wave, question by question, in random order.

    Nothing says who wrote it, or how its writer answered anything else. Delete them when the review
    is done: 90 days after the first report the worker does it.
    """
    from app.cli.process.hardening import harden_process
    from app.db import Database
    from app.migrations import refuse_other_schema
    from app.reports.service import key_of
    from app.settings import WorkerSettings

    harden_process()
    database = Database(
        WorkerSettings().database_url, statement_seconds=600, role="rapport_operator"
    )
    refuse_other_schema(database)
    if delete:
        _delete(database, key_of(wave))
    else:
        _print(database, key_of(wave))
    database.dispose()


def _delete(database: Database, key: tuple[str, str]) -> None:
    from app.retention.due import BACKUPS_KEPT
    from app.retention.texts import delete_texts

    removed = delete_texts(database, key)
    typer.echo(
        f"Deleted: {removed}. Backups made before this still hold them; the worker removes those "
        f"in the backup folder in {BACKUPS_KEPT.days} days."
    )


def _print(database: Database, key: tuple[str, str]) -> None:
    from app.accounts.audit import note_act
    from app.responses.service import read_words

    with database.reading() as session:
        written = sorted(read_words(session, *key), key=lambda one: one.question)
        lines = list(_told(session, key, written))
    if lines:
        with database.writing() as session:
            facts = {"kind": "texts", "subject": key[1], "reason": "rapport texts"}
            note_act(session, key[0], None, "export", key[1], facts)
    typer.echo(WARNING if lines else "There are no texts in this wave.", err=True)
    for line in lines:
        typer.echo(line)


def _told(session: Session, key: tuple[str, str], written: list[WrittenWords]) -> Iterator[str]:
    from app.initiatives.service import get_wave
    from app.instruments.service import thawed_version

    instrument = thawed_version(session, key[0], get_wave(session, *key).instrument_hash)
    words = {question.id: question.text for question in instrument.questions}
    told = ""
    for question, text in written:
        if question != told:
            told = question
            yield f"{question}: {words[question][instrument.original_language]}"
        yield "- " + text.replace("\n", "\n  ")
