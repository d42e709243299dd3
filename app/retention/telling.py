"""What the worker tells once a day: answers that are due. It erases none of them by itself."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from app.accounts.service import list_agencies
from app.retention.service import Kept, schedule

if TYPE_CHECKING:
    from app.db import Database


def tell_due(database: Database) -> list[str]:
    with database.reading() as session:
        agencies = [agency.agency_id for agency in list_agencies(session)]
    told: list[str] = []
    for agency_id in agencies:
        with database.reading() as session:
            lines = schedule(session, agency_id)
        told += [words for line in lines for words in due_words(line)]
    return told


def due_words(line: Kept) -> Iterator[str]:
    """For a log, so by the ids of things: who looks them up sees the rest."""
    name = f"initiative {line.initiative.agency_id}{line.initiative.id}"
    if line.standing == "due" and line.answers_on:
        yield (
            f"The answers of {name} are due to be erased since {line.answers_on}. An owner has it "
            "done on the page /staff/retention, or `rapport erase` does it."
        )
