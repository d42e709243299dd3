"""Partially overlapping samples: some people in both waves, some in one only."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Final, Literal

import numpy as np

from analysis.comparisons.contrast import Change, change_of
from analysis.comparisons.linked.pairs import Pairs
from analysis.comparisons.method import Answers, Method, MethodComparison, comparison_from, linked
from analysis.refusals import NotEstimable

Spread = Literal["unequal", "equal"]

_ROUNDING: Final = 1e-13


def overlapping_t(pairs: Pairs, spread: Spread = "unequal") -> MethodComparison | NotEstimable:
    """Did the mean change, when some people answered twice and others once?

    t = (x2 - x1) / sqrt(s1^2/n1 + s2^2/n2 - 2 r s1 s2 nc/(n1 n2)), means and SDs of all answers of
    a wave, r the correlation in the nc pairs; df = (nc - 1) + (g - nc + 1)(na + nb)/(na + nb + 2nc)
    with g Welch's df and na, nb the answers without partner. `equal`: the pooled SD in place of
    both, g = n1 + n2 - 2.
    Assumes people drawn alone and alike, and links that are missing by chance.
    Refuses (`NotEstimable`): fewer than two pairs; no spread.
    Reference: Derrick, Russ, Toher & White (2017), Journal of Modern Applied Statistical Methods
    16(1):137-157. Checked against: R `Partiallyoverlapping::Partover.test` (O06), the Sao Paulo
    panel.
    """
    both = len(pairs.before)
    if both < 2:  # noqa: PLR2004 - no correlation
        return NotEstimable(f"{both} people answered twice; it takes two or more")
    before = np.concatenate([pairs.before, pairs.before_only])
    after = np.concatenate([pairs.after, pairs.after_only])
    n1, n2 = len(before), len(after)
    v1, v2 = float(before.var(ddof=1)), float(after.var(ddof=1))
    df_apart = n1 + n2 - 2.0
    if spread == "equal":
        v1 = v2 = ((n1 - 1) * v1 + (n2 - 1) * v2) / df_apart
    shared = correlation(pairs) * math.sqrt(v1 * v2) * both / (n1 * n2)
    v = v1 / n1 + v2 / n2 - 2 * shared
    if v <= (_ROUNDING * float(np.abs(before).max() + np.abs(after).max())) ** 2:
        return NotEstimable("the answers, or the moves of those who answered twice, do not vary")
    if spread == "unequal":
        df_apart = (v1 / n1 + v2 / n2) ** 2 / (
            (v1 / n1) ** 2 / (n1 - 1) + (v2 / n2) ** 2 / (n2 - 1)
        )
    alone = n1 + n2 - 2 * both
    df = (both - 1) + (df_apart - both + 1) * alone / (n1 + n2)
    change = change_of(float(after.mean() - before.mean()), math.sqrt(v), df)
    return change if isinstance(change, NotEstimable) else _told(change, (n1, n2), both)


def _told(change: Change, n: tuple[int, int], pairs: int) -> MethodComparison:
    return replace(comparison_from(change, n), counts={"pairs": pairs})


def correlation(pairs: Pairs) -> float:
    one, other = pairs.before - pairs.before.mean(), pairs.after - pairs.after.mean()
    size = math.sqrt(float((one**2).sum()) * float((other**2).sum()))
    return float((one * other).sum()) / size if size > 0 else 0.0


def _compare(answers: Answers) -> MethodComparison | NotEstimable:
    return overlapping_t(answers.pairs)


METHOD: Final = Method(
    name="overlapping_t",
    question=(
        "Did the average change, counting that some people answered both times and others once?"
    ),
    reference="Derrick, Russ, Toher & White (2017), Journal of Modern Applied Statistical Methods "
    "16(1):137-157",
    beside=("scale", "ordinal", "numeric"),
    applies=linked,
    compare=_compare,
    needs_links=True,
)
