"""What a report tells beside its numbers: the questions, as both waves were asked them."""

from __future__ import annotations

from typing import cast

from sqlalchemy.orm import Session

from app.initiatives.service import get_initiative, get_wave, list_areas
from app.initiatives.wave import WaveKind
from app.questions.contract import AreaChoice
from app.reports.facts import instrument_of
from app.reports.initiative_words import AREA_HERE
from app.reports.reading.shown_instrument import AskedWave, Facts


def asked_in(session: Session, agency_id: str, before_wave_id: str, after_wave_id: str) -> Facts:
    """From the frozen instruments, in the initiative's own words."""
    waves = {"before": before_wave_id, "after": after_wave_id}
    asked = {name: _asked(session, agency_id, wave_id) for name, wave_id in waves.items()}
    return Facts(asked)


def _asked(session: Session, agency_id: str, wave_id: str) -> AskedWave:
    wave = get_wave(session, agency_id, wave_id)
    initiative = get_initiative(session, agency_id, wave.initiative_id)
    areas = list_areas(session, agency_id, wave.initiative_id)
    return AskedWave(
        instrument_of(session, wave),
        cast("WaveKind", wave.kind),
        tuple(AreaChoice(area.code, area.name) for area in areas),
        {"initiative": initiative.title, "police": initiative.police_name, "area": dict(AREA_HERE)},
    )
