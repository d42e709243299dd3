"""What the waves of a trend show: over all of them, and each against another."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

from analysis.comparisons.contrast import Change
from analysis.guard import takes_verdict
from analysis.plain import plain
from analysis.refusals import NotEstimable
from analysis.verdict import SIGNIFICANCE, Evidence, verdict_of

TREND_VERDICTS: Final = ("moved", "cannot_tell", "not_comparable")
TrendVerdict = Literal["moved", "cannot_tell", "not_comparable"]
Blocked = tuple[str, ...] | NotEstimable
Refused = dict[str, str]


def verdict_of_trend(entry: Mapping[str, Any], blocked: tuple[str, ...]) -> TrendVerdict | Refused:
    """By the one test of any change, as adjusted: it says nothing of direction or shape.

    entry: as `numbers_of` tells it. blocked: findings that forbid to read a difference of
    neighbouring waves as a change.
    """
    test = entry["omnibus"]
    if "not_estimable" in test:
        return {"not_estimable": test["not_estimable"]}
    if takes_verdict(blocked, entry["family"]):
        return "not_comparable"
    return "moved" if test["p_adjusted"] < SIGNIFICANCE else "cannot_tell"


@dataclass(frozen=True, slots=True)
class Contrasted:
    """Two of the waves (positions), as `compare_trend` finds them.

    blocked: findings that forbid to read their difference as a change, or why it cannot be looked
    at.
    """

    waves: tuple[int, int]
    change: Change | NotEstimable
    p_adjusted: float | None
    blocked: Blocked

    def verdict(self, entry: Mapping[str, Any]) -> Any:
        """By the rules of two waves, Holm over all contrasts of the outcome."""
        change, matters = self.change, entry["smallest_change"]
        if isinstance(change, NotEstimable):
            return plain(change)
        if isinstance(self.blocked, NotEstimable):
            return plain(self.blocked)
        for wave in self.waves:
            spread = entry["waves"][wave]["se"]
            if isinstance(spread, Mapping) and entry["measure"] == "mean":
                return spread
        if isinstance(matters, Mapping):
            return matters
        if takes_verdict(self.blocked, entry["family"]):
            return "not_comparable"
        ci95, ci90 = (change.ci_low, change.ci_high), (change.ci90_low, change.ci90_high)
        return verdict_of(Evidence(ci95, ci90, matters, self.p_adjusted))
