"""What must hold before anything of a wave is told to anyone: the ledger and the audit agree."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from app.errors import Conflict
from app.initiatives.service import get_wave, list_waves
from app.reports.publishing import store
from app.reports.publishing.ledger import Base, bases_published, why_refused
from app.reports.tables import Report


class OtherTold(Conflict):
    """Something else was told since this report was audited."""


def bases_to_tell(
    session: Session, report: Report, computed: Mapping[str, Any], released: Mapping[str, Any]
) -> list[Base]:
    """Every base that these documents tell; holds the waves until the transaction ends.

    Refuses (`Conflict`) what the ledger refuses, and what was not audited beside all that is told.
    """
    pair = report.before_wave_id, report.after_wave_id
    waves = waves_told(session, report.agency_id, pair, computed["initiative"])
    wave_ids = list(waves.values())
    store.lock_waves(session, report.agency_id, wave_ids)
    bases = bases_published(computed, released, waves)
    before = store.bases_of_waves(session, report.agency_id, wave_ids, but=report.id)
    refused = why_refused(bases, before)
    if refused:
        raise Conflict(refused)
    told = store.ever_told(session, report.agency_id, wave_ids, but=report.id)
    if [other.id for other, _ in told] != report.audited_with:
        raise OtherTold("reports.other_told")
    return bases


def waves_told(
    session: Session, agency_id: str, pair: tuple[str, str], facts: Mapping[str, Any] | None
) -> dict[str, str]:
    """The ids of before and after, and of the further waves, by the names that the facts give."""
    before, after = pair
    initiative_id = get_wave(session, agency_id, after).initiative_id
    known = {wave.position: wave.id for wave in list_waves(session, agency_id, initiative_id)}
    positions: Mapping[str, int] = (facts or {}).get("positions") or {}
    named = {name: known[position] for name, position in positions.items()}
    return named | {"before": before, "after": after}
