"""The way in: an answer sheet is sealed at once and stored for good before anyone is thanked."""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum
from typing import TYPE_CHECKING, Protocol

from app.db import GroupCommitWriter
from app.privacy.identifiers import intake_id
from app.privacy.seal import seal
from app.responses import store
from app.responses.sheet import Sheet
from app.responses.store import SealedSheet

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from app.db import Database

__all__ = ["Acceptance", "Sheet", "TakesSheets", "Writer", "accept_response", "intake_writer"]


class Acceptance(Enum):
    STORED = "stored"
    ALREADY_ARRIVED = "already_arrived"
    WAVE_CLOSED = "wave_closed"


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

    return GroupCommitWriter(database, write)


async def accept_response(
    writer: Writer, collector: TakesSheets, nonce: bytes, sheet: Sheet
) -> Acceptance:
    """Seal and store one sheet; returns after the fsync. The nonce makes sending twice harmless."""
    if collector.public_key is None:
        return Acceptance.WAVE_CLOSED
    room = collector.sheet_room
    ct = seal(sheet.to_bytes(), collector.public_key, collector.wave_id, room=room)
    return await writer.write(
        SealedSheet(collector.agency_id, collector.wave_id, intake_id(nonce), ct)
    )


def store_sheets(
    connection: Connection, sheets: Sequence[SealedSheet], *, is_sqlite: bool
) -> list[Acceptance]:
    """One batch in one transaction; of a sheet that comes twice in it, the first is stored."""
    waves = {(sheet.agency_id, sheet.wave_id) for sheet in sheets}
    taking = store.waves_that_take_sheets(connection, waves, is_sqlite=is_sqlite)
    admitted = [sheet for sheet in sheets if (sheet.agency_id, sheet.wave_id) in taking]
    added = store.add_sheets(connection, admitted, is_sqlite=is_sqlite)
    outcomes: list[Acceptance] = []
    for sheet in sheets:
        key = (sheet.agency_id, sheet.wave_id, sheet.intake_id)
        if key in added:
            added.remove(key)
            outcomes.append(Acceptance.STORED)
        elif (sheet.agency_id, sheet.wave_id) in taking:
            outcomes.append(Acceptance.ALREADY_ARRIVED)
        else:
            outcomes.append(Acceptance.WAVE_CLOSED)
    return outcomes
