"""At the edges of the estimators: the smallest df, the smallest wave, numbers of other sizes."""

from __future__ import annotations

import math
from dataclasses import replace
from itertools import pairwise
from typing import Any

import numpy as np
import pytest

from analysis.comparisons.contrast import Change, change_of, contrast
from analysis.comparisons.difference import Effect, Part, comparison_of
from analysis.comparisons.difference_of_means import effects_of_means
from analysis.comparisons.difference_of_shares import effects_of_shares, newcombe_interval
from analysis.dataset import DesignColumns, read_wave
from analysis.design import label_design, label_waves
from analysis.estimates.estimate import Estimate
from analysis.estimates.mean import estimate_mean
from analysis.estimates.share import (
    clopper_pearson_interval,
    estimate_share,
    korn_graubard_interval,
    logit_interval,
    wilson_interval,
)
from analysis.influence import Influence, design_df, is_rounding, mean_influence, psu_totals
from analysis.probability import t_quantile
from analysis.refusals import NotEstimable
from analysis.report import compare_files
from analysis.variance import VARIANCES
from tests.unit.analysis.books import book, number, question, table

NUMBERS = book(number("y"))


def _design(before: list[float], after: list[float], **columns: list[Any]) -> Any:
    roles = {"p": "psu", "w": "weight", "s": "stratum"}
    named = DesignColumns(**{roles[name]: name for name in columns})
    parts = []
    start = 0
    for answers in (before, after):
        end = start + len(answers)
        cells = {"y": answers} | {name: column[start:end] for name, column in columns.items()}
        parts.append(read_wave("wave", table(cells), NUMBERS, named))
        start = end
    design = label_design(parts[0], parts[1], named)
    return np.concatenate([part.numeric["y"].values for part in parts]), design


def _influence(values: Any, design: Any, rows: Any = None) -> Influence:
    found = mean_influence(values, np.arange(design.n_before) if rows is None else rows, design)
    assert isinstance(found, Influence)
    return found


def test_two_answers_are_enough_and_one_is_not() -> None:
    values, design = _design([1, 4], [2, 3])
    assert _influence(values, design).estimate == 2.5
    alone = mean_influence(values, np.array([0]), design)
    assert alone == NotEstimable("one answer only")
    assert mean_influence(values, np.array([], dtype=int), design) == NotEstimable("no answer")


def test_the_spread_of_a_wave_is_that_of_its_answers() -> None:
    values, design = _design([1, 2, 6, 0], [2, 3])
    found = _influence(values, design)
    assert found.sd == pytest.approx(np.std([1, 2, 6, 0], ddof=1), rel=1e-14)
    assert (found.n, found.n_eff, found.n_nonzero) == (4, 4, 3)


@pytest.mark.parametrize("size", [1e-6, 1.0, 1e6])
def test_rounding_is_told_from_spread_at_every_size_of_numbers(size: float) -> None:
    values, design = _design([size, 2 * size, 3 * size], [size, size])
    found = _influence(values, design)
    scale = abs(found.estimate) + found.sd
    assert is_rounding((1e-13 * scale) ** 2, found)
    assert not is_rounding((1.1e-13 * scale) ** 2, found)
    assert not is_rounding((1.9e-13 * scale) ** 2, found)
    assert is_rounding((1.9e-13 * scale) ** 2, found, found)


def test_respondents_who_are_psus_need_no_sum_and_others_do() -> None:
    values, design = _design([1, 2, 6, 0], [2, 3, 4, 1], p=[*"aabb", *"ccdd"])
    totals = psu_totals(_influence(values, design), design)
    assert totals.psu.tolist() == [0, 1]
    assert totals.values.tolist() == pytest.approx([-1.5 / 4, 1.5 / 4 * 1.0])
    plain = _design([1, 2, 6, 0], [2, 3, 4, 1])
    own = _influence(*plain)
    assert psu_totals(own, plain[1]).values is own.values


def test_df_counts_psus_less_strata_whichever_way_is_quicker() -> None:
    _, design = _design([1, 2, 6, 0], [2, 3, 4, 1])
    first, second = np.arange(4), np.arange(4, 8)
    assert design_df([first, second], design) == 6
    assert design_df([first], design) == 3
    assert design_df([first[:2], first[2:]], design) == 3
    _, clustered = _design([1, 2, 6, 0], [2, 3, 4, 1], p=[*"aabb", *"ccdd"])
    assert design_df([first, second], clustered) == 2


@pytest.mark.parametrize(("df", "is_told"), [(0, False), (0.99, False), (1, True), (1.5, True)])
def test_one_degree_of_freedom_is_enough_for_an_interval(df: float, *, is_told: bool) -> None:
    values, design = _design([1, 2, 6, 0], [2, 3])
    found = _influence(values, design)
    told = estimate_mean(found, 0.25, df, design)
    assert (not isinstance(told.ci_low, NotEstimable)) is is_told
    change = change_of(1.0, 0.5, df)
    assert isinstance(change, Change) is is_told
    if isinstance(change, Change):
        assert told.ci_low == pytest.approx(found.estimate - 0.5 * t_quantile(0.975, df))
        assert (change.ci_low, change.statistic) == (
            pytest.approx(1 - 0.5 * t_quantile(0.975, df)),
            2.0,
        )
        assert change.ci90_high == pytest.approx(1 + 0.5 * t_quantile(0.95, df))


@pytest.mark.parametrize("df", [0.5, 1, 7])
def test_a_share_of_blocks_needs_one_degree_of_freedom(df: float) -> None:
    values, design = _design([1, 0, 1, 1], [1, 0, 0, 1], p=[*"aabb", *"ccdd"])
    found = _influence(values, design)
    told = estimate_share(found, 0.02, df, design)
    if df < 1:
        assert told.ci_low == NotEstimable("too few PSUs for an interval")
    else:
        assert (told.ci_low, told.ci_high) == korn_graubard_interval(0.75, 0.02, 4, df)
    assert told.se == pytest.approx(math.sqrt(0.02))
    assert told.n_chosen == 3


def test_a_share_without_variance_over_blocks_has_no_interval() -> None:
    values, design = _design([1, 0, 0, 1], [1, 0, 0, 1], p=[*"aabb", *"ccdd"])
    told = estimate_share(_influence(values, design), 0.0, 1, design)
    assert isinstance(told.ci_low, NotEstimable)
    assert isinstance(told.se, NotEstimable)


@pytest.mark.parametrize("answer", [0, 1])
def test_a_unanimous_share_is_bounded_by_its_blocks(answer: int) -> None:
    values, design = _design([answer] * 4, [1, 0, 0, 1], p=[*"aabb", *"ccdd"])
    told = estimate_share(_influence(values, design), 0.0, 1, design)
    bound = 0.025 ** (1 / 2)
    assert (told.ci_low, told.ci_high) == pytest.approx((bound, 1) if answer else (0, 1 - bound))


def test_a_unanimous_share_of_unequal_weights_is_bounded_by_what_they_are_worth() -> None:
    weights = [1.0, 2.0, 3.0, 4.0]
    values, design = _design([1] * 4, [1, 0, 0, 1], w=[*weights, 1, 1, 1, 1])
    told = estimate_share(_influence(values, design), 0.0, 3, design)
    n_eff = 10**2 / 30
    assert told.ci_low == pytest.approx(0.025 ** (1 / n_eff))


def test_wilson_at_other_levels_and_at_the_ends() -> None:
    z = 1.6448536269514722
    low, high = wilson_interval(0.3, 50, 0.9)
    for end in (low, high):
        assert (end - 0.3) ** 2 == pytest.approx(z**2 * end * (1 - end) / 50, rel=1e-9)
    assert wilson_interval(0.0, 10)[0] == pytest.approx(0, abs=1e-15)
    assert wilson_interval(1.0, 10)[1] == pytest.approx(1, abs=1e-15)
    assert wilson_interval(0.0, 10)[1] > 0.2
    assert wilson_interval(1.0, 10)[0] < 0.8


def test_clopper_pearson_at_other_levels_and_for_parts_of_people() -> None:
    low, high = clopper_pearson_interval(0.5, 2.5, 0.9)
    assert 0 < low < 0.5 < high < 1
    assert clopper_pearson_interval(1.0, 10, 0.9) == (pytest.approx(0.05**0.1), 1.0)
    assert clopper_pearson_interval(0.0, 10, 0.9) == (0.0, pytest.approx(1 - 0.05**0.1))


def test_korn_and_graubard_at_another_level_is_clopper_pearson_on_their_n() -> None:
    p, variance, n, df = 0.3, 0.004, 80, 12.0
    ratio = t_quantile(0.95, n - 1) / t_quantile(0.95, df)
    worth = p * (1 - p) / variance * ratio**2
    assert korn_graubard_interval(p, variance, n, df, 0.9) == clopper_pearson_interval(
        p, worth, 0.9
    )


def test_the_logit_interval_is_even_about_the_log_odds() -> None:
    low, high = logit_interval(0.2, 0.001, 20, 0.9)
    odds = [math.log(x / (1 - x)) for x in (low, 0.2, high)]
    half = t_quantile(0.95, 20) * math.sqrt(0.001) / (0.2 * 0.8)
    assert odds[2] - odds[1] == pytest.approx(half, rel=1e-9)
    assert odds[1] - odds[0] == pytest.approx(half, rel=1e-9)


def test_newcombe_turns_round_with_the_waves() -> None:
    low, high = newcombe_interval((0.9, 30), (0.4, 70))
    assert newcombe_interval((0.4, 70), (0.9, 30)) == (pytest.approx(-high), pytest.approx(-low))


@pytest.mark.parametrize("sizes", [(2, 5), (30, 8)])
def test_hedges_g_is_d_with_his_correction_and_weighted_g_treats_the_sd_as_known(
    sizes: tuple[int, int],
) -> None:
    rng = np.random.default_rng(5)
    samples = [rng.normal(size=n) + i for i, n in enumerate(sizes)]
    values, design = _design(samples[0].tolist(), samples[1].tolist())
    before = _influence(values, design)
    after = _influence(values, design, np.arange(sizes[0], sum(sizes)))
    df = sum(sizes) - 2
    pooled = sum((n - 1) * np.var(x, ddof=1) for n, x in zip(sizes, samples, strict=True)) / df
    d = (samples[1].mean() - samples[0].mean()) / math.sqrt(pooled)
    j = math.exp(math.lgamma(df / 2) - math.lgamma((df - 1) / 2)) / math.sqrt(df / 2)
    change = Change(after.estimate - before.estimate, 1, 5, 0, 0.5, -2, 3, -1, 2)
    (g,) = effects_of_means(before, after, change, design).values()
    assert isinstance(g, Effect)
    assert g.estimate == pytest.approx(j * d, rel=1e-12)
    weights = [1.0 + i % 2 for i in range(sum(sizes))]
    weighted = _design(samples[0].tolist(), samples[1].tolist(), w=weights)[1]
    (known,) = effects_of_means(before, after, change, weighted).values()
    assert isinstance(known, Effect)
    told = (known.estimate, known.ci_low, known.ci_high)
    sd = math.sqrt(pooled)
    assert told == pytest.approx((d, -2 / sd, 3 / sd), rel=1e-12)


@pytest.mark.parametrize("gap", [5e3, 1e9])
def test_waves_far_apart_have_no_interval_of_g(gap: float) -> None:
    """At 5000 standard deviations only one end of the interval can be had, further away neither."""
    values, design = _design([0.0, 1.0], [gap, gap + 1])
    after = _influence(values, design, np.arange(2, 4))
    change = Change(gap * math.sqrt(0.5), 1, 5, 0, 0.5, -2, 3, -1, 2)
    (g,) = effects_of_means(_influence(values[:4], design), after, change, design).values()
    assert g == NotEstimable("the waves lie too many standard deviations apart")


def test_g_needs_both_a_change_and_answers_that_vary() -> None:
    values, design = _design([1, 2, 6, 0], [2, 3, 4, 1])
    before, after = _influence(values, design), _influence(values, design, np.arange(4, 8))
    none = NotEstimable("no test")
    change = Change(1.0, 1, 5, 0, 0.5, -2, 3, -1, 2)
    alike = [replace(one, sd=0.0) for one in (before, after)]
    for told in (
        effects_of_means(before, after, none, design),
        effects_of_means(*alike, change, design),
    ):
        assert isinstance(told["hedges_g"], NotEstimable)
    little = [replace(one, sd=1e-3) for one in (before, after)]
    assert isinstance(effects_of_means(*little, change, design)["hedges_g"], Effect)


@pytest.mark.parametrize("variance", VARIANCES)
def test_a_change_of_three_waves_keeps_its_signs(variance: str) -> None:
    cells = [{"y": [1, 2, 6, 0, i]} for i in range(3)]
    parts = [read_wave("wave", table(wave), NUMBERS) for wave in cells]
    design = label_waves(parts, ("a", "b", "c"), DesignColumns())
    values = np.concatenate([part.numeric["y"].values for part in parts])
    rows = np.split(np.arange(15), 3)
    found = [_influence(values, design, part) for part in rows]
    covariance = VARIANCES[variance].covariance(found, design)
    assert not isinstance(covariance, NotEstimable)
    expected = [np.var([1, 2, 6, 0, i], ddof=1) / 5 for i in range(3)]
    assert covariance.diagonal().tolist() == pytest.approx(expected, rel=1e-12)
    assert np.count_nonzero(covariance - np.diag(covariance.diagonal())) == 0


def test_a_wave_with_one_answer_says_which_wave() -> None:
    codebook = book(question("a"))
    for texts, words in (
        (('a\n1\n""\n', "a\n1\n2\n"), "before: one answer only"),
        (("a\n1\n2\n", 'a\n1\n""\n'), "after: one answer only"),
    ):
        change = compare_files(codebook, *texts)["comparisons"][0]["change"]
        assert change["not_estimable"] == words


def test_a_mean_that_does_not_vary_has_no_se_and_no_interval() -> None:
    values, design = _design([2, 2, 2], [1, 3])
    found = _influence(values, design)
    told = estimate_mean(found, 0.0, 2, design)
    assert isinstance(told.se, NotEstimable)
    assert isinstance(told.ci_low, NotEstimable)
    assert isinstance(told.ci_high, NotEstimable)
    assert estimate_mean(found, 1.0, 2, design).se == 1.0


def _three(answers: list[list[float]], **columns: list[str]) -> tuple[list[Influence], Any]:
    roles = DesignColumns(psu="p") if columns else DesignColumns()
    cells = [{"y": wave} | {n: c[: len(wave)] for n, c in columns.items()} for wave in answers]
    parts = [read_wave("wave", table(wave), NUMBERS, roles) for wave in cells]
    design = label_waves(parts, ("a", "b", "c"), roles)
    values = np.concatenate([part.numeric["y"].values for part in parts])
    ends = np.cumsum([0, *design.wave_sizes])
    rows = [np.arange(a, b) for a, b in pairwise(ends)]
    return [_influence(values, design, part) for part in rows], design


def test_the_df_of_a_contrast_weigh_each_wave_by_its_coefficient() -> None:
    found, design = _three([[1, 2, 6, 0, 3], [1, 9, 6, 0, 3, 4], [5, 5, 6, 4]])
    change = contrast(found, (-1.0, 0.5, 0.5), design, VARIANCES["jackknife"])
    assert isinstance(change, Change)
    v = [c**2 * one.sd**2 / one.n for c, one in zip((-1, 0.5, 0.5), found, strict=True)]
    df = sum(v) ** 2 / sum(x**2 / (one.n - 1) for x, one in zip(v, found, strict=True))
    assert (change.se, change.df) == (pytest.approx(math.sqrt(sum(v))), pytest.approx(df))


def test_a_contrast_of_answers_that_are_all_alike_is_refused() -> None:
    found, design = _three([[2, 2, 2], [5, 5, 5], [5, 5, 5]])
    told = contrast(found, (-1.0, 0.5, 0.5), design, VARIANCES["taylor"])
    assert isinstance(told, NotEstimable)
    assert "every answer" in told.reason


def test_a_contrast_that_one_block_carries_is_refused_by_the_jackknife() -> None:
    found, design = _three([[1, 2, 3, 4]] * 3, p=["a", "a", "b", "b"])
    alone = replace(found[0], rows=found[0].rows[:2], values=found[0].values[:2])
    one = replace(alone, shares=np.array([0.5, 0.5]))
    told = contrast([one, found[1]], (-1.0, 1.0), design, VARIANCES["jackknife"])
    assert told == NotEstimable("one PSU holds all the answers")


def test_a_wave_that_one_block_carries_has_no_estimate() -> None:
    codebook, plan = book(question("a")), {"psu": "p", "variance": "jackknife"}
    before = table({"a": [1, 2, None, None], "p": [*"xxyy"]})
    after = table({"a": [1, 2, 3, 4], "p": [*"vvww"]})
    told = compare_files(codebook, before, after, plan=plan)["comparisons"][0]
    assert told["before"] == {"not_estimable": "one PSU holds all the answers"}
    assert told["change"]["not_estimable"] == "one PSU holds all the answers"
    assert told["after"]["estimate"] == 2.5


def test_the_rounding_of_equal_answers_is_no_variance_of_a_wave() -> None:
    values, design = _design([1.3] * 4, [1, 2, 6, 0])
    before, after = _influence(values, design), _influence(values, design, np.arange(4, 8))
    change = Change(1.0, 1, 5, 0, 0.5, -2, 3, -1, 2)
    parts = Part(before, 1e-32, 3), Part(after, 1e-20, 3)
    told = comparison_of(*parts, change, design, (estimate_mean, effects_of_means))
    assert isinstance(told.before, Estimate)
    assert isinstance(told.before.se, NotEstimable)
    assert isinstance(told.after, Estimate)
    assert told.after.se == pytest.approx(1e-10)


def test_the_effect_of_a_share_is_newcombe_or_the_interval_of_the_design() -> None:
    answers: tuple[list[float], list[float]] = ([1, 0, 0, 0], [1, 1, 1, 0])
    change = Change(0.5, 1, 5, 0, 0.5, -2, 3, -1, 2)
    plain = _design(*answers)
    blocks = _design(*answers, p=[*"aabb", *"ccdd"])
    told = []
    for (values, design), one in ((plain, change), (blocks, change), (blocks, NotEstimable("no"))):
        before, after = _influence(values, design), _influence(values, design, np.arange(4, 8))
        told.append(effects_of_shares(before, after, one, design)["risk_difference"])
    ends = newcombe_interval((0.25, 4), (0.75, 4))
    assert told[0] == Effect(0.5, *ends, "newcombe")
    assert told[1] == Effect(0.5, -2, 3, "design_t")
    assert told[2] == NotEstimable("no")


def test_no_rounding_takes_a_share_or_its_interval_beyond_everyone() -> None:
    values, design = _design([1, 1, 1, 1], [1, 0, 0, 1])
    told = estimate_share(replace(_influence(values, design), estimate=1 + 2e-16), 0.0, 3, design)
    assert told.estimate == 1
    assert max(wilson_interval(1.0, n)[1] for n in range(1, 100)) <= 1


def test_one_of_ten_has_the_exact_lower_bound_of_one() -> None:
    low, _ = clopper_pearson_interval(0.1, 10)
    assert low == pytest.approx(1 - 0.975**0.1)
