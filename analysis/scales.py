"""Scale scores: the mean of the valid answers, when enough items are answered."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from analysis.codebook import Codebook, Scale
from analysis.dataset import FloatArray, Wave
from analysis.refusals import Refusal


def score_scale(answers: FloatArray, needed: int, reverse: Sequence[float | None]) -> FloatArray:
    """Where does each respondent stand on the scale?

    score_i = (sum over answered items j of y_ij) / (number answered), when that number >= needed;
    otherwise missing (NaN). A reversed item enters as (low + high) - y.

    answers: (n respondents, k items), NaN where not answered, on the answer scale.
    needed: answered items asked for; `Scale.answers_needed()` gives it (default: more than half).
    reverse: k entries, low + high of a reversed item's codes, else None.
    Returns (n,) scores on the answer scale.

    Assumes that items of one scale share their direction after reversing. An item that was not
    answered is never zero: summing the answered items over all items had a national before/after
    trust study withdrawn and replaced (Urban Institute, November 2019).
    Refuses: nothing; who answers too little has no score.
    Reference: Fayers, Curran & Machin (1998), Statistics in Medicine 17:679-696, for the half rule.
    Checked against: the five withdrawn-report cases, R case O03b.

    >>> score_scale(np.array([[4.0, 4.0, 4.0, np.nan], [4, 4, np.nan, np.nan]]), 3, [None] * 4)
    array([ 4., nan])
    """
    turned = answers.copy()
    for j, ends in enumerate(reverse):
        if ends is not None:
            turned[:, j] = ends - turned[:, j]
    answered = ~np.isnan(turned)
    count = answered.sum(axis=1)
    total = np.where(answered, turned, 0.0).sum(axis=1)
    enough = (count >= needed) & (count > 0)
    return np.where(enough, total / np.maximum(count, 1), np.nan)


def scale_scores(wave: Wave, scale: Scale, codebook: Codebook) -> FloatArray:
    """One score a respondent of the wave, NaN where there is none; see `score_scale`."""
    answers = turned_answers(wave, scale, codebook)
    return score_scale(answers, scale.answers_needed(), [None] * len(scale.items))


def turned_answers(wave: Wave, scale: Scale, codebook: Codebook) -> FloatArray:
    """(n, k) answers to the scale's items, NaN where there is none, reversed items turned."""
    columns = []
    for item in scale.items:
        if item not in wave.coded:
            raise Refusal(
                f"scale {scale.id!r}: item {item!r} has no coded answers; score coded items"
            )
        answers = wave.coded[item].scores()
        codes = codebook.variable(item).valid_codes
        columns.append(min(codes) + max(codes) - answers if item in scale.reverse else answers)
    return np.column_stack(columns)
