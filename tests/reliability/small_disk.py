"""Takes sheets in on a disk that is full, has no inodes left, or can only be read.

Run by test_small_disk in a mount namespace of its own, so that the disk is a real one (tmpfs) and
goes with the process.
"""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from sqlalchemy import select, text

from app import db
from app.db import Database
from app.errors import Unavailable
from app.migrations import migrate
from app.privacy.count_keys import CountKeyStore
from app.privacy.identifiers import intake_id
from app.responses.intake import Acceptance, Writer, accept_response, intake_writer
from app.responses.tables import intake
from tests.integration.responses.sheets import Wave, running, sealed_wave, sheet

SHEETS: Final = 200
BLOCK: Final = 4096
TMPFS: Final = ("mount", "-t", "tmpfs")


def full(disk: Path) -> Callable[[], None]:
    """Fill what is free but for a few hundred kilobytes; the sheets take the rest."""
    ballast = disk / "ballast"
    free = os.statvfs(disk).f_bavail * os.statvfs(disk).f_frsize
    ballast.write_bytes(bytes(free - 64 * BLOCK))
    return ballast.unlink


def without_inodes(disk: Path) -> Callable[[], None]:
    folder = disk / "many"
    folder.mkdir()
    with suppress(OSError):
        for number in range(10_000):
            (folder / f"{number}").touch()

    def remove() -> None:
        for file in folder.iterdir():
            file.unlink()

    return remove


def read_only(disk: Path) -> Callable[[], None]:
    def mount_again(how: str) -> None:
        subprocess.run(["mount", "-o", f"remount,{how}", str(disk)], check=True)  # noqa: S603, S607 - the system's own

    mount_again("ro")
    return lambda: mount_again("rw")


FAULTS: Final = {each.__name__: each for each in (full, without_inodes, read_only)}


def send(writer: Writer, wave: Wave, nonces: Sequence[bytes]) -> set[bytes]:
    """Whom it thanked. What else comes back must be a refusal that asks to try again."""

    async def together() -> list[Acceptance | BaseException]:
        sendings = (accept_response(writer, wave, nonce, sheet()) for nonce in nonces)
        return await asyncio.gather(*sendings, return_exceptions=True)

    thanked = set()
    for nonce, outcome in zip(nonces, asyncio.run(together()), strict=True):
        if isinstance(outcome, BaseException):
            assert isinstance(outcome, Unavailable), repr(outcome)
        else:
            thanked.add(nonce)
    return thanked


@contextmanager
def opened(disk: Path) -> Iterator[tuple[Database, Wave]]:
    database = Database(f"sqlite:///{disk / 'rapport.db'}")
    migrate(database)
    yield database, sealed_wave(database, CountKeyStore(disk / "keys", disk / "secrets" / "master"))
    database.dispose()


def take_in(disk: Path, fault: str) -> dict[str, int | bool]:
    db.LEAST_FREE_BYTES = 0  # otherwise sheets are refused long before the disk is full
    nonces = [os.urandom(16) for _ in range(SHEETS)]
    with opened(disk) as (database, wave), running(intake_writer(database)) as writer:
        database.dispose()  # the next connection meets the disk as it is then
        mend = FAULTS[fault](disk)
        thanked_before = send(writer, wave, nonces)
        mend()
        thanked = thanked_before | send(writer, wave, nonces)
        with database.reading() as session:
            stored = set(session.scalars(select(intake.c.id)))
            is_whole = session.scalar(text("PRAGMA integrity_check")) == "ok"
    return {
        "before": len(thanked_before),
        "thanked": len(thanked),
        "is_whole": is_whole,
        "is_kept": stored == {intake_id(nonce) for nonce in thanked},
    }


def main(folder: Path, fault: str) -> None:
    size = "size=8m,nr_inodes=200,mode=700"
    subprocess.run([*TMPFS, "-o", size, "tmpfs", str(folder)], check=True)  # noqa: S603 - the system's own
    sys.stdout.write(json.dumps(take_in(folder, fault)))


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
