"""Weights kept within bounds, and which margins that leaves unmet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from analysis.dataset import FloatArray
from analysis.refusals import NotEstimable, Refusal
from analysis.weighting.effective_size import check_weights
from analysis.weighting.levels import Target
from analysis.weighting.raking import rake

LOWEST: Final = 0.3
HIGHEST: Final = 3.0
MOST_ROUNDS: Final = 10
# Half of the last digit shown: shares are shown to a tenth of a percentage point.
UNMET_ABOVE: Final = 0.0005
_ROUNDING: Final = 1e-9


@dataclass(frozen=True, slots=True)
class UnmetMargin:
    """A level whose share after trimming is not the one wanted."""

    variable: str
    label: str
    wanted: float
    reached: float


@dataclass(frozen=True, slots=True)
class BoundedWeights:
    """`trimmed_rounds`: how often weights had to be cut; 0 when raking alone stayed in bounds."""

    weights: FloatArray
    trimmed_rounds: int
    unmet: tuple[UnmetMargin, ...]


def trim_strictly(weights: FloatArray, low: float, high: float) -> FloatArray | NotEstimable:
    """Which weights lie within the bounds and keep the total?

    Weights outside move to the nearer bound; what that takes or leaves over is shared equally among
    the weights that were never trimmed, again and again until none lies outside.

    weights: (n,), low and high in the same unit.
    Assumes that a little bias is worth less variance.
    Refuses (`Refusal`): weights that are not finite and above zero; bounds that do not enclose the
    mean, or are not above zero. Refuses (`NotEstimable`): every weight was trimmed and the total is
    still not kept.
    Reference: Potter (1990), Proceedings of the Survey Research Methods Section, ASA, 225-230.
    Checked against: R `survey::trimWeights(strict=TRUE)` (O09b).

    >>> trim_strictly(np.array([0.5, 0.5, 1.0, 4.0]), low=0.3, high=3.0)
    array([0.83333333, 0.83333333, 1.33333333, 3.        ])
    """
    check_weights(weights)
    mean = float(weights.mean())
    if not 0 < low <= mean <= high < np.inf:
        raise Refusal(
            f"trimming: the bounds {low:g} to {high:g} must be above zero and enclose the mean "
            f"weight, {mean:g}"
        )
    trimmed = np.zeros(len(weights), dtype=np.bool_)
    while True:
        bounded = np.clip(weights, low, high)
        outside = bounded != weights
        if not outside.any():
            return weights
        trimmed |= outside
        over = float((weights - bounded).sum())
        if trimmed.all():
            return _all_trimmed(bounded, over)
        weights = np.where(trimmed, bounded, bounded + over / np.count_nonzero(~trimmed))


def _all_trimmed(bounded: FloatArray, over: float) -> FloatArray | NotEstimable:
    if abs(over) <= _ROUNDING * bounded.sum():
        return bounded
    return NotEstimable(
        "trimming: every weight lies at a bound and the total is not kept; use wider bounds"
    )


def rake_within_bounds(
    base: FloatArray,
    targets: Sequence[Target],
    low: float = LOWEST,
    high: float = HIGHEST,
    most_rounds: int = MOST_ROUNDS,
) -> BoundedWeights | NotEstimable:
    """Which weights meet the margins without letting anyone speak for too many?

    Rake; while a weight lies outside low..high times the mean, trim strictly and rake again, at
    most `most_rounds` times; at last trim, and report every level off its target by more than 0.05
    percentage points.

    base: (n,); targets as for `rake`; low and high in means of the weights (0.3 and 3).
    Refuses: as `rake` and `trim_strictly`.
    Reference: Potter (1990); Deville, Sarndal & Sautory (1993), JASA 88:1013-1020, for the idea of
    bounded calibration. Checked against: properties (bounds, total, margins), and O09a and O09b for
    its two steps.

    >>> sex = Target("sex", ("F", "M"), np.array([0, 0, 0, 1]), np.array([0.5, 0.5]))
    >>> rake_within_bounds(np.ones(4), [sex]).trimmed_rounds
    0
    """
    weights = rake(base, targets)
    rounds = 0
    while not isinstance(weights, NotEstimable) and not _within(weights, low, high):
        weights = trim_strictly(weights, low, high)
        if isinstance(weights, NotEstimable) or rounds == most_rounds:
            break
        rounds += 1
        weights = rake(weights, targets)
    if isinstance(weights, NotEstimable):
        return weights
    return BoundedWeights(weights, rounds, _unmet(weights, targets))


def _within(weights: FloatArray, low: float, high: float) -> bool:
    return bool(weights.min() >= low * (1 - _ROUNDING) and weights.max() <= high * (1 + _ROUNDING))


def _unmet(weights: FloatArray, targets: Sequence[Target]) -> tuple[UnmetMargin, ...]:
    return tuple(
        UnmetMargin(target.variable, label, float(wanted), float(reached))
        for target in targets
        for label, wanted, reached in zip(
            target.labels, target.shares, target.shares_under(weights), strict=True
        )
        if abs(reached - wanted) > UNMET_ABOVE
    )
