"""Scale scores: unanswered is never zero."""

from __future__ import annotations

import numpy as np
import pytest

from analysis.codebook import MORE_THAN_HALF, CodebookError, answers_needed
from analysis.dataset import read_wave
from analysis.refusals import Refusal
from analysis.report import compare_files
from analysis.scales import scale_scores, score_scale
from tests.unit.analysis.books import book, number, question, scale, table

NONE = float("nan")
# The withdrawn national trust brief (Urban Institute, 2019): answers, right score, its score.
WITHDRAWN = [
    ([4, 4, 4, 4], 4.0, 4.0),
    ([4, 4, 4, NONE], 4.0, 3.0),
    ([4, 4, NONE, NONE], NONE, 2.0),
    ([NONE, NONE, NONE, NONE], NONE, 0.0),
    ([1, NONE, 5, 3], 3.0, 2.25),
]


@pytest.mark.parametrize(("answers", "right", "as_it_was"), WITHDRAWN)
def test_the_withdrawn_report_is_scored_right(
    answers: list[float], right: float, as_it_was: float
) -> None:
    needed = answers_needed(4, MORE_THAN_HALF)
    scored = score_scale(np.array([answers]), needed, [None] * 4)
    np.testing.assert_array_equal(scored, [right])
    assert np.nansum(answers) / 4 == as_it_was


def test_skipping_more_in_the_second_wave_is_no_change() -> None:
    rng = np.random.default_rng(20191101)
    waves = []
    for skipped in (0.02, 0.12):
        true = rng.integers(1, 6, 4000)
        answers = np.repeat(true[:, None], 4, axis=1).astype(object)
        answers[rng.random(answers.shape) < skipped] = None
        waves.append(table({f"q{i}": answers[:, i].tolist() for i in range(4)}))
    items = [question(f"q{i}") for i in range(4)]
    codebook = book(*items, scales=[scale("trust", [item.id for item in items])])
    comparison = compare_files(codebook, *waves)["comparisons"][0]
    assert comparison["verdict"] == "about_the_same"


@pytest.mark.parametrize(
    ("items", "rule", "needed"),
    [
        *[(4, MORE_THAN_HALF, 3), (5, MORE_THAN_HALF, 3), (6, MORE_THAN_HALF, 4)],
        *[(13, MORE_THAN_HALF, 7), (4, "1/2", 2), (5, "1/2", 3), (3, "2/3", 2)],
        *[(13, "2/3", 9), (6, "2/3", 4), (4, "1", 4), (1, MORE_THAN_HALF, 1)],
    ],
)
def test_the_number_of_answers_needed_is_exact(items: int, rule: str, needed: int) -> None:
    assert answers_needed(items, rule) == needed


@pytest.mark.parametrize("rule", ["half", "0", "4/3", "1/0", "-1/2"])
def test_a_rule_that_is_none_is_refused(rule: str) -> None:
    with pytest.raises(CodebookError, match="min_answered"):
        answers_needed(4, rule)


def test_a_reversed_item_turns_on_its_own_codes() -> None:
    codebook = book(
        question("q1"),
        question("q2", (0, 1, 2)),
        scales=[scale("s", ["q1", "q2"], reverse=("q2",))],
    )
    wave = read_wave("before", table({"q1": [2, 4], "q2": [0, 2]}), codebook)
    assert scale_scores(wave, codebook.scales[0], codebook).tolist() == [2.0, 2.0]


def test_the_same_answers_score_the_same_whatever_the_spread_of_the_wave() -> None:
    answers = np.array([[3.0, 4.0]])
    narrow = score_scale(np.vstack([answers, [[3, 3]]]), 2, [None, None])
    wide = score_scale(np.vstack([answers, [[1, 5]], [[5, 5]]]), 2, [None, None])
    assert narrow[0] == wide[0] == 3.5


def test_a_scale_over_numbers_is_refused() -> None:
    codebook = book(number("years"), scales=[scale("s", ["years"])])
    wave = read_wave("before", "years\n1\n", codebook)
    with pytest.raises(Refusal, match="item 'years' has no coded answers"):
        scale_scores(wave, codebook.scales[0], codebook)


def test_reversed_answers_turn_before_they_are_averaged() -> None:
    scored = score_scale(np.array([[5.0, 1.0], [4.0, NONE]]), 1, [None, 6])
    np.testing.assert_array_equal(scored, [5.0, 4.0])
