"""Which estimates are hidden, and the words that stand in their place (rules R1 and R2)."""

from __future__ import annotations

from typing import Any, Final

TOO_FEW_TO_REPORT: Final = 30
LEAST_N_EFF: Final = 30
FEWEST_VALUES: Final = 10
"""A hidden count must be left this many possible values by all that is published (rule R5)."""
SMALL_GROUP: Final = 50
ALIKE: Final = 0.95
"""Rule R3: of a group under 50, 95 % or more gave one answer."""
WIDEST_INTERVAL: Final = 0.30
NARROW_INTERVAL: Final = 0.05
WIDEST_RELATIVE_INTERVAL: Final = 1.30
"""NCHS data presentation standards for proportions (Parker et al. 2017, series 2 no. 175)."""


def suppressed(reason: str) -> dict[str, str]:
    return {"suppressed": reason}


def fewer_than(threshold: int) -> dict[str, str]:
    return suppressed(f"fewer than {threshold} answers")


def few_chose(threshold: int) -> dict[str, str]:
    return suppressed(f"fewer than {threshold} people gave this answer, or any other")


TOLD_TOGETHER: Final = suppressed("it, or a group beside it, is too small to be told apart")
LOW_PRECISION: Final = suppressed("low precision: too imprecise to report")
BESIDE: Final = suppressed("not told, so that a smaller number beside it stays hidden")


def is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def hidden_base(n: int, threshold: int) -> dict[str, str] | None:
    """R1: what to say instead of a count or anything resting on it; None where it may stand.

    A wave with no answer at all is told like one with a few: zero is a small number too.
    """
    if n < threshold:
        return fewer_than(threshold)
    if n < TOO_FEW_TO_REPORT:
        if TOO_FEW_TO_REPORT - threshold < FEWEST_VALUES:
            return suppressed(f"fewer than {TOO_FEW_TO_REPORT} answers, too few to report")
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
    return _hidden_statistic(comparison, estimate, threshold)


def _hidden_statistic(
    comparison: dict[str, Any], estimate: dict[str, Any], threshold: int
) -> dict[str, str] | None:
    chosen = estimate["n_chosen"]
    if chosen is not None and min(chosen, estimate["n"] - chosen) < threshold:
        return few_chose(threshold)
    if not is_number(estimate["se"]) or _are_alike(comparison, estimate):
        return suppressed("the answers are too much alike to report")
    if estimate["n_eff"] < LEAST_N_EFF or _is_wide(comparison, estimate):
        return LOW_PRECISION
    return None


def _are_alike(comparison: dict[str, Any], estimate: dict[str, Any]) -> bool:
    """R3: answers a step apart of which 95 % are one answer spread by .95 x .05 and no more.

    Shares need no such rule: of fewer than 50 people 5 % are fewer than the threshold.
    """
    if comparison["measure"] == "share" or estimate["n"] >= SMALL_GROUP:
        return False
    return bool(estimate["se"] ** 2 * estimate["n_eff"] <= ALIKE * (1 - ALIKE))


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
