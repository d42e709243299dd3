"""What may be said about a change: one verdict for every input, or that none may be given."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal, get_args

Verdict = Literal[
    "rose_by_what_matters",
    "rose_maybe_less",
    "rose_slightly",
    "fell_by_what_matters",
    "fell_maybe_less",
    "fell_slightly",
    "about_the_same",
    "cannot_tell",
    "not_comparable",
]
VERDICTS: Final[tuple[Verdict, ...]] = get_args(Verdict)
SIGNIFICANCE: Final = 0.05


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a verdict rests on, all in the units of the outcome.

    Two intervals of the change, the smallest change that matters, and for a primary outcome the
    Holm-adjusted p.
    """

    ci95: tuple[float, float]
    ci90: tuple[float, float]
    smallest_change: float
    holm_p: float | None = None


def verdict_of(evidence: Evidence) -> Verdict:
    """Did it rise, fall, stay about the same, or can we not tell?

    With M the smallest change that matters, the first rule that holds wins (falls mirrored):
      1  CI95 low > M                                rose by what matters
      2  CI95 low > 0 and CI95 includes M            rose, maybe by less than what matters
      3  CI95 low > 0 and CI90 inside -M..M          rose slightly
      4  CI95 includes 0 and CI90 inside -M..M       about the same
      5  otherwise                                   cannot tell
    "Includes" counts the ends, "inside" does not. For a primary outcome a Holm p >= .05 turns
    rules 1-3 into 5.

    Never `not_comparable`: that is for waves whose difference means something else than a change,
    whatever their intervals (`analysis.guard`).

    Assumes that the 90 % interval lies in the 95 % interval, and M > 0. Refuses nothing.
    Reference: Schuirmann (1987), Journal of Pharmacokinetics and Biopharmaceutics 15:657-680, for
    the 90 % interval as two one-sided tests; Lakens (2017), doi 10.1177/1948550617697177.

    >>> verdict_of(Evidence((-0.137, 0.088), (-0.119, 0.070), 0.15))
    'about_the_same'
    >>> verdict_of(Evidence((-0.137, 0.088), (-0.119, 0.070), 0.05))
    'cannot_tell'
    """
    low, high = evidence.ci95
    if low > 0:
        found = _rise(low, high, evidence.smallest_change)
    elif high < 0:
        found = _MIRROR[_rise(-high, -low, evidence.smallest_change)]
    elif _inside(evidence.ci90, evidence.smallest_change):
        return "about_the_same"
    else:
        return "cannot_tell"
    if evidence.holm_p is not None and evidence.holm_p >= SIGNIFICANCE:
        return "cannot_tell"
    return found


_MIRROR: Final[dict[Verdict, Verdict]] = {
    "rose_by_what_matters": "fell_by_what_matters",
    "rose_maybe_less": "fell_maybe_less",
    "rose_slightly": "fell_slightly",
}


def _rise(low: float, high: float, smallest_change: float) -> Verdict:
    """A 95 % interval that ends below M lies inside -M..M, and so does its 90 % interval."""
    if low > smallest_change:
        return "rose_by_what_matters"
    if high >= smallest_change:
        return "rose_maybe_less"
    return "rose_slightly"


def _inside(interval: tuple[float, float], smallest_change: float) -> bool:
    return -smallest_change < interval[0] and interval[1] < smallest_change
