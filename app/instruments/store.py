"""Every question that instruments ask of the database."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite

from app.instruments.tables import InstrumentVersion

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy.orm import Session


def add_version(session: Session, version: Mapping[str, Any]) -> None:
    """A version that is there already stays as it is: its hash says that it is the same.

    It may only become one that the agency brought.
    """
    is_sqlite = session.get_bind().dialect.name == "sqlite"
    insert = sqlite.insert if is_sqlite else postgresql.insert
    added = insert(InstrumentVersion).values(**version)
    keys = ["agency_id", "content_hash"]
    if version["is_own"]:
        added = added.on_conflict_do_update(index_elements=keys, set_={"is_own": True})
    else:  # changes nothing and holds the row: nobody deletes it before the wave stands
        same = {"version": version["version"]}
        added = added.on_conflict_do_update(index_elements=keys, set_=same)
    session.execute(added)


def own_versions(session: Session, agency_id: str) -> Sequence[tuple[str, dict[str, Any]]]:
    """What the agency itself brought, the newest version of each instrument first."""
    rows = session.execute(
        select(InstrumentVersion.content_hash, InstrumentVersion.document)
        .where(InstrumentVersion.agency_id == agency_id, InstrumentVersion.is_own.is_(True))
        .order_by(
            InstrumentVersion.instrument_id,
            InstrumentVersion.version.desc(),
            InstrumentVersion.content_hash,
        )
    )
    return [(content_hash, document) for content_hash, document in rows]


def document_of(session: Session, agency_id: str, content_hash: str) -> dict[str, Any] | None:
    return session.scalar(
        select(InstrumentVersion.document).where(
            InstrumentVersion.agency_id == agency_id,
            InstrumentVersion.content_hash == content_hash,
        )
    )
