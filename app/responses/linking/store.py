"""Every question about who is one person over several waves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from sqlalchemy import delete, insert, select, tuple_

from app.responses.tables import link_tags, pair

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

WaveAndResponse = tuple[str, bytes]


def boxes_of(session: Session, agency_id: str, wave_ids: Sequence[str]) -> dict[str, bytes]:
    question = select(link_tags.c.wave_id, link_tags.c.ct).where(
        link_tags.c.agency_id == agency_id, link_tags.c.wave_id.in_(wave_ids)
    )
    return {wave_id: bytes(ct) for wave_id, ct in session.execute(question)}


def keep_box(session: Session, agency_id: str, wave_id: str, ct: bytes) -> None:
    session.execute(insert(link_tags).values(agency_id=agency_id, wave_id=wave_id, ct=ct))


def remove_boxes(session: Session, agency_id: str, wave_ids: Sequence[str]) -> None:
    session.execute(
        delete(link_tags).where(
            link_tags.c.agency_id == agency_id, link_tags.c.wave_id.in_(wave_ids)
        )
    )


def pairs_of(
    session: Session, agency_id: str, wave_ids: Sequence[str]
) -> dict[WaveAndResponse, bytes]:
    question = select(pair).where(pair.c.agency_id == agency_id, pair.c.wave_id.in_(wave_ids))
    return {(row.wave_id, bytes(row.id)): bytes(row.pair_id) for row in session.execute(question)}


def add_pairs(session: Session, agency_id: str, pairs: Mapping[WaveAndResponse, bytes]) -> None:
    """In the order of the ids, each response once."""
    if not pairs:
        return
    named = (pair.c.wave_id, pair.c.id)
    session.execute(
        delete(pair).where(pair.c.agency_id == agency_id, tuple_(*named).in_(sorted(pairs)))
    )
    rows = [
        {"agency_id": agency_id, "wave_id": wave_id, "id": name, "pair_id": pairs[wave_id, name]}
        for wave_id, name in sorted(pairs)
    ]
    session.execute(insert(pair), rows)
