"""Workers that die on purpose. Run in processes of their own."""

from __future__ import annotations

import os
import signal
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path

from sqlalchemy import event

from app.backups.target import BackupTarget
from app.db import Database
from app.privacy.count_keys import CountKeyStore
from app.responses.count import Step, count_wave

BEFORE_THE_COMMIT = 0


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
        context = get_context("forkserver")
        context.set_forkserver_preload(["tests.integration.responses.dying"])
        process = context.Process(target=self._count)
        process.start()
        process.join(60)
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
