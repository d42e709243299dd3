"""Keeps a claimed job alive while its work is being done, and tells the work when to stop."""

from __future__ import annotations

import threading
from datetime import timedelta
from types import TracebackType
from typing import Final, Self

from app import clock
from app.db import Database
from app.errors import Unavailable
from app.jobs.service import LEASE, ClaimedJob, heartbeat

BEATS_IN_A_LEASE: Final = 4
TELL_SECONDS: Final = 1.0


class Interrupted(Exception):
    """The work must stop here: the worker is asked to end, or another has taken the job over."""


class KeptLease:
    """Renews the lease from a thread of its own, so that long work needs no care.

    `say` only leaves the words for that thread: the work may hold the one write transaction.
    """

    def __init__(
        self,
        database: Database,
        job: ClaimedJob,
        stop: threading.Event,
        lease: timedelta = LEASE,
    ) -> None:
        self.is_lost = False
        self._database = database
        self._job = job
        self._stop = stop
        self._lease = lease
        self._progress: str | None = None
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._beat, name="heartbeat", daemon=True)

    def say(self, progress: str) -> None:
        """Tell how far the work is. Raises Interrupted where the work must stop."""
        self._progress = progress
        if self.is_lost or self._stop.is_set():
            raise Interrupted

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _traceback: TracebackType | None,
    ) -> None:
        self._ended.set()
        self._thread.join()

    def _beat(self) -> None:
        between_beats = self._lease / BEATS_IN_A_LEASE
        tick = min(between_beats.total_seconds(), TELL_SECONDS)
        next_beat = clock.now() + between_beats
        told: str | None = None
        while not self._ended.wait(tick) and not self.is_lost:
            progress, now = self._progress, clock.now()
            if progress == told and now < next_beat:
                continue
            try:
                self.is_lost = not heartbeat(self._database, self._job, now, progress, self._lease)
            except Unavailable:
                continue  # the lease holds for a while yet: the next tick tries again
            told, next_beat = progress, now + between_beats
