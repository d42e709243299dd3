"""How many sheets came: by way in and by day, in two lists that nothing joins.

Counted in memory and written later, some at a time, in transactions of their own: beside no sheet,
and the two lists never together. A process that is killed forgets a few; the sheets are all there.
"""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from threading import Lock
from typing import TYPE_CHECKING, Final, Literal
from zoneinfo import ZoneInfo

from app.responses import store

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from app.collectors.service import FieldedCollector
    from app.db import Database

TallyList = Literal["way_in", "calendar"]
# Never one sheet at a time. Not the same number: a batch of one list is no batch of the other.
AT_ONCE: Final[dict[TallyList, int]] = {"way_in": 10, "calendar": 15}
LEAST_TOLD: Final = 10
COUNT_STEP: Final = 5

_Pending = dict[tuple[str, str, TallyList], Counter[str]]


class FieldworkTally:
    """Belongs to one web process."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._pending: _Pending = {}
        self._is_awaited = False
        self._lock = Lock()

    def note(self, collector: FieldedCollector, now: datetime) -> bool:
        """One more sheet is stored. True when enough have gathered for a write to be planned."""
        day = now.astimezone(ZoneInfo(collector.initiative.time_zone)).date().isoformat()
        wave = collector.agency_id, collector.wave_id
        with self._lock:
            self._of(wave, "way_in")[collector.collector_id] += 1
            self._of(wave, "calendar")[day] += 1
            if self._is_awaited:
                return False
            totals = ((self._of(wave, name).total(), most) for name, most in AT_ONCE.items())
            self._is_awaited = any(total >= most for total, most in totals)
            return self._is_awaited

    def _of(self, wave: tuple[str, str], name: TallyList) -> Counter[str]:
        key = (*wave, name)
        if key not in self._pending:
            self._pending[key] = Counter()
        return self._pending[key]

    def write(self, *, is_last: bool = False) -> None:
        """Write what has gathered; `is_last`: also where it is only a few."""
        with self._lock:
            self._is_awaited = False
            ready = [
                key
                for key, counted in self._pending.items()
                if is_last or counted.total() >= AT_ONCE[key[2]]
            ]
            taken = {key: self._pending.pop(key) for key in ready}
        for (agency_id, wave_id, name), counted in taken.items():
            own = self._database.acting_as("rapport_staff", agency_id)
            with own.writing() as session:
                store.add_to_tally(session, (agency_id, wave_id), name, counted)


def told_tally(session: Session, agency_id: str, wave_id: str, name: TallyList) -> dict[str, int]:
    """One of the lists, rounded to five; entries under ten are there with 0."""
    counted = store.tally_of(session, (agency_id, wave_id), name)
    return {entry: told_count(n) or 0 for entry, n in sorted(counted.items())}


def told_count(n: int) -> int | None:
    """To the nearest five; None for fewer than ten."""
    return None if n < LEAST_TOLD else COUNT_STEP * round(n / COUNT_STEP)
