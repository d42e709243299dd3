"""Every question that collectors ask of the database."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from sqlalchemy import and_, insert, select

from app.collectors.tables import Collector, ledger
from app.initiatives.tables import Initiative, Wave

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy.orm import Session

_NOT_OVER: Final = ("draft", "open", "closing")


def add_collector(session: Session, collector: Collector) -> None:
    session.add(collector)
    session.flush()


def find_with_wave(
    session: Session, agency_id: str, collector_id: str
) -> tuple[Collector, Wave, Initiative] | None:
    row = session.execute(
        select(Collector, Wave, Initiative)
        .join(Wave, and_(Wave.agency_id == Collector.agency_id, Wave.id == Collector.wave_id))
        .join(
            Initiative,
            and_(Initiative.agency_id == Wave.agency_id, Initiative.id == Wave.initiative_id),
        )
        .where(Collector.agency_id == agency_id, Collector.id == collector_id)
    ).one_or_none()
    return None if row is None else (row[0], row[1], row[2])


def collectors_of(session: Session, agency_id: str, wave_id: str) -> Sequence[Collector]:
    return session.scalars(
        select(Collector)
        .where(Collector.agency_id == agency_id, Collector.wave_id == wave_id)
        .order_by(Collector.label, Collector.id)
    ).all()


def waves_with_collectors(
    session: Session,
) -> Sequence[tuple[Wave, Initiative, Collector | None]]:
    """Waves that are not over, each once for every collector, or once without one."""
    found = session.execute(
        select(Wave, Initiative, Collector)
        .join(
            Initiative,
            and_(Initiative.agency_id == Wave.agency_id, Initiative.id == Wave.initiative_id),
        )
        .outerjoin(
            Collector,
            and_(Collector.agency_id == Wave.agency_id, Collector.wave_id == Wave.id),
        )
        .where(Wave.state.in_(_NOT_OVER))
        .order_by(Wave.agency_id, Wave.initiative_id, Wave.position, Collector.id)
    ).all()
    return [(wave, initiative, collector) for wave, initiative, collector in found]


def add_codes(
    session: Session, agency_id: str, wave_id: str, kind: str, tags: Iterable[bytes], most: int
) -> None:
    of_wave = {"agency_id": agency_id, "wave_id": wave_id, "kind": kind, "most": most, "used": 0}
    rows = [of_wave | {"tag": tag} for tag in tags]
    if rows:
        session.execute(insert(ledger), rows)
