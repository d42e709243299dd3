"""What became of a gap: a word for every verdict on its change."""

from __future__ import annotations

from typing import Final, Literal, get_args

from analysis.verdict import Verdict

Closing = Literal[
    "narrowed",
    "widened",
    "opened",
    "turned",
    "moved",
    "about_the_same",
    "cannot_tell",
    "not_comparable",
]
CLOSINGS: Final[tuple[Closing, ...]] = get_args(Closing)
Interval = tuple[float, float]


def closing_of(verdict: Verdict, before: Interval, after: Interval) -> Closing:
    """Did the gap close, given the verdict on its change?

    before, after: 95 % intervals of the second group less the first. A gap is there where its
    interval leaves 0 out. A change towards the other side of a gap that was there narrowed it, or
    turned it where a gap is there on the other side after; one further to the same side widened it.
    Where none was there before, one opened if it is there after; else the two only moved.

    >>> closing_of("rose_by_what_matters", (-0.9, -0.4), (-0.3, 0.2))
    'narrowed'
    >>> closing_of("fell_slightly", (-0.9, -0.4), (-1.2, -0.7))
    'widened'
    """
    unmoved = _UNMOVED.get(verdict)
    if unmoved:
        return unmoved
    way = 1 if verdict.startswith("rose") else -1
    was, now = _side(before), _side(after)
    if was == way:
        return "widened"
    if was == 0:
        return "opened" if now == way else "moved"
    return "turned" if now == way else "narrowed"


_UNMOVED: Final[dict[Verdict, Closing]] = {
    "about_the_same": "about_the_same",
    "cannot_tell": "cannot_tell",
    "not_comparable": "not_comparable",
}


def _side(interval: Interval) -> int:
    """Of 0: 1 above, -1 below; 0 where the interval holds it."""
    low, high = interval
    return (low > 0) - (high < 0)
