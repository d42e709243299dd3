"""Looks an installation over, and says of each part whether it is as it should be."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

from app.db import Database
from app.errors import AppError
from app.health.examination.finding import Examined, Finding, Level
from app.health.examination.keys import count_keys, web_keys
from app.health.examination.machine import address, backups, disk
from app.health.examination.records import clock_of_records, database, jobs
from app.migrations import refuse_other_schema
from app.settings import WorkerSettings

__all__ = ["Finding", "Level", "examine"]

_OF_MACHINE: Final[tuple[Callable[[Examined], Iterator[Finding]], ...]] = (
    address,
    disk,
    backups,
    web_keys,
)
_OF_DATABASE: Final[tuple[Callable[[Examined], Iterator[Finding]], ...]] = (
    database,
    clock_of_records,
    jobs,
    count_keys,
)


def examine(settings: WorkerSettings) -> Iterator[Finding]:
    """Changes nothing. What cannot be looked at is itself a finding; the rest is looked at."""
    examined = Examined(
        settings, Database(settings.database_url, pool_size=2, role="rapport_operator")
    )
    for check in _OF_MACHINE:
        yield from _tried(check, examined)
    try:
        refuse_other_schema(examined.database)
    except AppError as exc:
        yield Finding("database", Level.MEND, exc.message)
        return
    for check in _OF_DATABASE:
        yield from _tried(check, examined)
    examined.database.dispose()


def _tried(check: Callable[[Examined], Iterator[Finding]], examined: Examined) -> Iterator[Finding]:
    part = check.__name__.replace("_", " ")
    try:
        yield from check(examined)
    except AppError as exc:
        yield Finding(part, Level.MEND, exc.message)
    except OSError as exc:
        yield Finding(part, Level.MEND, f"{exc.filename}: {exc.strerror}.")
