"""On which side of the initiative's first day a wave is asked: told to staff, never refused."""

from __future__ import annotations

from datetime import datetime, time
from typing import TYPE_CHECKING, Final, Literal
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from app.initiatives.tables import Initiative, Wave

_TO_COME_OR_OPEN: Final = frozenset({"draft", "open"})
Warned = Literal["early", "late", "still_open", "ends_late"]


def wrong_side(
    wave: Wave, initiative: Initiative, at: datetime, ends_at: datetime | None
) -> Warned | None:
    """An after wave that opens before the first day, or a before wave that reaches into it.

    `at` is when the wave opens, or now where it is open; `ends_at` is planned. An initiative whose
    first day is not known warns of none.
    """
    if initiative.starts_on is None or wave.state not in _TO_COME_OR_OPEN:
        return None
    begins = datetime.combine(initiative.starts_on, time.min, ZoneInfo(initiative.time_zone))
    if wave.kind == "follow_up":
        return "early" if wave.state == "draft" and at < begins else None
    if at >= begins:
        return "late" if wave.state == "draft" else "still_open"
    return "ends_late" if ends_at is not None and ends_at > begins else None
