"""Hands what has gathered in the tally to a thread: nobody who has just answered waits for it."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

from app import clock
from app.errors import AppError

if TYPE_CHECKING:
    from app.collectors.service import FieldedCollector
    from app.responses.tally import FieldworkTally

_log = logging.getLogger("rapport.web")


def note_sheet(tally: FieldworkTally, collector: FieldedCollector) -> None:
    """For the event loop, after the sheet itself is on disk."""
    if tally.note(collector, clock.now()):
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
