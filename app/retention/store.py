"""Every question that the retention of answers asks of the database."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.responses.tables import free_text
from app.retention.tables import Erasure


def find_erasure(session: Session, agency_id: str, initiative_id: str) -> Erasure | None:
    return session.get(Erasure, (agency_id, initiative_id))


def lock_erasure(session: Session, agency_id: str, initiative_id: str) -> Erasure | None:
    """As it stands now: of two who act at once, the second sees what the first did."""
    key = agency_id, initiative_id
    return session.get(Erasure, key, with_for_update=True, populate_existing=True)


def add_erasure(session: Session, erasure: Erasure) -> None:
    session.add(erasure)
    session.flush()


def remove_erasure(session: Session, erasure: Erasure) -> None:
    session.delete(erasure)
    session.flush()


def erasures_of(session: Session, agency_id: str) -> dict[str, Erasure]:
    found = session.scalars(select(Erasure).where(Erasure.agency_id == agency_id))
    return {erasure.initiative_id: erasure for erasure in found}


def waves_with_texts(session: Session, agency_id: str, wave_ids: Sequence[str]) -> set[str]:
    return set(
        session.scalars(
            select(free_text.c.wave_id)
            .where(free_text.c.agency_id == agency_id, free_text.c.wave_id.in_(wave_ids))
            .distinct()
        )
    )
