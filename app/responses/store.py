"""Every question the responses room asks of the database."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING, Final, NamedTuple

from app.initiatives.wave import TAKES_SHEETS

if TYPE_CHECKING:
    from sqlalchemy import Connection

WaveKey = tuple[str, str]
SheetKey = tuple[str, str, bytes]

# The respondent's hot path speaks to the driver: text that never changes is prepared once.
_STATE: Final = "SELECT state FROM wave WHERE agency_id = {0} AND id = {0}"
_SQLITE_STATE: Final = _STATE.format("?")
_POSTGRES_STATE: Final = _STATE.format("%s") + " FOR SHARE"  # no wave closes under a batch
_SQLITE_ADD: Final = "INSERT INTO intake (agency_id, wave_id, id, ct) VALUES "
_POSTGRES_ADD: Final = """
INSERT INTO intake (agency_id, wave_id, id, ct)
SELECT * FROM unnest(%s::text[], %s::text[], %s::bytea[], %s::bytea[])
"""
_UNLESS_PRESENT: Final = " ON CONFLICT DO NOTHING RETURNING agency_id, wave_id, id"


class SealedSheet(NamedTuple):
    agency_id: str
    wave_id: str
    intake_id: bytes
    ct: bytes


def waves_that_take_sheets(
    connection: Connection, waves: Collection[WaveKey], *, is_sqlite: bool
) -> set[WaveKey]:
    """Those that take sheets now, and until this transaction ends."""
    question = _SQLITE_STATE if is_sqlite else _POSTGRES_STATE
    states = {
        wave: connection.exec_driver_sql(question, wave).scalar_one_or_none()
        for wave in sorted(waves)  # in one order everywhere, so that no two wait for each other
    }
    return {wave for wave, state in states.items() if state in TAKES_SHEETS}


def add_sheets(
    connection: Connection, sheets: Sequence[SealedSheet], *, is_sqlite: bool
) -> set[SheetKey]:
    """The keys that were not there before."""
    if not sheets:
        return set()
    if is_sqlite:
        places = ",".join(["(?,?,?,?)"] * len(sheets))
        values = tuple(value for sheet in sheets for value in sheet)
        rows = connection.exec_driver_sql(_SQLITE_ADD + places + _UNLESS_PRESENT, values)
    else:
        columns = tuple(list(column) for column in zip(*sorted(sheets), strict=True))
        rows = connection.exec_driver_sql(_POSTGRES_ADD + _UNLESS_PRESENT, columns)
    return {(agency_id, wave_id, bytes(key)) for agency_id, wave_id, key in rows}
