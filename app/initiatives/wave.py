"""The life of a wave: which event may follow which state. Pure: no database, no clock."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final, Literal, get_args

from app.errors import BadInput, Conflict, Phrase

WaveState = Literal[
    "draft", "open", "closing", "closed", "counting", "counted", "imported", "erased"
]
WaveKind = Literal["baseline", "follow_up"]

STATES: Final[tuple[WaveState, ...]] = get_args(WaveState)
TAKES_SHEETS: Final[frozenset[WaveState]] = frozenset({"open", "closing"})
HOLDS_RESPONSES: Final[frozenset[WaveState]] = frozenset({"counted", "imported"})
SETTLED: Final[frozenset[WaveState]] = HOLDS_RESPONSES | {"erased"}

# Sheets that a phone could not send wait in its queue: most arrive within two days, and the form
# they were written on is honoured for three (reference: form tokens are kept 72 hours).
USUAL_GRACE: Final = timedelta(hours=48)
LONGEST_GRACE: Final = timedelta(hours=72)


class TooEarly(Conflict):
    """Refused now, and right a moment later."""


@dataclass(frozen=True, slots=True)
class WaveLife:
    """Where a wave stands. Each event returns the life that follows, or raises Conflict."""

    kind: WaveKind
    state: WaveState = "draft"
    opened_at: datetime | None = None
    closed_at: datetime | None = None
    grace_ends_at: datetime | None = None
    counted_at: datetime | None = None

    def open(self, now: datetime) -> WaveLife:
        self._require("be_opened", "draft")
        return replace(self, state="open", opened_at=now)

    def close(self, now: datetime, grace: timedelta = USUAL_GRACE) -> WaveLife:
        """Nobody new is asked; a sheet that waits on a phone is taken until the grace ends."""
        self._require("be_closed", "open")
        if not timedelta(0) <= grace <= LONGEST_GRACE:
            raise BadInput("waves.grace", grace=grace, most=LONGEST_GRACE // timedelta(hours=1))
        closed_at = _not_before(now, self.opened_at)
        return replace(self, state="closing", closed_at=closed_at, grace_ends_at=closed_at + grace)

    def end_grace(self, now: datetime) -> WaveLife:
        """No sheet is taken any more. At the very moment the grace ends, it has ended."""
        self._require("end_grace", "closing")
        if self.grace_ends_at is not None and now < self.grace_ends_at:
            raise TooEarly("waves.grace_runs", until=f"{self.grace_ends_at:%Y-%m-%d %H:%M}")
        return replace(self, state="closed")

    def claim_count(self) -> WaveLife:
        """A worker that died while counting is followed by another, which claims again."""
        self._require("be_counted", "closed", "counting")
        return replace(self, state="counting")

    def finish_count(self, now: datetime) -> WaveLife:
        self._require("end_count", "counting")
        return replace(self, state="counted", counted_at=_not_before(now, self.grace_ends_at))

    def import_baseline(self) -> WaveLife:
        """Answers gathered before Rapport came stand in for a wave that nobody could open."""
        self._require("be_imported", "draft")
        if self.kind != "baseline":
            raise Conflict("waves.only_baseline")
        return replace(self, state="imported")

    def erase(self) -> WaveLife:
        """Its answers are gone for good; when it was asked and what was published stays."""
        self._require("be_erased", "counted", "imported")
        return replace(self, state="erased")

    def _require(self, asked: str, *allowed: WaveState) -> None:
        if self.state not in allowed:
            raise Conflict(
                "waves.cannot",
                asked=Phrase(f"waves.cannot_{asked}"),
                now=Phrase(f"waves.now_{self.state}"),
                instead=Phrase(f"waves.instead_{self.state}"),
            )


def _not_before(now: datetime, earlier: datetime | None) -> datetime:
    """A server clock that was set back must not turn the order of a wave's moments around."""
    return now if earlier is None else max(now, earlier)
