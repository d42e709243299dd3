"""Hands what has gathered in the tally to a thread: nobody who has just answered waits for it."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, Final

from app import clock
from app.errors import AppError

if TYPE_CHECKING:
    from app.collectors.service import FieldedCollector
    from app.responses.tally import FieldworkTally

# In a crowd, a write for each ten sheets cost more than the sheets themselves.
GATHER_SECONDS: Final = 1.0
_log = logging.getLogger("rapport.web")


def note_sheet(tally: FieldworkTally, collector: FieldedCollector) -> None:
    """For the event loop, after the sheet itself is on disk."""
    if tally.note(collector, clock.now()):
        asyncio.get_running_loop().call_later(GATHER_SECONDS, _hand_over, tally)


def _hand_over(tally: FieldworkTally) -> None:
    asyncio.get_running_loop().run_in_executor(None, _write, tally)


def write_last(tally: FieldworkTally) -> None:
    """Before the process ends."""
    _write(tally, is_last=True)


def _write(tally: FieldworkTally, *, is_last: bool = False) -> None:
    """A list that falls behind is told as such, and costs no sheet."""
    try:
        tally.write(is_last=is_last)
    except AppError as failure:
        _log.warning("fieldwork tally: %s", failure.message)
