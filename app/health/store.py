"""What the health of an installation asks of its database."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

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
    wanted = {"fsync": "on", "full_page_writes": "on", "synchronous_commit": "on"}
    remedy = "Switch it on in postgresql.conf: a loss of power would lose answers."
    return [
        (f"PostgreSQL runs with {name} {value}.", remedy)
        for name, good in wanted.items()
        if (value := connection.exec_driver_sql(f"SHOW {name}").scalar_one()) != good
    ]
