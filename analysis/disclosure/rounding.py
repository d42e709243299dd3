"""How exact a published number may be."""

from __future__ import annotations

import math
from typing import Any, Final

from analysis.disclosure.rules import fewer_than, is_number

BASE: Final = 5
PERCENT: Final = 2
POINTS: Final = 3
ON_A_SCALE: Final = 2
P: Final = 3


def rounded_base(n: float) -> int:
    """To the nearest 5, halves up: a base that tells of no single person."""
    return BASE * math.floor(n / BASE + 0.5)


def window(told: int) -> tuple[int, int]:
    """The least and the most people that are told as this base.

    >>> window(145)
    (143, 147)
    """
    return told - BASE // 2, told + BASE // 2


def rounded_or_hidden(n: float, threshold: int) -> int | dict[str, str]:
    """A base, or what stands in its place when it is small."""
    return fewer_than(threshold) if n < threshold else rounded_base(n)


def level_decimals(comparison: dict[str, Any]) -> int:
    """Percentages whole; means to two decimals, or as coarse as what matters on other numbers."""
    return PERCENT if comparison["measure"] == "share" else _mean_decimals(comparison)


def change_decimals(comparison: dict[str, Any]) -> int:
    """Changes of shares to a tenth of a point, of means as the means themselves."""
    return POINTS if comparison["measure"] == "share" else _mean_decimals(comparison)


def _mean_decimals(comparison: dict[str, Any]) -> int:
    matters = comparison["smallest_change"]
    if comparison["low"] is not None or isinstance(matters, dict):
        return ON_A_SCALE
    return max(0, 1 - math.floor(math.log10(matters)))


def rounded(value: Any, decimals: int) -> Any:
    """Numbers rounded; anything else (a refusal) as it stands."""
    return round(value, decimals) if is_number(value) else value
