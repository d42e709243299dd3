"""A baseline taken elsewhere becomes a wave of its own, as if it had been counted here.

The file is in memory while this runs, and nowhere afterwards.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping as AnyMapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from app import clock
from app.errors import BadInput, Conflict
from app.imports import store
from app.imports.applying import (
    Asked,
    Taken,
    asked_questions,
    reworded_questions,
    take_answers,
)
from app.imports.mapping import ColumnMapping, Fielding, Mapping, checked_fielding
from app.imports.proposing import Columns, Wording, propose_columns
from app.initiatives.elsewhere import KEY as ELSEWHERE
from app.initiatives.fielding import keep_imported, refuse_import
from app.initiatives.service import (
    get_initiative,
    get_wave,
    list_areas,
    list_waves,
    lock_initiative,
    refuse_erased,
)
from app.instruments.service import thawed_version
from app.questions.contract import AreaChoice
from app.responses.service import ROWS_HASH, WORDS_HASH, keep_brought

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from app.imports.reading import Reading
    from app.initiatives.tables import Wave


@dataclass(frozen=True, slots=True)
class Proposal:
    """Where a person starts. `is_remembered`: their agency mapped such a file before."""

    columns: Columns
    is_remembered: bool


def propose_mapping(session: Session, agency_id: str, wave_id: str, reading: Reading) -> Proposal:
    """As it was done the last time, else as far as the file speaks in the instrument's words."""
    wave = get_wave(session, agency_id, wave_id)
    refuse_import(wave)
    wording = wording_of(session, wave)
    key = agency_id, reading.headings_hash, wording.asked.instrument.id
    kept = store.remembered_columns(session, key)
    if kept is None:
        return Proposal(propose_columns(reading, wording), is_remembered=False)
    return Proposal(_still_fitting(kept, wording.asked), is_remembered=True)


@dataclass(frozen=True, slots=True)
class Brought:
    """The answers of a file as a wave would keep them, and what that was judged by."""

    reading: Reading
    mapping: Mapping
    fielding: Fielding
    asked: Asked
    taken: Taken


def bring_baseline(
    session: Session,
    agency_id: str,
    wave_id: str,
    reading: Reading,
    mapping: Mapping,
    fielding: Fielding,
) -> Brought:
    """Turn the columns of a file into answers. Nothing is written: it may take a few seconds."""
    wave = get_wave(session, agency_id, wave_id)
    refuse_import(wave)
    checked_fielding(fielding, clock.now().date())
    if fielding.language not in wave.languages:
        raise BadInput("waves.no_language", known=list(wave.languages))
    asked = asked_of(session, wave)
    return Brought(
        reading, mapping, fielding, asked, take_answers(reading, mapping, asked, fielding)
    )


def import_baseline(
    session: Session, agency_id: str, wave_id: str, brought: Brought
) -> dict[str, Any]:
    """Keep what was brought as the answers of a draft baseline, which is never opened then.

    Returns what was imported and what was dropped, by column, as the wave keeps it.
    """
    wave = get_wave(session, agency_id, wave_id)
    lock_initiative(session, agency_id, wave.initiative_id)  # its areas stay as they were judged
    refuse_erased(list_waves(session, agency_id, wave.initiative_id))
    refuse_import(wave)
    if asked_of(session, wave) != brought.asked:
        raise Conflict("imports.changed")
    reading, taken = brought.reading, brought.taken
    manifest = {
        "responses": len(taken.rows),
        "words": len(taken.words),
        ROWS_HASH: taken.rows.hash(),
        WORDS_HASH: taken.words.hash(),
        ELSEWHERE: _told(brought),
    }
    keep_imported(session, agency_id, wave_id, manifest)
    keep_brought(session, agency_id, wave_id, taken.rows, taken.words)
    key = agency_id, reading.headings_hash, brought.asked.instrument.id
    kept = _to_remember(reading, brought.mapping)
    store.remember_columns(session, key, kept, clock.now().date())
    return manifest


def asked_of(session: Session, wave: Wave) -> Asked:
    areas = list_areas(session, wave.agency_id, wave.initiative_id)
    return Asked(
        thawed_version(session, wave.agency_id, wave.instrument_hash),
        tuple(AreaChoice(area.code, area.name) for area in areas),
    )


def wording_of(session: Session, wave: Wave) -> Wording:
    initiative = get_initiative(session, wave.agency_id, wave.initiative_id)
    tokens: AnyMapping[str, AnyMapping[str, str]] = {
        "police": initiative.police_name,
        "initiative": initiative.title,
        "area": {},
    }
    return Wording(asked_of(session, wave), tokens)


def _to_remember(reading: Reading, mapping: Mapping) -> dict[str, Any]:
    """Contents that stand for an answer. What was left out may be somebody's own words.

    So may what one person alone gave, as some tools put what is typed under "other" among answers.
    """
    remembered: dict[str, Any] = {}
    for key, mapped in mapping.columns.items():
        column = reading.column(key)
        given = Counter[str]() if column is None else column.parted(mapped.separator)
        codes = {c: code for c, code in mapped.codes.items() if code is not None and given[c] > 1}
        remembered[key] = mapped.model_copy(update={"codes": codes}).model_dump(mode="json")
    return remembered


def _still_fitting(kept: AnyMapping[str, Any], asked: Asked) -> Columns:
    """What this version of the instrument still asks, and still takes as an answer."""
    columns: Columns = {}
    for key, document in kept.items():
        try:
            mapped = ColumnMapping.model_validate(document)
        except ValidationError:
            continue
        question = asked.question(mapped.question)
        if question is None:
            continue
        known = {code for code, _ in asked.offered(question, asked.instrument.original_language)}
        codes = {c: code for c, code in mapped.codes.items() if code is None or code in known}
        columns[key] = mapped.model_copy(update={"codes": codes})
    return columns


def _told(brought: Brought) -> dict[str, Any]:
    """Of the file, nothing but headings and numbers."""
    reading, mapping, taken = brought.reading, brought.mapping, brought.taken
    fielding = brought.fielding
    return {
        "tool": reading.tool,
        "first_day": fielding.first_day.isoformat(),
        "last_day": fielding.last_day.isoformat(),
        "mode": fielding.mode,
        "recruitment": fielding.recruitment,
        "asked": asked_questions(mapping, brought.asked),
        "reworded": reworded_questions(mapping),
        "rows": reading.n_rows,
        "empty_rows": taken.empty_rows,
        "unfit": dict(taken.unfit),
        "unasked": {name: n for name, n in taken.unasked.items() if n},
        "columns": [
            {
                "key": column.key,
                "never": column.never,
                "question": mapped.question if mapped else None,
                "filled": column.filled,
                "left_out": taken.left_out[column.key],
            }
            for column in reading.columns
            for mapped in [mapping.columns.get(column.key)]
        ],
    }
