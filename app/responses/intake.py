"""The way in: an answer sheet is sealed at once and stored for good before anyone is thanked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from enum import Enum
from typing import TYPE_CHECKING, Protocol

from app.db import GroupCommitWriter
from app.privacy.identifiers import intake_id
from app.privacy.seal import seal
from app.responses import store
from app.responses.admission import Refused, admit, uses_of
from app.responses.quality import Quality
from app.responses.sheet import Sheet
from app.responses.store import CodedSheet, SealedSheet, SheetKey

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from app.db import Database

__all__ = ["Acceptance", "Sheet", "TakesSheets", "Writer", "accept_response", "intake_writer"]


class Acceptance(Enum):
    STORED = "stored"
    ALREADY_ARRIVED = "already_arrived"
    WAVE_CLOSED = "wave_closed"
    CODE_UNKNOWN = "code_unknown"
    CODE_SPENT = "code_spent"


class TakesSheets(Protocol):
    """What the way in must know of a collector: whose wave it feeds, how it is sealed."""

    @property
    def agency_id(self) -> str: ...
    @property
    def wave_id(self) -> str: ...
    @property
    def public_key(self) -> bytes | None: ...
    @property
    def sheet_room(self) -> int: ...


Writer = GroupCommitWriter[SealedSheet, Acceptance]


def intake_writer(database: Database) -> Writer:
    def write(connection: Connection, sheets: Sequence[SealedSheet]) -> list[Acceptance]:
        return store_sheets(connection, sheets, is_sqlite=database.is_sqlite)

    return GroupCommitWriter(database.acting_as("rapport_intake"), write)


async def accept_response(
    writer: Writer, collector: TakesSheets, nonce: bytes, sheet: Sheet, *, tag: bytes | None = None
) -> Acceptance:
    """Seal and store one sheet; returns after the fsync. The nonce makes sending twice harmless.

    `tag` names the code that came with it, where the collector asks for one: code and sheet are
    taken together or not at all.
    """
    public_key = collector.public_key
    if public_key is None:
        return Acceptance.WAVE_CLOSED

    def sealed(flagged: Sheet) -> bytes:
        return seal(
            flagged.to_bytes(),
            public_key,
            collector.wave_id,
            room=collector.sheet_room,
        )

    coded = None
    if tag is not None:
        over_cap, test = (
            sealed(replace(sheet, quality=sheet.quality | flag))
            for flag in (Quality.OVER_CAP, Quality.TEST_CARD)
        )
        coded = CodedSheet(tag, over_cap, test)
    ct = sealed(sheet)
    return await writer.write(
        SealedSheet(collector.agency_id, collector.wave_id, intake_id(nonce), ct, coded)
    )


def store_sheets(
    connection: Connection, sheets: Sequence[SealedSheet], *, is_sqlite: bool
) -> list[Acceptance]:
    """One batch in one transaction; of a sheet that comes twice in it, the first is stored."""
    waves = {(sheet.agency_id, sheet.wave_id) for sheet in sheets}
    taking = store.waves_that_take_sheets(connection, waves, is_sqlite=is_sqlite)
    in_time = [sheet for sheet in sheets if (sheet.agency_id, sheet.wave_id) in taking]
    judged = admit(connection, in_time)
    admitted = [each for each in judged if isinstance(each, SealedSheet)]
    added = store.add_sheets(connection, admitted, is_sqlite=is_sqlite)
    store.note_uses(connection, uses_of(admitted, added))
    verdicts = iter(judged)
    return [
        _outcome(next(verdicts), added) if sheet[:2] in taking else Acceptance.WAVE_CLOSED
        for sheet in sheets
    ]


def _outcome(judged: SealedSheet | Refused, added: set[SheetKey]) -> Acceptance:
    """Each added key is taken out once: who comes second with it has arrived before."""
    if not isinstance(judged, SealedSheet):
        return Acceptance(judged)
    key = judged.key
    if key in added:
        added.remove(key)
        return Acceptance.STORED
    return Acceptance.ALREADY_ARRIVED
