"""Two one-sided tests: is any change smaller than what matters, or surely larger?"""

from __future__ import annotations

from dataclasses import dataclass

from analysis.comparisons.contrast import Change
from analysis.probability import t_above
from analysis.refusals import NotEstimable, Refusal


@dataclass(frozen=True, slots=True)
class Equivalence:
    """p_equivalence: how well answers from beyond the margins would fit; small is "about the same".

    p_lower, p_upper: its two parts. p_rise, p_fall: the one-sided p of a rise, or a fall, by more
    than the margin.
    """

    margin: float
    p_lower: float
    p_upper: float
    p_equivalence: float
    p_rise: float
    p_fall: float


def equivalence(change: Change | NotEstimable, margin: float) -> Equivalence | NotEstimable:
    """Is any change smaller than the smallest one that matters?

    p_lower = P(T > (diff + M)/se), p_upper = P(T < (diff - M)/se), p = the larger; it is under .05
    exactly when the 90 % interval lies inside -M..M. A rise by more than M: P(T > (diff - M)/se).
    margin: M > 0, in units of the outcome.
    Assumes the t distribution of the change.
    Refuses (`Refusal`) a margin not above 0; (`NotEstimable`) a change without a test.
    Reference: Schuirmann (1987), Journal of Pharmacokinetics and Biopharmaceutics 15:657-680;
    Lakens (2017), Social Psychological and Personality Science 8:355-362. Checked against: R `pt`
    (O01, O04).
    """
    if margin <= 0:
        raise Refusal(f"equivalence: the margin is {margin}; it must be above zero")
    if isinstance(change, NotEstimable):
        return change
    above_low = t_above((change.estimate + margin) / change.se, change.df)
    below_high = t_above((margin - change.estimate) / change.se, change.df)
    return Equivalence(
        margin=margin,
        p_lower=above_low,
        p_upper=below_high,
        p_equivalence=max(above_low, below_high),
        p_rise=t_above((change.estimate - margin) / change.se, change.df),
        p_fall=t_above((-change.estimate - margin) / change.se, change.df),
    )
