"""The signed-rank test with Pratt's zeros."""

from __future__ import annotations

import math
from typing import Final, Literal

import numpy as np

from analysis.comparisons.method import Answers, Method, MethodComparison, linked
from analysis.comparisons.ranks.midranks import midranks
from analysis.dataset import FloatArray
from analysis.probability import normal_two_sided
from analysis.refusals import NotEstimable

Zeros = Literal["pratt", "dropped"]


def signed_rank(
    before: FloatArray, after: FloatArray, zeros: Zeros = "pratt"
) -> MethodComparison | NotEstimable:
    """Among people who answered twice, do rises outweigh falls when ranked by their size?

    Mid-ranks r of |after - before|; z = (W - sum(r)/2) / sqrt(sum(r^2)/4), W the sum of the ranks
    of rises. `pratt`: those who did not move are ranked with all others and then left out;
    `dropped`: they are left out first (Wilcoxon). No continuity correction.
    before, after: (n,) answers of the same people, without NaN. Positive z: answers rose.
    Assumes moves that are symmetric around their middle where nothing changed.
    Refuses (`NotEstimable`): no pairs, or nobody moved.
    Reference: Pratt (1959), JASA 54:655-667; Wilcoxon (1945), Biometrics Bulletin 1:80-83.
    Checked against: R `coin::wilcoxsign_test` (O04, O04b), scipy on the Sao Paulo panel.
    """
    moved = after - before
    moved = moved[moved != 0] if zeros == "dropped" else moved
    if not moved.any():
        return NotEstimable("nobody who answered twice gave another answer")
    ranks = midranks(np.abs(moved))
    ranked = ranks[moved != 0]
    rises, falls = float(ranks[moved > 0].sum()), float(ranks[moved < 0].sum())
    z = (rises - float(ranked.sum()) / 2) / math.sqrt(float((ranked**2).sum()) / 4)
    return MethodComparison(
        n=(len(before), len(after)),
        p=normal_two_sided(z),
        statistic=z,
        counts={"rank_sum_of_rises": rises, "rank_sum_of_falls": falls},
    )


def _compare(answers: Answers) -> MethodComparison | NotEstimable:
    return signed_rank(answers.pairs.before, answers.pairs.after)


METHOD: Final = Method(
    name="signed_rank",
    question="Among people who answered both times, do rises outweigh falls, ranked by size?",
    reference="Pratt (1959), Journal of the American Statistical Association 54:655-667",
    beside=("scale", "ordinal", "numeric"),
    applies=linked,
    compare=_compare,
    needs_links=True,
)
