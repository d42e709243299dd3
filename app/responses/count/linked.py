"""The step that finds who answered before: opens the boxes of earlier waves, closes a new one."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from app.initiatives.linking import (
    KEPT,
    end_linking,
    is_last_count,
    link_key_name,
    linking_of,
)
from app.initiatives.service import get_wave, list_waves
from app.privacy.identifiers import new_response_id
from app.privacy.linking.box import open_tags, seal_tags
from app.responses.count.matching import Coded, Side, match
from app.responses.count.steps import Report, Step
from app.responses.linking import store

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from app.db import Database
    from app.privacy.count_keys import CountKeyStore

WaveAndResponse = tuple[str, bytes]


@dataclass(frozen=True, slots=True)
class Linked:
    """Who is one person, by a random name; and the box in which the next wave will look."""

    pairs: dict[WaveAndResponse, bytes] = field(default_factory=dict)
    box: bytes | None = None
    told: dict[str, Any] = field(default_factory=dict)


def link(
    database: Database,
    keys: CountKeyStore,
    wave: tuple[str, str],
    codes: Side,
    report: Report,
) -> Linked:
    with database.reading() as session:
        counted = get_wave(session, *wave)
        linking = linking_of(session, counted.agency_id, counted.initiative_id)
        waves = list_waves(session, counted.agency_id, counted.initiative_id)
        boxes = store.boxes_of(session, wave[0], [other.id for other in waves])
        known = store.pairs_of(session, wave[0], list(boxes))
    if linking is None or not codes:
        report(Step.MATCH, "this wave is not linked to another")
        return Linked()
    report(Step.MATCH, "looking for those who answered before")
    private = keys.unlock(link_key_name(counted.initiative_id), linking.public_key)
    pairs: dict[WaveAndResponse, bytes] = {}
    rest, numbers = dict(codes), {}
    for earlier in sorted(boxes, key=[other.id for other in waves].index, reverse=True):
        found = match(_opened(boxes[earlier], private, earlier), rest)
        for mine, theirs in found.items():
            name = known.get((earlier, theirs)) or new_response_id()
            pairs[wave[1], mine] = pairs[earlier, theirs] = name
            del rest[mine]
        numbers[earlier] = len(found)
    spelled = {name: [_area(coded), *coded.tags] for name, coded in codes.items()}
    box = seal_tags(spelled, linking.public_key, wave[1])
    told = {"codes": len(codes), "pairs": numbers}
    return Linked(pairs, box if linking.state == KEPT else None, {"linked": told})


def keep_linked(session: Session, wave: tuple[str, str], linked: Linked) -> None:
    """Belongs into the transaction that stores the responses."""
    store.add_pairs(session, wave[0], linked.pairs)
    if linked.box is not None:
        store.keep_box(session, *wave, linked.box)


def end_when_last(database: Database, keys: CountKeyStore, wave: tuple[str, str]) -> None:
    """After the last wave nobody can be linked any more, by whatever anyone has kept."""
    with database.reading() as session:
        counted = get_wave(session, *wave)
        linking = linking_of(session, counted.agency_id, counted.initiative_id)
        waves = list_waves(session, counted.agency_id, counted.initiative_id)
        is_over = linking is not None and is_last_count(waves, counted)
    if not is_over:
        return
    keys.destroy(link_key_name(counted.initiative_id))
    with database.writing() as session:
        store.remove_boxes(session, wave[0], [other.id for other in waves])
        end_linking(session, wave[0], counted.initiative_id)


def _opened(box: bytes, private: bytes, wave_id: str) -> dict[bytes, Coded]:
    return {
        name: Coded(tags, int(area) if area else None)
        for name, (area, *tags) in open_tags(box, private, wave_id).items()
    }


def _area(coded: Coded) -> str:
    return "" if coded.area is None else str(coded.area)
