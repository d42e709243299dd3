"""How a job stands, read from its row."""

from __future__ import annotations

from sqlalchemy.orm import Session

from app.db import Database
from app.jobs.tables import Job


def find_job(session: Session, agency_id: str, kind: str, subject: str) -> Job | None:
    return session.get(Job, (agency_id, kind, subject), populate_existing=True)


def job_now(database: Database, agency_id: str, kind: str, subject: str) -> Job:
    with database.reading() as session:
        job = find_job(session, agency_id, kind, subject)
        assert job is not None
        session.expunge(job)
        return job
