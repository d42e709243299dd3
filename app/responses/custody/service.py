"""The server's side of a count that a partner makes: sealed sheets out, opened ones in."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final, NamedTuple, cast

from app import clock
from app.errors import BadInput, Conflict, NotFound, Phrase
from app.initiatives.custody import custody_of
from app.initiatives.service import get_wave, list_areas
from app.instruments.service import thawed_version
from app.jobs.service import enqueue
from app.privacy.fingerprints import hash_rows
from app.questions.contract import AreaChoice
from app.responses import store
from app.responses.checking import Asked
from app.responses.custody import store as own_store
from app.responses.custody.opened_sheets import Part, read_part
from app.responses.custody.sealed_intake import SealedIntake, hash_ids, sheet_line

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from app.db import Database
    from app.initiatives.tables import Custody
    from app.questions.schema import WaveKind

JOB: Final = "take_partner_count"
_AWAITS_COUNT: Final = frozenset({"closed", "counting"})


class Arrived(NamedTuple):
    """How many parts of a partner's count are here, and how many there are in all."""

    here: int
    parts: int


def asked_in(session: Session, agency_id: str, wave_id: str) -> Asked:
    wave = get_wave(session, agency_id, wave_id)
    areas = list_areas(session, agency_id, wave.initiative_id)
    return Asked(
        instrument=thawed_version(session, agency_id, wave.instrument_hash),
        wave_kind=cast("WaveKind", wave.kind),
        languages=frozenset(wave.languages),
        areas=tuple(AreaChoice(area.code, area.name) for area in areas),
    )


def sealed_intake(session: Session, agency_id: str, wave_id: str) -> SealedIntake:
    custody = _awaiting(session, agency_id, wave_id)
    ids = store.intake_ids(session, agency_id, wave_id)
    return SealedIntake(
        wave_id,
        custody.public_key,
        len(ids),
        hash_ids(ids),
        asked_in(session, agency_id, wave_id),
    )


def intake_lines(database: Database, agency_id: str, intake: SealedIntake) -> Iterator[bytes]:
    """The whole file, line by line, however long: nothing enters or leaves a closed wave."""
    yield intake.head()
    last = b""
    own = database.acting_as("rapport_staff", agency_id)
    while True:
        with own.reading() as session:
            sheets = store.sealed_sheets_after(session, agency_id, intake.wave_id, last)
        for sheet_id, ct in sheets:
            yield sheet_line(sheet_id, ct)
        if not sheets:
            return
        last = sheets[-1][0]


def take_part(session: Session, agency_id: str, wave_id: str, content: bytes) -> Arrived:
    """Keep one part; with the last, ask the worker to store the whole count."""
    custody = _awaiting(session, agency_id, wave_id)
    part = read_part(content, custody.statement_key)
    if part.statement.get("wave") != wave_id:
        raise BadInput("count.other_wave")
    if part.statement.get("ids_sha256") != hash_ids(store.intake_ids(session, agency_id, wave_id)):
        raise BadInput("count.other_download")
    same_count = {
        other.number: kept
        for kept in own_store.parts_of(session, agency_id, wave_id)
        if (other := read_part(kept, custody.statement_key)).statement["manifest"]
        == part.statement["manifest"]
    }
    same_count[part.number] = content
    by_id = {hash_rows([kept]): kept for kept in same_count.values()}
    own_store.keep_parts(session, agency_id, wave_id, by_id)
    if len(same_count) == part.parts:
        enqueue(session, agency_id, JOB, wave_id, {}, clock.now())
    return Arrived(len(same_count), part.parts)


def arrived_parts(session: Session, agency_id: str, wave_id: str) -> list[Part]:
    """Those of the newest count, each proved to be the partner's."""
    custody = custody_of(session, agency_id, wave_id)
    if custody is None:
        return []
    kept = own_store.parts_of(session, agency_id, wave_id)
    return [read_part(content, custody.statement_key) for content in kept]


def _awaiting(session: Session, agency_id: str, wave_id: str) -> Custody:
    wave = get_wave(session, agency_id, wave_id)
    custody = custody_of(session, agency_id, wave_id)
    if custody is None:
        raise NotFound("count.server_counts")
    if wave.state not in _AWAITS_COUNT:
        raise Conflict("count.not_closed", state=Phrase(f"waves.state_{wave.state}"))
    return custody
