"""Work that outlives a request. Each job is done at least once, by one worker at a time.

A worker holds a job by a lease that it renews. When it dies, the lease runs out and another worker
claims the job, so what a job does must be safe to repeat.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy.orm import Session

from app.db import Database
from app.errors.sentences import SOURCE_LANGUAGE, Phrase, told_of
from app.jobs import store
from app.jobs.tables import Job

LEASE: Final = timedelta(seconds=60)
ATTEMPTS: Final = 5
FIRST_PAUSE: Final = timedelta(seconds=10)
LONGEST_PAUSE: Final = timedelta(hours=1)
LONGEST_PROGRESS: Final = 200
USUAL_WAIT: Final = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class ClaimedJob:
    """A job and the proof of who holds it: an earlier holder's worker and attempt do not fit."""

    agency_id: str
    kind: str
    subject: str
    arguments: Mapping[str, Any]
    attempt: int
    worker: str

    @property
    def key(self) -> tuple[str, str, str]:
        return self.agency_id, self.kind, self.subject


def enqueue(
    session: Session,
    agency_id: str,
    kind: str,
    subject: str,
    arguments: Mapping[str, Any],
    run_after: datetime,
) -> None:
    """Ask for a job. Asked twice it is one job; asked after it ended, it is done anew."""
    store.put(
        session,
        {
            "agency_id": agency_id,
            "kind": kind,
            "subject": subject,
            "arguments": dict(arguments),
            "run_after": run_after,
        },
    )


@dataclass(frozen=True, slots=True)
class JobStanding:
    """How far a job has come, for those who asked for it."""

    subject: str
    arguments: Mapping[str, Any]
    state: str
    progress: str | None
    kept_problem: str | None
    run_after: datetime

    @property
    def problem(self) -> str | None:
        return self.problem_in(SOURCE_LANGUAGE)

    def problem_in(self, language: str) -> str | None:
        return None if self.kept_problem is None else told_of(self.kept_problem, language)

    @property
    def is_waited_for(self) -> bool:
        return self.state in {"queued", "running"}

    def is_planned(self, now: datetime) -> bool:
        """It waits for its time, not for a worker."""
        return self.state == "queued" and self.run_after > now and self.kept_problem is None

    def is_overdue(self, now: datetime) -> bool:
        """No worker has begun it in a time in which one usually does: maybe none is running."""
        is_new = self.state == "queued" and self.kept_problem is None
        return is_new and self.run_after + USUAL_WAIT < now


def standing_of(session: Session, agency_id: str, kind: str, subject: str) -> JobStanding | None:
    """None when it was never asked for."""
    job = store.find(session, agency_id, kind, subject)
    return None if job is None else _standing(job)


def call_off(session: Session, agency_id: str, kind: str, subject: str) -> bool:
    """Take back a job that nobody has begun; False when there is none, or when it is too late."""
    return store.remove_queued(session, agency_id, kind, subject)


def standings_of_kind(session: Session, agency_id: str, kind: str) -> list[JobStanding]:
    return [_standing(job) for job in store.of_kind(session, agency_id, kind)]


def asked_subjects(session: Session, kind: str, among: Collection[str]) -> set[str]:
    """Of whatever agency: those of them for which such a job was ever asked."""
    return set(store.subjects_among(session, kind, among))


def _standing(job: Job) -> JobStanding:
    return JobStanding(
        job.subject, job.arguments, job.state, job.progress, job.problem, job.run_after
    )


def claim(
    database: Database,
    kinds: Collection[str],
    worker: str,
    now: datetime,
    lease: timedelta = LEASE,
) -> ClaimedJob | None:
    """Take the job that has waited longest; None when nothing is due."""
    with database.reading() as session:
        if not store.is_any_due(session, kinds, now):
            return None
    with database.writing() as session:
        while (job := store.lock_next_due(session, kinds, now)) is not None:
            if job.attempts < ATTEMPTS:
                return _hand_over(job, worker, now + lease)
            _give_up(job, Phrase("count.worker_stopped", times=ATTEMPTS).kept())
            session.flush()
    return None


def heartbeat(
    database: Database,
    job: ClaimedJob,
    now: datetime,
    progress: str | None = None,
    lease: timedelta = LEASE,
) -> bool:
    """Renew the lease; False when another worker has taken the job over."""
    changes: dict[str, Any] = {"lease_ends_at": now + lease}
    if progress is not None:
        changes["progress"] = progress[:LONGEST_PROGRESS]
    return _change(database, job, **changes)


def finish(database: Database, job: ClaimedJob, last_words: str | None = None) -> bool:
    """Mark a job done; without last words its progress is no longer told."""
    progress = None if last_words is None else last_words[:LONGEST_PROGRESS]
    return _change(database, job, state="done", problem=None, progress=progress, **_FREE)


def fail(
    database: Database, job: ClaimedJob, problem: str, now: datetime, *, is_final: bool = False
) -> bool:
    """Put the job back for a later attempt, or leave it failed when there is none."""
    if is_final or job.attempt >= ATTEMPTS:
        return _change(database, job, state="failed", problem=problem, **_FREE)
    pause = min(FIRST_PAUSE * 4 ** (job.attempt - 1), LONGEST_PAUSE)
    return _change(database, job, state="queued", problem=problem, run_after=now + pause, **_FREE)


def put_back(database: Database, job: ClaimedJob, now: datetime) -> bool:
    """Hand an unfinished job to the next worker at once; the attempt does not count."""
    return _change(database, job, state="queued", attempts=job.attempt - 1, run_after=now, **_FREE)


def retry_failed(database: Database, kinds: Collection[str], now: datetime) -> int:
    """Give every failed job a new start, after what stood in its way was mended."""
    with database.writing() as session:
        return store.requeue_failed(session, kinds, now)


_FREE: Final[Mapping[str, None]] = {"lease_ends_at": None, "worker": None}


def _change(database: Database, job: ClaimedJob, **changes: Any) -> bool:
    with database.writing() as session:
        return store.change_claimed(session, job.key, (job.worker, job.attempt), changes)


def _hand_over(job: Job, worker: str, lease_ends_at: datetime) -> ClaimedJob:
    job.state = "running"
    job.worker = worker
    job.attempts += 1
    job.lease_ends_at = lease_ends_at
    return ClaimedJob(job.agency_id, job.kind, job.subject, job.arguments, job.attempts, worker)


def _give_up(job: Job, problem: str) -> None:
    job.state, job.problem = "failed", problem
    job.lease_ends_at = job.worker = None
