"""A wave once more: the same questions, languages and ways in, as a draft of its own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, cast, get_args

from app.collectors import store
from app.collectors.service import (
    CodedRecruitment,
    CollectorMode,
    create_collector,
    open_in_language,
)
from app.initiatives.service import create_wave, get_wave
from app.instruments.service import thawed_version

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from app.initiatives.tables import Wave
    from app.initiatives.wave import WaveKind
    from app.instruments.model import Instrument


def copy_wave(
    session: Session,
    agency_id: str,
    wave_id: str,
    *,
    kind: WaveKind,
    label: Mapping[str, str],
    instrument: Instrument | None = None,
) -> Wave:
    """`instrument` takes the place of the copied wave's own: the way to correct a question.

    Codes are not copied: each belongs to one wave. Ways in that were stopped are not either.
    """
    wave = get_wave(session, agency_id, wave_id)
    asked = instrument or thawed_version(session, agency_id, wave.instrument_hash)
    made = create_wave(
        session,
        agency_id,
        wave.initiative_id,
        kind=kind,
        label=label,
        languages=[each for each in wave.languages if each in asked.languages],
        instrument=asked,
    )
    for collector in store.collectors_of(session, agency_id, wave_id):
        if collector.stopped_on is not None:
            continue
        is_coded = collector.recruitment in get_args(CodedRecruitment)
        twin = create_collector(
            session,
            agency_id,
            made.id,
            label=collector.label,
            area_code=collector.area_code,
            mode=cast("CollectorMode", collector.mode),
            recruitment=cast("CodedRecruitment", collector.recruitment) if is_coded else None,
        )
        if collector.language in made.languages:
            open_in_language(session, twin, collector.language)
    return made
