"""The sign test: did more people move up than down?"""

from __future__ import annotations

from typing import Final

import numpy as np

from analysis.comparisons.method import Answers, Method, MethodComparison, linked
from analysis.dataset import FloatArray
from analysis.probability import fair_coin_two_sided
from analysis.refusals import NotEstimable


def sign_test(before: FloatArray, after: FloatArray) -> MethodComparison | NotEstimable:
    """Of the people who answered twice and moved, did more move up than down?

    Exact: ups against a fair coin thrown ups + downs times, two-sided. `estimate` is the share of
    ups; 0.5 means no change. before, after: (n,) answers of the same people, without NaN.
    Assumes people drawn alone and alike, nothing else.
    Refuses (`NotEstimable`): nobody moved.
    Reference: Dixon & Mood (1946), JASA 41:557-566. Checked against: R `binom.test` (O04, O04b).

    >>> sign_test(np.array([1.0, 2, 2, 3]), np.array([2.0, 3, 2, 5])).p
    0.25
    """
    moved = after - before
    ups, downs = int(np.count_nonzero(moved > 0)), int(np.count_nonzero(moved < 0))
    if ups + downs == 0:
        return NotEstimable("nobody who answered twice gave another answer")
    return MethodComparison(
        n=(len(before), len(after)),
        p=fair_coin_two_sided(ups, ups + downs),
        unit="probability",
        estimate=ups / (ups + downs),
        counts={"ups": ups, "downs": downs, "unmoved": len(moved) - ups - downs},
    )


def _compare(answers: Answers) -> MethodComparison | NotEstimable:
    return sign_test(answers.pairs.before, answers.pairs.after)


METHOD: Final = Method(
    name="sign_test",
    question="Of the people who answered both times and moved, which share moved up?",
    reference="Dixon & Mood (1946), Journal of the American Statistical Association 41:557-566",
    beside=("ordinal",),
    applies=linked,
    compare=_compare,
    needs_links=True,
)
