"""One margin, met exactly."""

from __future__ import annotations

import numpy as np

from analysis.dataset import FloatArray
from analysis.refusals import NotEstimable
from analysis.weighting.levels import Target


def poststratify(base: FloatArray, target: Target) -> FloatArray | NotEstimable:
    """Which weights give each level its share of the population?

    w_i = n p_l b_i / sum of b over level l, for row i in level l; the weights average 1.
    base: (n,) b_i > 0, any unit. target: levels (n,) and shares p (k,).
    Assumes that within a level those who answer are like those who do not.
    Refuses (`Refusal`): base weights that are not finite and above zero, rows that do not match.
    Refuses (`NotEstimable`): a level wanted that nobody is in, a level that must vanish with people
    in it.
    Reference: Holt & Smith (1979), JRSS A 142:33-46. Checked against: R `postStratify` (O09b).

    >>> target = Target("sex", ("F", "M"), np.array([0, 0, 0, 1]), np.array([0.5, 0.5]))
    >>> poststratify(np.ones(4), target)
    array([0.66666667, 0.66666667, 0.66666667, 2.        ])
    """
    refused = unreachable(base, target)
    if refused:
        return refused
    present = np.bincount(target.levels, base, len(target.shares))
    factor = np.divide(target.shares, present, out=np.zeros(len(present)), where=present > 0)
    return base * factor[target.levels] * len(base)


def unreachable(base: FloatArray, target: Target) -> NotEstimable | None:
    """Why no positive weights can meet this margin; None when some can."""
    target.check_rows(base)
    count = np.bincount(target.levels, minlength=len(target.shares))
    for label, share, people in zip(target.labels, target.shares, count, strict=True):
        where = f"margin {target.variable!r}, level {label!r}"
        if share > 0 and not people:
            return NotEstimable(
                f"{where}: {100 * share:.3g} % of the population and nobody who answered; merge it "
                "with a neighbour"
            )
        if share == 0 and people:
            return NotEstimable(
                f"{where}: a target of 0 and {people} people who answered; merge it with a "
                "neighbour"
            )
    return None
