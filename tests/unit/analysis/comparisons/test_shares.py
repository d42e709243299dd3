"""Methods on shares and categories: against scipy, and where there is nothing to compare."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy import stats

from analysis.comparisons.method import MethodComparison
from analysis.comparisons.shares import agresti_caffo, fisher, odds_ratio, pearson, rao_scott
from analysis.comparisons.shares.fisher import TwoShares
from analysis.design import Design
from analysis.refusals import NotEstimable
from tests.unit.analysis.comparisons.samples import answers_of

COUNT = st.integers(0, 60)


def _found(found: MethodComparison | NotEstimable) -> MethodComparison:
    assert isinstance(found, MethodComparison), found
    return found


def _yes(n: int, yes: int) -> list[float]:
    return [1.0] * yes + [0.0] * (n - yes)


@given(COUNT, COUNT, COUNT, COUNT)
def test_fishers_p_is_the_one_of_scipy(a: int, b: int, c: int, d: int) -> None:
    assume(a + b > 0)
    assume(c + d > 0)
    table = TwoShares(a, a + b, c, c + d)
    found = fisher.fisher(table)
    if a + c in {0, a + b + c + d}:
        assert found == NotEstimable("every answer is the same")
        return
    told, theirs = _found(found), stats.fisher_exact([[c, d], [a, b]])
    assert told.p == pytest.approx(theirs.pvalue, rel=1e-9, abs=1e-14)
    if told.estimate is None:
        assert 0 in {a * d, b * c}
    else:
        assert told.estimate == pytest.approx(theirs.statistic)


def test_an_empty_wave_has_no_share_and_a_unanimous_one_no_chance() -> None:
    assert fisher.fisher(TwoShares(3, 3, 4, 4)) == NotEstimable("every answer is the same")
    empty = TwoShares(0, 0, 3, 5)
    assert fisher.fisher(empty) == NotEstimable("a wave has no answer")
    assert agresti_caffo.agresti_caffo(empty) == NotEstimable("a wave has no answer")


def test_agresti_and_caffo_add_a_yes_and_a_no_to_each_wave() -> None:
    found = _found(agresti_caffo.agresti_caffo(TwoShares(3, 10, 7, 10)))
    half = 1.959963984540054 * math.sqrt(2 * (8 / 12) * (4 / 12) / 12)
    assert found.ci95 == (pytest.approx(1 / 3 - half), pytest.approx(1 / 3 + half))
    assert found.estimate == pytest.approx(0.4)
    assert found.p is None


@pytest.mark.parametrize("module", [fisher, agresti_caffo, odds_ratio])
def test_each_method_counts_the_answers_it_is_given(module: Any) -> None:
    answers = answers_of({"y": [*_yes(40, 10), None]}, {"y": _yes(50, 25)})
    found = _found(module.METHOD.compare(answers))
    assert found.n == (40, 50)


def test_an_odds_ratio_of_plain_samples_is_the_one_of_the_table() -> None:
    found = _found(odds_ratio.METHOD.compare(answers_of({"y": _yes(40, 10)}, {"y": _yes(40, 20)})))
    assert found.estimate == pytest.approx(3)
    se = math.sqrt(sum(40 / 39 / n for n in (30, 10, 20, 20)))
    assert found.figures["se_log_odds"] == pytest.approx(se)


@pytest.mark.parametrize(
    ("before", "after", "reason"),
    [
        ({"y": [None, None]}, {"y": [1.0, 0]}, "before: no answer"),
        ({"y": [1.0, 0]}, {"y": [1.0, None]}, "after: one answer only"),
        ({"y": [1.0, 1]}, {"y": [1.0, 0]}, "the odds have no bound"),
        ({"y": [1.0, 0]}, {"y": [0.0, 0]}, "the odds have no bound"),
        (
            {"y": [1.0, 0, 1, 0], "b": list("xxyy")},
            {"y": [1.0, 0, 1, 0], "b": list("vvww")},
            "nothing shows how much answers vary",
        ),
        (
            {"y": [1.0, 0, 0, 0], "b": list("xxxy")},
            {"y": [1.0, 0, 0, 1], "b": list("xxyy")},
            "no degree of freedom",
        ),
    ],
)
def test_odds_that_cannot_be_had_say_why(
    before: dict[str, Any], after: dict[str, Any], reason: str
) -> None:
    told = odds_ratio.METHOD.compare(answers_of(before, after))
    assert isinstance(told, NotEstimable)
    assert reason in told.reason


@given(st.lists(st.tuples(st.integers(1, 40), st.integers(1, 40)), min_size=2, max_size=6))
def test_pearson_is_the_one_of_scipy(counts: list[tuple[int, int]]) -> None:
    table = np.array(counts, dtype=float)
    found = pearson.pearson(table)
    if isinstance(found, NotEstimable):
        assert (stats.contingency.expected_freq(table) < 5).any()
        return
    theirs = stats.chi2_contingency(table, correction=False)
    likelihood = stats.chi2_contingency(table, correction=False, lambda_="log-likelihood")
    assert (found.statistic, found.df) == (pytest.approx(theirs.statistic), theirs.dof)
    assert found.p == pytest.approx(theirs.pvalue)
    assert found.likelihood_ratio == pytest.approx(likelihood.statistic, rel=1e-9, abs=1e-10)
    assert found.cramers_v == pytest.approx(stats.contingency.association(table.astype(int)))


@pytest.mark.parametrize(
    "counts", [[[5.0, 6.0]], [[5.0], [6.0]], [[5.0, 0.0], [6.0, 0.0]], [[0.0, 0.0], [6.0, 7.0]]]
)
def test_a_chi_square_takes_two_categories_and_two_waves(counts: list[list[float]]) -> None:
    refused = pearson.pearson(np.array(counts))
    assert isinstance(refused, NotEstimable)
    assert "two categories" in refused.reason


@pytest.mark.parametrize("counts", [[[1.0, 0], [40, 60]], [[3.0, 3], [3, 3], [40, 40]]])
def test_categories_that_few_chose_have_no_chi_square(counts: list[list[float]]) -> None:
    refused = pearson.pearson(np.array(counts))
    assert isinstance(refused, NotEstimable)
    assert "too few answers in some categories" in refused.reason


def test_the_chi_square_of_answers_counts_them_by_code() -> None:
    before, after = [1.0] * 20 + [2] * 15 + [7] * 10, [1.0] * 10 + [2] * 20 + [7] * 20
    answers = answers_of({"y": before}, {"y": after})
    found = _found(pearson.METHOD.compare(answers))
    theirs = stats.chi2_contingency([[20, 10], [15, 20], [10, 20]], correction=False)
    assert found.statistic == pytest.approx(theirs.statistic)
    few = answers_of({"y": before}, {"y": [1.0, None]})
    assert isinstance(pearson.METHOD.compare(few), NotEstimable)


def test_rao_and_scott_of_plain_samples_is_nearly_pearson() -> None:
    rng = np.random.default_rng(5)
    waves = [{"y": rng.integers(1, 5, 2000).astype(float).tolist()} for _ in range(2)]
    answers = answers_of(*waves)
    second = _found(rao_scott.METHOD.compare(answers))
    plain = _found(pearson.METHOD.compare(answers))
    assert second.p == pytest.approx(plain.p, rel=0.01)
    assert second.df == pytest.approx(3, rel=0.01)
    assert second.figures["p_first_order"] == pytest.approx(plain.p, rel=0.01)


def _table(answers: list[int], waves: list[int], design: Design) -> object:
    return rao_scott.rao_scott(np.array(answers), np.array(waves), np.arange(len(answers)), design)


def test_a_combination_that_nobody_gave_keeps_its_zero() -> None:
    answers = [0, 0, 1, 1, 2, 2, 0, 1, 0, 1, 1, 0]
    wave = [0] * 6 + [1] * 6
    design = answers_of({"y": [1.0] * 6}, {"y": [1.0] * 6}).design
    found = _table(answers, wave, design)
    assert isinstance(found, rao_scott.RaoScott)
    assert found.shares[2].tolist() == pytest.approx([1 / 3, 0])
    assert 0 < found.p < 1


def test_categories_and_groups_without_answers_are_left_out() -> None:
    answers, wave = [0, 0, 3, 3, 0, 3, 3, 3], [0, 0, 0, 0, 2, 2, 2, 2]
    design = answers_of({"y": [1.0] * 4}, {"y": [1.0] * 4}).design
    whole = _table([0 if a == 0 else 1 for a in answers], [w // 2 for w in wave], design)
    found = _table(answers, wave, design)
    assert isinstance(found, rao_scott.RaoScott)
    assert isinstance(whole, rao_scott.RaoScott)
    assert found.p == whole.p


@pytest.mark.parametrize(
    ("answers", "wave"), [([], []), ([1, 1, 1, 1], [0, 0, 1, 1]), ([0, 1, 0, 1], [1, 1, 1, 1])]
)
def test_one_category_or_one_group_has_nothing_to_compare(
    answers: list[int], wave: list[int]
) -> None:
    design = answers_of({"y": [1.0] * 2}, {"y": [1.0] * 2}).design
    refused = _table(answers, wave, design)
    assert isinstance(refused, NotEstimable)
    assert "two categories and two groups" in refused.reason


def test_blocks_that_answer_alike_have_no_variance() -> None:
    cells: dict[str, Any] = {"y": [1.0, 2, 1, 2]}
    same = answers_of({**cells, "b": list("xxyy")}, {**cells, "b": list("vvww")})
    refused = rao_scott.METHOD.compare(same)
    assert isinstance(refused, NotEstimable)
    assert "too few PSUs" in refused.reason


def test_one_block_a_stratum_leaves_no_degree_of_freedom() -> None:
    """Of stratum m nobody answered, so only the lonely block of n is left."""
    before = {"y": [1.0, 2, 1, None, None], "b": list("xxxyz"), "s": list("nnnmm")}
    after = {"y": [2.0, 2, 1, None, None], "b": list("xxxyz"), "s": list("nnnmm")}
    refused = rao_scott.METHOD.compare(answers_of(before, after, "taylor", "adjust"))
    assert isinstance(refused, NotEstimable)
    assert "too few PSUs" in refused.reason
