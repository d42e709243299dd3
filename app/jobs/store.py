"""Every question that jobs ask of the database."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, delete, or_, select, tuple_, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from app.jobs.tables import Job

CLEAN = {
    "state": "queued",
    "attempts": 0,
    "lease_ends_at": None,
    "worker": None,
    "progress": None,
    "problem": None,
}


def put(session: Session, job: Mapping[str, Any]) -> None:
    """One row for each agency, kind and subject: a running job is left alone, others begin anew."""
    begin_anew = {name: job[name] for name in ("arguments", "run_after")} | CLEAN
    is_sqlite = session.get_bind().dialect.name == "sqlite"
    insert = sqlite.insert if is_sqlite else postgresql.insert
    session.execute(
        insert(Job)
        .values(**job, **CLEAN)
        .on_conflict_do_update(
            index_elements=["agency_id", "kind", "subject"],
            set_=begin_anew,
            where=Job.state != "running",
        )
    )


def find(session: Session, agency_id: str, kind: str, subject: str) -> Job | None:
    return session.get(Job, (agency_id, kind, subject))


def remove_queued(session: Session, agency_id: str, kind: str, subject: str) -> bool:
    removed = session.execute(
        delete(Job)
        .where(
            Job.agency_id == agency_id,
            Job.kind == kind,
            Job.subject == subject,
            Job.state == "queued",
        )
        .returning(Job.kind)
    )
    return removed.first() is not None


def of_kind(session: Session, agency_id: str, kind: str) -> Sequence[Job]:
    return session.scalars(
        select(Job).where(Job.agency_id == agency_id, Job.kind == kind).order_by(Job.subject)
    ).all()


def subjects_among(session: Session, kind: str, among: Collection[str]) -> Sequence[str]:
    return session.scalars(
        select(Job.subject).where(Job.kind == kind, Job.subject.in_(among))
    ).all()


def is_any_due(session: Session, kinds: Collection[str], now: datetime) -> bool:
    return session.scalar(select(Job.agency_id).where(_is_due(kinds, now)).limit(1)) is not None


def lock_next_due(session: Session, kinds: Collection[str], now: datetime) -> Job | None:
    """SQLite has no row locks and needs none: its one write transaction is held already."""
    return session.scalar(
        select(Job)
        .where(_is_due(kinds, now))
        .order_by(Job.run_after, Job.agency_id, Job.kind, Job.subject)
        .limit(1)
        .with_for_update(skip_locked=True)
    )


def requeue_failed(session: Session, kinds: Collection[str], now: datetime) -> int:
    requeued = session.execute(
        update(Job)
        .where(Job.kind.in_(kinds), Job.state == "failed")
        .values(**CLEAN, run_after=now)
        .returning(Job.kind)
    )
    return len(requeued.all())


def change_claimed(
    session: Session,
    key: tuple[str, str, str],
    holder: tuple[str, int],
    changes: Mapping[str, Any],
) -> bool:
    """Change a job for the worker and attempt that hold it; False when another has taken it."""
    changed = session.execute(
        update(Job)
        .where(
            tuple_(Job.agency_id, Job.kind, Job.subject) == key,
            tuple_(Job.worker, Job.attempts) == holder,
            Job.state == "running",
        )
        .values(**changes)
        .returning(Job.kind)
    )
    return changed.first() is not None


def _is_due(kinds: Collection[str], now: datetime) -> ColumnElement[bool]:
    return and_(
        Job.kind.in_(kinds),
        or_(
            and_(Job.state == "queued", Job.run_after <= now),
            and_(Job.state == "running", Job.lease_ends_at <= now),
        ),
    )
