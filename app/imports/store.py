"""Every question that imports ask of the database."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from app.imports.tables import RememberedMapping

if TYPE_CHECKING:
    from datetime import date

    from sqlalchemy.orm import Session

Key = tuple[str, str, str]


def remembered_columns(session: Session, key: Key) -> dict[str, Any] | None:
    found = session.get(RememberedMapping, key)
    return None if found is None else dict(found.columns)


def remember_columns(session: Session, key: Key, columns: dict[str, Any], today: date) -> None:
    agency_id, headings_hash, instrument_id = key
    session.merge(
        RememberedMapping(
            agency_id=agency_id,
            headings_hash=headings_hash,
            instrument_id=instrument_id,
            columns=columns,
            kept_on=today,
        )
    )
    session.flush()
