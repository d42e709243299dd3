"""What the health of an installation asks of its database."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

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
