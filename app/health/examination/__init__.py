"""Looks an installation over, and says of each part whether it is as it should be."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Final

from app.db import Database
from app.errors import AppError
from app.health.examination.finding import Examined, Finding, Level, refusal
from app.health.examination.keys import LOST_COUNT_KEYS, LOST_WEB_KEYS, count_keys, web_keys
from app.health.examination.machine import address, backups, disk
from app.health.examination.records import clock_of_records, database, jobs
from app.migrations import refuse_other_schema
from app.settings import WorkerSettings

__all__ = ["Finding", "Level", "examine"]

Check = Callable[[Examined], Iterator[Finding]]
_MAY_LOOK: Final = "Correct the setting that names it, or let this account look there."
_ASK_AGAIN: Final = "See that the database stays up, then run this again."

# Each with what to do about an error that does not say it itself.
_OF_MACHINE: Final[Mapping[Check, str]] = {
    address: "Correct RAPPORT_BASE_URL.",
    disk: _MAY_LOOK,
    backups: _MAY_LOOK,
    web_keys: LOST_WEB_KEYS,
}
_OF_DATABASE: Final[Mapping[Check, str]] = {
    database: _ASK_AGAIN,
    clock_of_records: _ASK_AGAIN,
    jobs: _ASK_AGAIN,
    count_keys: LOST_COUNT_KEYS,
}


def examine(settings: WorkerSettings) -> Iterator[Finding]:
    """Changes nothing. What cannot be looked at is itself a finding; the rest is looked at."""
    examined = Examined(
        settings, Database(settings.database_url, pool_size=2, role="rapport_operator")
    )
    for check, otherwise in _OF_MACHINE.items():
        yield from _tried(check, examined, otherwise)
    try:
        refuse_other_schema(examined.database)
    except AppError as exc:
        yield refusal("database", exc.message, _ASK_AGAIN)
        return
    for check, otherwise in _OF_DATABASE.items():
        yield from _tried(check, examined, otherwise)
    examined.database.dispose()


def _tried(check: Check, examined: Examined, otherwise: str) -> Iterator[Finding]:
    part = check.__name__.replace("_", " ")
    try:
        yield from check(examined)
    except AppError as exc:
        yield refusal(part, exc.message, otherwise)
    except OSError as exc:
        yield Finding(part, Level.MEND, f"{exc.filename}: {exc.strerror}.", otherwise)
