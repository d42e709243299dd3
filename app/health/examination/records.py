"""What the database says of itself and of the work that is done beside it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Final

from app import clock
from app.health import store
from app.health.examination.finding import Examined, Finding, Level

PATIENCE: Final = timedelta(minutes=5)
TOLERANCE: Final = timedelta(minutes=2)


def database(examined: Examined) -> Iterator[Finding]:
    with examined.database.reading() as session:
        connection = session.connection()
        if examined.database.is_sqlite:
            file = Path(str(examined.database.url.database))
            problems = [*_closed(file), *store.sqlite_problems(connection)]
            told = f"SQLite {file}"
        else:
            problems = store.postgres_problems(connection)
            told = f"PostgreSQL {examined.database.url.host or ''} {examined.database.url.database}"
    for problem, remedy in problems:
        yield Finding("database", Level.MEND, problem, remedy)
    if not problems:
        yield Finding("database", Level.FINE, f"{told.strip()}: at the newest schema, whole.")


def _closed(file: Path) -> Iterator[tuple[str, str]]:
    if not (os.access(file, os.W_OK) and os.access(file.parent, os.W_OK | os.X_OK)):
        told = f"This account may not write into {file}, or into its folder: nothing can be stored."
        yield told, "Let the accounts of web and worker write both; SQLite keeps files beside it."


def clock_of_records(examined: Examined) -> Iterator[Finding]:
    with examined.database.reading() as session:
        newest = store.newest_moment(session)
        server = store.server_moment(session, is_sqlite=examined.database.is_sqlite)
    now = clock.now()
    if newest is not None and newest > now + TOLERANCE:
        yield Finding(
            "clock",
            Level.MEND,
            f"A record was made at {newest:%Y-%m-%d %H:%M} UTC, and it is {now:%Y-%m-%d %H:%M} now:"
            " this clock was set back, or was wrong.",
            "Let the machine keep its time by NTP; waves open and close by this clock.",
        )
    elif server is not None and abs(server - now) > TOLERANCE:
        yield Finding(
            "clock",
            Level.MEND,
            f"The clock of the database differs from this one by {abs(server - now)}.",
            "Let both machines keep their time by NTP.",
        )
    else:
        yield Finding("clock", Level.FINE, f"{now:%Y-%m-%d %H:%M} UTC, as the records say.")


def jobs(examined: Examined) -> Iterator[Finding]:
    with examined.database.reading() as session:
        oldest, failed = store.oldest_due(session, clock.now()), store.failed_jobs(session)
    for kind, subject, problem in failed:
        yield Finding(
            "jobs",
            Level.MEND,
            f"{kind} {subject} failed: {problem}",
            "Remove the cause, then run `rapport worker --retry-failed`.",
        )
    if oldest is not None and clock.now() - oldest > PATIENCE:
        minutes = (clock.now() - oldest) // timedelta(minutes=1)
        yield Finding(
            "jobs",
            Level.MEND,
            f"A job has waited for {minutes} minutes: no worker takes it.",
            "Start `rapport worker`.",
        )
    elif not failed:
        yield Finding("jobs", Level.FINE, "None failed, none waits for long.")
