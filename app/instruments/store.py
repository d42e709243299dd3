"""Every question that instruments ask of the database."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import func, select
from sqlalchemy.dialects import postgresql, sqlite

from app.instruments.tables import InstrumentVersion

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy.orm import Session


_LIBRARY_LOCK: Final = 7277266  # of PostgreSQL's own numbers for locks; with it goes the agency


def lock_library(session: Session, agency_id: str) -> None:
    """Versions get their numbers under this lock; it is held until the transaction ends.

    There is no row to lock where the first version comes, and the agency's row is locked last, for
    the audit log. SQLite has one writer at a time.
    """
    if session.get_bind().dialect.name == "postgresql":
        session.execute(select(func.pg_advisory_xact_lock(_LIBRARY_LOCK, func.hashtext(agency_id))))


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
