"""Every question that instruments ask of the database."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite

from app.instruments.tables import InstrumentVersion

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy.orm import Session


def add_version(session: Session, version: Mapping[str, Any]) -> None:
    """A version that is there already stays as it is: its hash says that it is the same."""
    is_sqlite = session.get_bind().dialect.name == "sqlite"
    insert = sqlite.insert if is_sqlite else postgresql.insert
    session.execute(insert(InstrumentVersion).values(**version).on_conflict_do_nothing())


def document_of(session: Session, agency_id: str, content_hash: str) -> dict[str, Any] | None:
    return session.scalar(
        select(InstrumentVersion.document).where(
            InstrumentVersion.agency_id == agency_id,
            InstrumentVersion.content_hash == content_hash,
        )
    )
