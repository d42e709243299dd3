"""What unequal weights cost: how many equal answers are they worth, and when is that too few?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

import numpy as np

from analysis.dataset import FloatArray
from analysis.refusals import Refusal

WARN_ABOVE_DEFF: Final = 1.5
REFUSE_ABOVE_DEFF: Final = 3.0
REFUSE_BELOW_N_EFF: Final = 60.0
_EQUAL: Final = 1e-12
_ALL_EQUAL: Final = "all weights are equal"
_BEARABLE: Final = f"the design effect is not above {WARN_ABOVE_DEFF:g}"
_BENT_FAR: Final = "the answers had to be bent far to fit"
_TOO_FEW: Final = f"fewer than {REFUSE_BELOW_N_EFF:g} are too few for a weighted headline"
_TOO_UNEQUAL: Final = f"a design effect above {REFUSE_ABOVE_DEFF:g} lets a few people speak for all"


@dataclass(frozen=True, slots=True)
class EffectiveSize:
    """n rows, sum of weights, Kish's deff and effective n, cv, and largest over median weight."""

    n: int
    total: float
    deff: float
    n_eff: float
    cv: float
    max_over_median: float


@dataclass(frozen=True, slots=True)
class WeightJudgement:
    """Whether weights may carry a headline: passes, flags (show with a warning) or blocks it.

    `limit` is the rule that was met, without a number of people; `reason` adds the numbers.
    """

    outcome: Literal["passes", "flags", "blocks"]
    reason: str
    limit: str


def check_weights(weights: FloatArray) -> None:
    """Refuses weights that are missing, infinite, zero or negative, or none at all."""
    if weights.ndim != 1 or not len(weights):
        raise Refusal("weights: there is no row; give one weight a respondent")
    bad = np.flatnonzero(~(np.isfinite(weights) & (weights > 0)))
    if bad.size:
        raise Refusal(
            f"weights: row {bad[0]} has the weight {weights[bad[0]]}; a weight is a finite number "
            "above zero: correct it, or drop the row"
        )


def effective_size(weights: FloatArray) -> EffectiveSize:
    """How many equally weighted answers are these worth?

    deff = n sum w^2 / (sum w)^2,  n_eff = n / deff = (sum w)^2 / sum w^2,  cv = sqrt(deff - 1).
    weights: (n,), any unit. Assumes weights unrelated to the outcome: the design effect of the
    weights alone. Refuses (`Refusal`): no rows; weights that are not finite and above zero.
    Reference: Kish (1965), Survey Sampling, section 11.7; Kish (1992), Journal of Official
    Statistics 8:183-200. Checked against: base R in O08a and O09a.

    >>> effective_size(np.array([1.0, 1, 1, 3])).n_eff
    3.0
    """
    check_weights(weights)
    relative = weights / weights.mean()
    deff = float(np.mean(relative**2))
    return EffectiveSize(
        n=len(weights),
        total=float(weights.sum()),
        deff=deff,
        n_eff=len(weights) / deff,
        cv=float(np.std(relative)),
        max_over_median=float(relative.max() / np.median(relative)),
    )


def judge_weights(size: EffectiveSize) -> WeightJudgement:
    """May a weighted headline stand on these weights?

    Blocks when deff > 3 or n_eff < 60: then the weighted and the unweighted figure are both shown,
    and neither as the headline. Flags when deff > 1.5. Equal weights always pass: they change
    nothing. Thresholds: own judgement, and coverage of the interval was simulated from n_eff 60 up.

    >>> judge_weights(effective_size(np.array([1.0] * 99 + [40.0]))).outcome
    'blocks'
    """
    if size.deff <= 1 + _EQUAL:
        return WeightJudgement("passes", _ALL_EQUAL, _ALL_EQUAL)
    cost = f"{size.n} weighted answers are worth {size.n_eff:.0f} (design effect {size.deff:.2f})"
    if size.deff > REFUSE_ABOVE_DEFF:
        return WeightJudgement("blocks", f"{cost}; {_TOO_UNEQUAL}", _TOO_UNEQUAL)
    if size.n_eff < REFUSE_BELOW_N_EFF:
        return WeightJudgement("blocks", f"{cost}; {_TOO_FEW}", _TOO_FEW)
    if size.deff > WARN_ABOVE_DEFF:
        return WeightJudgement("flags", f"{cost}; {_BENT_FAR}", _BENT_FAR)
    return WeightJudgement("passes", cost, _BEARABLE)
