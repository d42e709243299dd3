"""What the health of an installation asks of its database."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Final, NamedTuple

from sqlalchemy import Connection, func, select, text
from sqlalchemy.orm import Session

from app.accounts.tables import AuditEntry
from app.errors.sentences import SOURCE_LANGUAGE, told_of
from app.initiatives.tables import Wave
from app.jobs.tables import Job


class JobCount(NamedTuple):
    kind: str
    state: str
    jobs: int


def takes_writes(session: Session, *, is_sqlite: bool) -> bool:
    """SQLite shows it by beginning the transaction, which takes the write lock or raises."""
    session.connection()
    return is_sqlite or session.scalar(text("SHOW transaction_read_only")) == "off"


def job_counts(session: Session) -> list[JobCount]:
    question = select(Job.kind, Job.state, func.count()).group_by(Job.kind, Job.state)
    return [JobCount(*row) for row in session.execute(question)]


def oldest_due(session: Session, now: datetime) -> datetime | None:
    """When the job that has waited longest should have begun."""
    waiting = select(func.min(Job.run_after)).where(Job.state == "queued", Job.run_after <= now)
    return session.scalar(waiting)


def failed_jobs(session: Session) -> list[tuple[str, str, str]]:
    """Kind, subject, problem."""
    question = select(Job.kind, Job.subject, Job.problem).where(Job.state == "failed")
    return [
        (kind, subject, told_of(problem or "it did not say why", SOURCE_LANGUAGE))
        for kind, subject, problem in session.execute(question.order_by(Job.kind, Job.subject))
    ]


def waves_that_need_their_key(session: Session) -> list[tuple[str, bytes]]:
    """Id and public key of those whose sheets are still sealed."""
    question = select(Wave.id, Wave.public_key).where(Wave.key_state == "kept")
    return [(wave_id, key) for wave_id, key in session.execute(question) if key is not None]


def newest_moment(session: Session) -> datetime | None:
    """Of what staff did: no moment of a respondent is kept anywhere."""
    return session.scalar(select(func.max(AuditEntry.moment)))


def server_moment(session: Session, *, is_sqlite: bool) -> datetime | None:
    """SQLite has no clock of its own."""
    return None if is_sqlite else session.scalar(text("SELECT clock_timestamp()"))


def sqlite_problems(connection: Connection) -> list[tuple[str, str]]:
    """What is wrong, and what to do."""
    told = connection.exec_driver_sql("PRAGMA quick_check(3)").scalars().all()
    remedy = "Stop web and worker, check the disk, and restore the newest backup."
    found = [(f"The database file is damaged: {line}.", remedy) for line in told if line != "ok"]
    mode = connection.exec_driver_sql("PRAGMA journal_mode").scalar_one()
    if mode != "wal":
        found.append(
            (
                f"The database does not write ahead (journal mode {mode}).",
                "Keep it on a local disk: WAL does not work on network file systems.",
            )
        )
    return found


def postgres_problems(connection: Connection) -> list[tuple[str, str]]:
    return [*_wrong_settings(connection), *_endless_log(connection), *_idle_slots(connection)]


def _wrong_settings(connection: Connection) -> Iterator[tuple[str, str]]:
    for reason, wanted in _WANTED_OF_POSTGRES.items():
        for name, good in wanted.items():
            value = connection.exec_driver_sql(_SETTING, (name,)).scalar_one()
            if value not in {good, None}:
                remedy = f"Set it to {good} in postgresql.conf: {reason}."
                yield f"PostgreSQL runs with {name} {value}.", remedy


def _endless_log(connection: Connection) -> Iterator[tuple[str, str]]:
    """Where little is written, 16 MB of it may hold months."""
    if connection.exec_driver_sql(_SETTING, ("archive_timeout",)).scalar_one() == "0":
        remedy = f"Set it to 1d in postgresql.conf: {_KEPT_IN_LOG}."
        yield "PostgreSQL runs with archive_timeout 0.", remedy


def _idle_slots(connection: Connection) -> Iterator[tuple[str, str]]:
    for slot in connection.exec_driver_sql(_IDLE_SLOTS).scalars():
        told = f"PostgreSQL keeps its write-ahead log, with what was erased since, for {slot!r}."
        yield told, f"If nobody reads from it, run: SELECT pg_drop_replication_slot('{slot}')"


_SETTING: Final = "SELECT current_setting(%s, true)"  # nothing where a module is not loaded
_IDLE_SLOTS: Final = "SELECT slot_name FROM pg_replication_slots WHERE NOT active"
_KEPT_IN_LOG: Final = "its write-ahead log would keep what was erased until it is overwritten"
_WANTED_OF_POSTGRES: Final = {
    "a loss of power would lose answers": {
        "fsync": "on",
        "full_page_writes": "on",
        "synchronous_commit": "on",
    },
    "its log would hold answers, or the time of day at which each came": {
        "log_statement": "none",
        "log_duration": "off",
        "log_min_duration_statement": "-1",
        "log_min_duration_sample": "-1",
        "log_transaction_sample_rate": "0",
        "log_parameter_max_length_on_error": "0",
        "auto_explain.log_min_duration": "-1",
        "pgaudit.log": "none",
    },
    "an error would repeat the row that it met": {"log_error_verbosity": "terse"},
    "each sheet would keep the time of day at which it came": {"track_commit_timestamp": "off"},
    _KEPT_IN_LOG: {"wal_recycle": "off"},
}
