"""A process that takes sheets in while everything it writes is recorded. Run by test_power_loss."""

from __future__ import annotations

import asyncio
import os
import pickle
import sqlite3
import sys
from pathlib import Path

from sqlalchemy import event

from app.db import Database
from app.responses.intake import Acceptance, Writer, accept_response, intake_writer
from tests.integration.responses.sheets import Wave, running, sheet
from tests.reliability.recorded_disk import RecordedDisk

AT_ONCE = 20


def main(address: str, wave: Wave, sheets: int, synchronous: str, record: Path) -> None:
    disk = RecordedDisk()
    database = Database(address)

    def set_synchronous(connection: sqlite3.Connection, _record: object) -> None:
        connection.execute(f"PRAGMA synchronous={synchronous}")
        connection.execute("PRAGMA wal_autocheckpoint=50")

    event.listen(database.engine, "connect", set_synchronous)
    answered = sheet()

    async def one_phone(writer: Writer) -> None:
        for _ in range(sheets // AT_ONCE):
            nonce = os.urandom(16)
            assert await accept_response(writer, wave, nonce, answered) is Acceptance.STORED
            disk.thanked(nonce)

    async def many(writer: Writer) -> None:
        await asyncio.gather(*(one_phone(writer) for _ in range(AT_ONCE)))

    with running(intake_writer(database)) as writer:
        asyncio.run(many(writer))
    record.write_bytes(pickle.dumps([tuple(each) for each in disk.events]))


if __name__ == "__main__":
    with Path(sys.argv[1]).open("rb") as opened:
        main(*pickle.load(opened))  # noqa: S301 - the test's own file
    os._exit(0)  # an interpreter that cleans up would close files by functions that are gone
