"""Every question about the parts of a partner's count; they are gone once it is stored."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import delete, insert, select

from app.responses.tables import opened_part

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy.orm import Session


def parts_of(session: Session, agency_id: str, wave_id: str) -> list[bytes]:
    question = (
        select(opened_part.c.content)
        .where(opened_part.c.agency_id == agency_id, opened_part.c.wave_id == wave_id)
        .order_by(opened_part.c.id)
    )
    return [bytes(content) for content in session.scalars(question)]


def keep_parts(session: Session, agency_id: str, wave_id: str, parts: Mapping[str, bytes]) -> None:
    """These and no others."""
    remove_parts(session, agency_id, wave_id)
    place = {"agency_id": agency_id, "wave_id": wave_id}
    rows = [{**place, "id": bytes.fromhex(name), "content": c} for name, c in parts.items()]
    if rows:
        session.execute(insert(opened_part), rows)


def remove_parts(session: Session, agency_id: str, wave_id: str) -> None:
    session.execute(
        delete(opened_part).where(
            opened_part.c.agency_id == agency_id, opened_part.c.wave_id == wave_id
        )
    )
