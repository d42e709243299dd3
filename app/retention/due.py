"""When answers are due to be erased. Pure: no database, no clock."""

from __future__ import annotations

import calendar
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING, Final, Literal

from app.initiatives.notice import MONTHS_KEY
from app.initiatives.wave import HOLDS_RESPONSES, TAKES_SHEETS

if TYPE_CHECKING:
    from app.initiatives.tables import Initiative, Wave

# What people wrote in their own words is kept this long after the first report on their wave.
TEXTS_KEPT: Final = timedelta(days=90)
# How long earlier backups are kept once the answers are erased, as logs of a server are.
BACKUPS_KEPT: Final = timedelta(days=30)
_ASKS: Final = TAKES_SHEETS | {"closed", "counting"}

Standing = Literal["nothing", "asks", "unstated", "later", "due", "asked", "approved", "erased"]


def months_after(day: date, months: int) -> date:
    """The same day of the month, or its last day where the month is shorter."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return date(year, month + 1, min(day.day, last))


def answers_due(initiative: Initiative, waves: Sequence[Wave]) -> date | None:
    """None while a wave still asks, where nothing is held, and where no time was stated."""
    months = initiative.notice.get(MONTHS_KEY)
    held = [wave for wave in waves if wave.state in HOLDS_RESPONSES]
    if months is None or not held or still_asks(waves):
        return None
    return months_after(max(held_since(initiative, wave) for wave in held), months)


def held_since(initiative: Initiative, wave: Wave) -> date:
    return wave.counted_at.date() if wave.counted_at else initiative.created_on


def still_asks(waves: Iterable[Wave]) -> bool:
    return any(wave.state in _ASKS for wave in waves)


def texts_due(wave_ids: Iterable[str], first_reports: Mapping[str, date]) -> date | None:
    """The earliest day on which texts of one of these waves are due."""
    days = [first_reports[wave_id] + TEXTS_KEPT for wave_id in wave_ids if wave_id in first_reports]
    return min(days, default=None)


def standing_of(
    initiative: Initiative, waves: Sequence[Wave], erasure: str | None, today: date
) -> Standing:
    """erasure: how far the erasing has come, if it was asked for."""
    is_held = any(wave.state in HOLDS_RESPONSES for wave in waves)
    if erasure in {"asked", "approved"}:
        return "asked" if erasure == "asked" else "approved"
    if not is_held:
        return "erased" if any(wave.state == "erased" for wave in waves) else "nothing"
    if still_asks(waves):
        return "asks"
    due = answers_due(initiative, waves)
    if due is None:
        return "unstated"
    return "due" if due <= today else "later"
