"""The main analysis once more, on people who answered more of the scale's items."""

from __future__ import annotations

from typing import Final

import numpy as np

from analysis.comparisons.means.again import compare_again
from analysis.comparisons.method import YES, Answers, Fit, Method, MethodComparison
from analysis.refusals import NotEstimable

ALL: Final = 1.0
MOST: Final = 0.8
_ROUNDING: Final = 1e-9


def answered_enough(answers: Answers, share: float) -> MethodComparison | NotEstimable:
    """Does the change stay the same among those who answered this share of the items?

    `compare_waves` on the scores of people who answered at least `share` of the scale's items; all
    others leave the estimate like people without a score.
    Assumes what `compare_waves` assumes. A difference says that leaving items out goes with trust.
    Refuses (`NotEstimable`): fewer than two such people in a wave; what the variance refuses.
    Reference: Fayers, Curran & Machin (1998), Statistics in Medicine 17:679-696. Checked against:
    R, rules .5, 2/3, .8 and 1 (O03b).
    """
    if answers.answered is None:
        return NotEstimable("the outcome is not a scale of several items")
    enough = answers.answered >= share - _ROUNDING
    return compare_again(answers, np.where(enough, answers.values, np.nan))


def _on_a_scale(answers: Answers) -> Fit:
    if answers.answered is None:
        return NotEstimable("the outcome is not a scale of several items")
    return YES


def _all(answers: Answers) -> MethodComparison | NotEstimable:
    return answered_enough(answers, ALL)


def _most(answers: Answers) -> MethodComparison | NotEstimable:
    return answered_enough(answers, MOST)


COMPLETE: Final = Method(
    name="complete_answers",
    question="Did the average change among people who answered every question of the scale?",
    reference="Fayers, Curran & Machin (1998), Statistics in Medicine 17:679-696",
    beside=("scale",),
    applies=_on_a_scale,
    compare=_all,
)
NEARLY_COMPLETE: Final = Method(
    name="nearly_complete_answers",
    question="Did the average change among people who answered four fifths of the scale or more?",
    reference="Fayers, Curran & Machin (1998), Statistics in Medicine 17:679-696",
    beside=("scale",),
    applies=_on_a_scale,
    compare=_most,
)
