"""Every question that accounts ask of the database."""

from __future__ import annotations

from sqlalchemy.orm import Session

from app.accounts.tables import Agency


def find_agency(session: Session, agency_id: str) -> Agency | None:
    return session.get(Agency, agency_id)


def add_agency(session: Session, agency: Agency) -> None:
    session.add(agency)
    session.flush()
