"""What would go with a thing and what holds it back; and deleting it, where nothing does.

A thing can be deleted while no resident can have met it: before the first wave opened. After that
even a way in that nobody used stays, for a refusal would tell that somebody did.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final, get_args

from app import clock
from app.collectors.service import CodedRecruitment, own_collector
from app.deletion import store
from app.deletion.held import Deletion, Part, Texts, named, opened, refuse_held
from app.deletion.plans import draft_names_area, names_area
from app.errors import NotFound, Phrase
from app.initiatives.fielding import FORGET_JOB, locked_wave
from app.initiatives.planning.drafts import read_draft
from app.initiatives.service import (
    get_initiative,
    get_wave,
    list_areas,
    list_plans,
    list_waves,
    lock_initiative,
)
from app.instruments.library import get_entry
from app.instruments.load.shipped import shipped_instruments
from app.instruments.service import forget_version, thawed_version
from app.jobs.service import enqueue

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from app.collectors.tables import Collector
    from app.initiatives.tables import Area, Initiative, Wave

CODED: Final = frozenset(get_args(CodedRecruitment))


def deletion_of_initiative(session: Session, agency_id: str, initiative_id: str) -> Deletion:
    initiative = get_initiative(session, agency_id, initiative_id)
    waves = list_waves(session, agency_id, initiative_id)
    areas = list_areas(session, agency_id, initiative_id)
    plans = list_plans(session, agency_id, initiative_id)
    return _deletion(
        initiative.title,
        [
            Part("waves", len(waves), tuple(wave.label for wave in waves)),
            *_parts_of(session, agency_id, waves),
            Part("areas", len(areas), tuple(area.name for area in areas)),
            Part("plans", len(plans)),
        ],
        opened(waves, "deletion.initiative_opened"),
    )


def delete_initiative(session: Session, agency_id: str, initiative_id: str) -> Deletion:
    """With its draft waves, areas and plans."""
    initiative, waves = _locked(session, agency_id, initiative_id)
    deletion = deletion_of_initiative(session, agency_id, initiative_id)
    refuse_held(deletion)
    _remove_waves(session, agency_id, waves)
    store.remove_initiative(session, initiative)
    _forget_keys(session, agency_id, initiative_id)
    return deletion


def deletion_of_wave(session: Session, agency_id: str, wave_id: str) -> Deletion:
    wave = get_wave(session, agency_id, wave_id)
    holds = opened([wave], "deletion.wave_opened")
    if store.is_compared(session, agency_id, wave_id):
        holds.append(Phrase("deletion.wave_report"))
    waiting = _waiting_for(wave, list_waves(session, agency_id, wave.initiative_id))
    if waiting:
        holds.append(
            Phrase("deletion.wave_baseline", names=[named(each.label) for each in waiting])
        )
    return _deletion(wave.label, _parts_of(session, agency_id, [wave]), holds)


def delete_wave(session: Session, agency_id: str, wave_id: str) -> Deletion:
    """With its ways in, its codes and what was planned for it."""
    wave = get_wave(session, agency_id, wave_id)
    lock_initiative(session, agency_id, wave.initiative_id)
    wave = locked_wave(session, agency_id, wave_id)
    deletion = deletion_of_wave(session, agency_id, wave_id)
    refuse_held(deletion)
    _remove_waves(session, agency_id, [wave])
    return deletion


def deletion_of_area(session: Session, agency_id: str, initiative_id: str, code: int) -> Deletion:
    initiative = get_initiative(session, agency_id, initiative_id)
    area = _area(session, initiative, code)
    waves = list_waves(session, agency_id, initiative_id)
    holds = opened(waves, "deletion.area_opened")
    every = store.collectors_of(session, agency_id, [wave.id for wave in waves])
    ways_in = [each for each in every if each.area_code == code]
    if ways_in:
        holds.append(Phrase("deletion.area_way_in", names=[named(each.label) for each in ways_in]))
    if _is_planned(session, area, waves):
        holds.append(Phrase("deletion.area_plan"))
    return _deletion(area.name, [], holds)


def delete_area(session: Session, agency_id: str, initiative_id: str, code: int) -> Deletion:
    """What was aimed at there is no longer aimed at."""
    initiative, _ = _locked(session, agency_id, initiative_id)
    deletion = deletion_of_area(session, agency_id, initiative_id, code)
    refuse_held(deletion)
    store.remove_area(session, _area(session, initiative, code))
    initiative.expected = _without_area(initiative.expected, code)
    return deletion


def deletion_of_way_in(session: Session, agency_id: str, collector_id: str) -> Deletion:
    collector, wave = _way_in(session, agency_id, collector_id)
    holds = opened([wave], "deletion.way_in_opened")
    codes = store.codes_of(session, agency_id, [wave.id]) if _is_coded(collector) else 0
    beside = store.collectors_of(session, agency_id, [wave.id])
    if codes and any(_is_coded(each) for each in beside if each.id != collector_id):
        holds.append(Phrase("deletion.way_in_codes"))
    return _deletion({"en": collector.label}, [Part("codes", codes)], holds)


def delete_way_in(session: Session, agency_id: str, collector_id: str) -> Deletion:
    """Codes are known by the wave alone: they go with the one way in that asks for any."""
    collector, wave = _way_in(session, agency_id, collector_id)
    deletion = deletion_of_way_in(session, agency_id, collector_id)
    refuse_held(deletion)
    if any(part.kind == "codes" for part in deletion.parts):
        store.remove_codes(session, agency_id, [wave.id])
    store.remove_collector(session, collector)
    return deletion


def deletion_of_instrument(session: Session, agency_id: str, content_hash: str) -> Deletion:
    entry = get_entry(session, agency_id, content_hash)
    holds = [Phrase("deletion.instrument_shipped")] if entry.is_shipped else []
    waves = store.waves_asking(session, agency_id, content_hash)
    if waves and not entry.is_shipped:
        holds.append(
            Phrase("deletion.instrument_wave", names=[named(wave.label) for wave in waves])
        )
    return _deletion(entry.instrument.title, [], holds)


def delete_instrument(session: Session, agency_id: str, content_hash: str) -> Deletion:
    """One version of the agency's own; the versions beside it stay."""
    version = store.lock_version(session, agency_id, content_hash)
    deletion = deletion_of_instrument(session, agency_id, content_hash)
    refuse_held(deletion)
    if version is not None:
        store.remove_version(session, version)
        forget_version(agency_id, content_hash)
    return deletion


def _locked(session: Session, agency_id: str, initiative_id: str) -> tuple[Initiative, list[Wave]]:
    """With every wave of it: nothing opens meanwhile, and no way in is added."""
    initiative = lock_initiative(session, agency_id, initiative_id)
    waves = list_waves(session, agency_id, initiative_id)
    return initiative, [locked_wave(session, agency_id, wave.id) for wave in waves]


def _deletion(name: Texts, parts: Sequence[Part], holds: Sequence[Phrase]) -> Deletion:
    return Deletion(name, tuple(part for part in parts if part.number), tuple(holds))


def _parts_of(session: Session, agency_id: str, waves: Sequence[Wave]) -> list[Part]:
    ids = [wave.id for wave in waves]
    ways_in = store.collectors_of(session, agency_id, ids)
    return [
        Part("ways_in", len(ways_in), _labels(ways_in)),
        Part("codes", store.codes_of(session, agency_id, ids)),
    ]


def _labels(ways_in: Sequence[Collector]) -> tuple[Texts, ...]:
    return tuple({"en": each.label} for each in ways_in)


def _remove_waves(session: Session, agency_id: str, waves: Sequence[Wave]) -> None:
    ids = [wave.id for wave in waves]
    hashes = {wave.instrument_hash for wave in waves}
    store.remove_waves(session, agency_id, ids)
    for gone in store.remove_unasked_versions(session, agency_id, hashes):
        forget_version(agency_id, gone)
    for wave_id in ids:
        _forget_keys(session, agency_id, wave_id)


def _forget_keys(session: Session, agency_id: str, name: str) -> None:
    """A killed opening may have left a key, and cards have made one."""
    enqueue(session, agency_id, FORGET_JOB, name, {}, clock.now())


def _waiting_for(baseline: Wave, waves: Sequence[Wave]) -> list[Wave]:
    """After waves that would have nothing to be compared with, and no way to get it."""
    others = [wave for wave in waves if wave.id != baseline.id]
    if baseline.kind != "baseline" or any(wave.kind == "baseline" for wave in others):
        return []
    return others


def _area(session: Session, initiative: Initiative, code: int) -> Area:
    for area in list_areas(session, initiative.agency_id, initiative.id):
        if area.code == code:
            return area
    raise NotFound("initiatives.no_area")


def _is_planned(session: Session, area: Area, waves: Sequence[Wave]) -> bool:
    key = area.agency_id, area.initiative_id
    asked = [thawed_version(session, area.agency_id, wave.instrument_hash) for wave in waves]
    places = {
        question.id
        for instrument in (*asked, *shipped_instruments())
        for question in instrument.questions
        if question.names_place
    }
    plans, draft = list_plans(session, *key), read_draft(session, *key)
    is_locked = bool(plans) and names_area(plans[-1].document, places, area)
    return is_locked or (draft is not None and draft_names_area(draft.document, places, area))


def _without_area(expected: Mapping[str, Any], code: int) -> dict[str, Any]:
    return {
        name: {place: n for place, n in part.items() if place != str(code)}
        if isinstance(part, dict)
        else part
        for name, part in expected.items()
    }


def _way_in(session: Session, agency_id: str, collector_id: str) -> tuple[Collector, Wave]:
    """Under the lock of its wave, so that no codes are made and nothing opens meanwhile."""
    wave_id = own_collector(session, agency_id, agency_id + collector_id).wave_id
    wave = locked_wave(session, agency_id, wave_id)
    return own_collector(session, agency_id, agency_id + collector_id), wave


def _is_coded(collector: Collector) -> bool:
    return collector.recruitment in CODED
