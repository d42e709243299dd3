"""Which estimates are hidden, and the words that stand in their place (rules R1 and R2)."""

from __future__ import annotations

from typing import Any, Final

TOO_FEW_TO_REPORT: Final = 30
LEAST_N_EFF: Final = 30
WIDEST_INTERVAL: Final = 0.30
NARROW_INTERVAL: Final = 0.05
WIDEST_RELATIVE_INTERVAL: Final = 1.30
"""NCHS data presentation standards for proportions (Parker et al. 2017, series 2 no. 175)."""


def suppressed(reason: str) -> dict[str, str]:
    return {"suppressed": reason}


def fewer_than(threshold: int) -> dict[str, str]:
    return suppressed(f"fewer than {threshold} answers")


def is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def hidden_base(n: int, threshold: int) -> dict[str, str] | None:
    """R1: what to say instead of a count or anything resting on it; None where it may stand.

    A wave with no answer at all is told like one with a few: zero is a small number too.
    """
    if n < threshold:
        return fewer_than(threshold)
    if n < TOO_FEW_TO_REPORT:
        return suppressed(f"about {threshold}-{TOO_FEW_TO_REPORT} answers, too few to report")
    return None


def hidden_estimate(comparison: dict[str, Any], wave: str, threshold: int) -> dict[str, str] | None:
    """R1 and R2 for one wave's estimate; None where it may be shown."""
    estimate = comparison[wave]
    if "not_estimable" in estimate:
        return fewer_than(threshold)
    reason = hidden_base(estimate["n"], threshold)
    if reason:
        return reason
    chosen = estimate["n_chosen"]
    if chosen is not None and min(chosen, estimate["n"] - chosen) < threshold:
        return suppressed(f"fewer than {threshold} people gave this answer, or any other")
    if not is_number(estimate["se"]):
        return suppressed("the answers are too much alike to report")
    if estimate["n_eff"] < LEAST_N_EFF or _is_wide(comparison, estimate):
        return suppressed("low precision: too imprecise to report")
    return None


def _is_wide(comparison: dict[str, Any], estimate: dict[str, Any]) -> bool:
    if not is_number(estimate["ci_low"]) or not is_number(estimate["ci_high"]):
        return True
    width = estimate["ci_high"] - estimate["ci_low"]
    if comparison["measure"] == "mean":
        if comparison["low"] is None:
            return False
        return bool(width >= WIDEST_INTERVAL * (comparison["high"] - comparison["low"]))
    if width <= NARROW_INTERVAL:
        return False
    relative = width / estimate["estimate"]
    return bool(width >= WIDEST_INTERVAL or relative > WIDEST_RELATIVE_INTERVAL)
