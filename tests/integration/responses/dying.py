"""Processes that die on purpose."""

from __future__ import annotations

import asyncio
import os
import signal
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path

from sqlalchemy import event

from app.backups.target import BackupTarget
from app.db import Database
from app.privacy.count_keys import CountKeyStore
from app.responses.count import Step, count_wave
from app.responses.intake import Acceptance, Writer, accept_response, intake_writer
from tests.forking import forks
from tests.integration.commands.rapport import PATIENCE
from tests.integration.responses.sheets import Wave, running, sheet

BEFORE_THE_COMMIT = 0
SHEET = sheet()


@dataclass(frozen=True)
class DyingCount:
    """A count that kills itself when it says `step` for the `call`-th time.

    With `BEFORE_THE_COMMIT`, in that step, when everything is written and nothing is committed.
    """

    database_url: str
    keys: Path
    master: Path
    backups: BackupTarget
    wave: tuple[str, str]
    step: Step
    call: int

    def run(self) -> int:
        """The exit code: -9 when it died as planned."""
        process = forks.Process(target=self._count)
        process.start()
        process.join(PATIENCE)
        assert process.exitcode is not None
        return process.exitcode

    def _count(self) -> None:
        database = Database(self.database_url)
        calls = dict.fromkeys(Step, 0)

        def report(step: Step, _line: str) -> None:
            calls[step] += 1
            if step is self.step and self.call == BEFORE_THE_COMMIT:
                event.listen(database.engine, "commit", lambda _connection: _die())
            elif (step, calls[step]) == (self.step, self.call):
                _die()

        keys = CountKeyStore(self.keys, self.master)
        count_wave(database, keys, *self.wave, backups=self.backups, report=report)


def _die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


@dataclass(frozen=True)
class DyingIntake:
    """A web process that takes sheets in, tells of each one it thanked for, and is killed."""

    database_url: str
    wave: Wave

    def thanked_before_death(self, rounds: int) -> set[bytes]:
        """The nonces it had thanked for when it was killed."""
        told, tell = forks.Pipe(duplex=False)
        process = forks.Process(target=self._take_sheets, args=(tell,))
        process.start()
        tell.close()
        thanked = {told.recv_bytes() for _ in range(rounds)}
        process.kill()
        with suppress(EOFError):
            while True:
                thanked.add(told.recv_bytes())
        process.join()
        assert process.exitcode == -signal.SIGKILL
        return thanked

    def _take_sheets(self, tell: Connection) -> None:
        async def one_respondent(writer: Writer) -> None:
            while True:
                nonce = os.urandom(16)
                assert await accept_response(writer, self.wave, nonce, SHEET) is Acceptance.STORED
                tell.send_bytes(nonce)

        async def many(writer: Writer) -> None:
            await asyncio.gather(*(one_respondent(writer) for _ in range(20)))

        with running(intake_writer(Database(self.database_url))) as writer:
            asyncio.run(many(writer))
