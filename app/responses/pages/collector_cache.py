"""Collectors as they were at most a second ago, so that a busy page seldom asks the database."""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from starlette.concurrency import run_in_threadpool

from app.collectors.service import FieldedCollector, load_collector
from app.db import Database
from app.errors import NotFound, Unavailable

FRESH_SECONDS: Final = 1.0
LONGEST_READ_SECONDS: Final = 2.5
LONGEST_LOOK_SECONDS: Final = 0.5  # whether a known collector is still the same
KEPT: Final = 256


@dataclass(frozen=True, slots=True)
class _Known:
    collector: FieldedCollector
    seen: float


class CollectorCache:
    """Belongs to one event loop. Who asks while a collector is being read waits for that read."""

    def __init__(self, database: Database, now: Callable[[], float] = time.monotonic) -> None:
        self._database = database
        self._now = now
        self._known: OrderedDict[str, _Known] = OrderedDict()
        self._reads: dict[str, asyncio.Task[FieldedCollector]] = {}

    async def get(self, public_id: str) -> FieldedCollector:
        """Raises NotFound. While the database is down or hangs, what was last seen still stands."""
        known = self._known.get(public_id)
        if known is not None and self._now() - known.seen < FRESH_SECONDS:
            self._known.move_to_end(public_id)
            return known.collector
        most = LONGEST_READ_SECONDS if known is None else LONGEST_LOOK_SECONDS
        try:
            return await asyncio.wait_for(asyncio.shield(self._read(public_id)), most)
        except (Unavailable, TimeoutError) as failure:
            if known is None:
                raise Unavailable("answers.survey_unread") from failure
            self._known[public_id] = _Known(known.collector, self._now())
            return known.collector

    def _read(self, public_id: str) -> asyncio.Task[FieldedCollector]:
        if public_id not in self._reads:
            read = asyncio.create_task(self._read_anew(public_id))
            read.add_done_callback(lambda _: self._reads.pop(public_id, None))
            self._reads[public_id] = read
        return self._reads[public_id]

    async def _read_anew(self, public_id: str) -> FieldedCollector:
        asked = self._now()
        try:
            collector = await run_in_threadpool(self._load, public_id)
        except NotFound:
            self._known.pop(public_id, None)  # deleted: it does not come back with a lost database
            raise
        known = self._known.get(public_id)
        if known is not None and known.collector == collector:
            collector = known.collector  # what was made of it stays good
        self._known[public_id] = _Known(collector, asked)
        self._known.move_to_end(public_id)
        while len(self._known) > KEPT:
            self._known.popitem(last=False)
        return collector

    def _load(self, public_id: str) -> FieldedCollector:
        with self._database.reading() as session:
            return load_collector(session, public_id)
