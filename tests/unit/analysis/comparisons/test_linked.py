"""Methods on people who answered twice: against scipy, and where nobody can be compared."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy import stats

from analysis.comparisons.linked import mcnemar as mc
from analysis.comparisons.linked import (
    overlapping_shares,
    overlapping_t,
    paired_t,
    sign_test,
    signed_rank,
)
from analysis.comparisons.linked.attrition import Attrition, attrition
from analysis.comparisons.linked.pairs import Pairs, pairs_of
from analysis.comparisons.means.welch import sample_of, welch
from analysis.comparisons.method import MethodComparison, linked
from analysis.refusals import NotEstimable
from tests.unit.analysis.comparisons.samples import answers_of, likert, normal, people

NOBODY = np.empty(0)
FloatArray = NDArray[np.float64]
PAIRS = st.lists(st.tuples(st.integers(1, 5), st.integers(1, 5)), min_size=2, max_size=60)
SWITCHES = st.tuples(*(st.integers(0, 30) for _ in range(4)))


def _found(found: MethodComparison | NotEstimable) -> MethodComparison:
    assert isinstance(found, MethodComparison), found
    return found


def _columns(pairs: list[tuple[int, int]]) -> tuple[FloatArray, FloatArray]:
    both = np.array(pairs, dtype=float)
    return both[:, 0], both[:, 1]


def test_people_are_matched_by_their_code_in_any_order() -> None:
    values = np.array([1.0, 2, 3, 4, 5, 6])
    person = np.array(["b", "a", "", "a", "b", ""])
    pairs = pairs_of(values, person, np.arange(3), 3 + np.arange(3))
    assert (pairs.before.tolist(), pairs.after.tolist()) == ([2, 1], [4, 5])
    assert (pairs.before_only.tolist(), pairs.after_only.tolist()) == ([3], [6])


def test_a_code_that_stands_twice_in_a_wave_links_nobody() -> None:
    values = np.array([1.0, 2, 3, 4])
    person = np.array(["a", "a", "a", "b"])
    pairs = pairs_of(values, person, np.arange(2), 2 + np.arange(2))
    assert len(pairs.before) == 0
    assert pairs.before_only.tolist() == [1, 2]
    unanswered = pairs_of(np.array([1.0, np.nan, 3, 4]), person, np.arange(2), 2 + np.arange(2))
    assert len(unanswered.before) == 0


def test_an_answer_whose_partner_is_missing_stands_alone() -> None:
    pairs = pairs_of(
        np.array([1.0, 2, np.nan, 4]),
        np.array(["a", "b", "a", "b"]),
        np.arange(2),
        2 + np.arange(2),
    )
    assert (pairs.before.tolist(), pairs.before_only.tolist()) == ([2], [1])
    assert pairs.after_only.tolist() == []


@given(PAIRS)
def test_the_paired_t_test_is_the_one_of_scipy(pairs: list[tuple[int, int]]) -> None:
    before, after = _columns(pairs)
    assume(np.ptp(after - before) > 0)
    found, theirs = _found(paired_t.paired_t(before, after)), stats.ttest_rel(after, before)
    assert found.statistic == pytest.approx(theirs.statistic, rel=1e-9, abs=1e-12)
    assert found.p == pytest.approx(theirs.pvalue, rel=1e-9)
    assert found.figures["dz"] == pytest.approx(theirs.statistic / math.sqrt(len(before)))


def test_people_who_hardly_vary_have_a_size_without_interval() -> None:
    before = np.zeros(2)
    found = _found(paired_t.paired_t(before, np.array([1.0, 1 + 1e-9])))
    assert "dz_low" not in found.figures
    assert found.figures["gz"] == found.figures["dz"]


@pytest.mark.parametrize(
    ("after", "reason"), [([2.0], "1 people answered twice"), ([2.0, 3, 4], "by the same amount")]
)
def test_the_paired_t_test_refuses_moves_that_do_not_vary(after: list[float], reason: str) -> None:
    refused = paired_t.paired_t(np.array([1.0, 2, 3][: len(after)]), np.array(after))
    assert isinstance(refused, NotEstimable)
    assert reason in refused.reason


@pytest.mark.parametrize(("zeros", "theirs"), [("pratt", "pratt"), ("dropped", "wilcox")])
@given(PAIRS)
def test_the_signed_rank_test_is_the_one_of_scipy(
    zeros: signed_rank.Zeros, theirs: str, pairs: list[tuple[int, int]]
) -> None:
    before, after = _columns(pairs)
    assume((after != before).any())
    found = _found(signed_rank.signed_rank(before, after, zeros))
    expected = stats.wilcoxon(
        after, before, zero_method=theirs, correction=False, method="asymptotic"
    )
    assert found.p == pytest.approx(expected.pvalue, rel=1e-9)
    sums = found.counts["rank_sum_of_rises"], found.counts["rank_sum_of_falls"]
    assert min(sums) == expected.statistic


@given(PAIRS)
def test_the_sign_test_is_the_exact_binomial_of_scipy(pairs: list[tuple[int, int]]) -> None:
    before, after = _columns(pairs)
    assume((after != before).any())
    found = _found(sign_test.sign_test(before, after))
    ups, moved = int(found.counts["ups"]), int(found.counts["ups"] + found.counts["downs"])
    assert found.p == pytest.approx(stats.binomtest(ups, moved).pvalue, rel=1e-9)
    assert found.estimate == ups / moved


def test_nobody_who_moved_is_refused() -> None:
    same = np.array([1.0, 2])
    for test in (signed_rank.signed_rank, sign_test.sign_test):
        refused = test(same, same)
        assert isinstance(refused, NotEstimable)
        assert "nobody who answered twice gave another answer" in refused.reason


def _people(switches: tuple[int, int, int, int]) -> tuple[FloatArray, FloatArray]:
    a, b, c, d = switches
    before = np.repeat([1.0, 1, 0, 0], [a, b, c, d])
    return before, np.repeat([1.0, 0, 1, 0], [a, b, c, d])


@given(SWITCHES)
def test_mcnemar_is_the_exact_binomial_less_half_of_what_was_seen(
    switches: tuple[int, int, int, int],
) -> None:
    _, b, c, _ = switches
    assume(b + c > 0)
    found = _found(mc.mcnemar(*_people(switches)))
    exact = stats.binomtest(b, b + c).pvalue
    seen = stats.binom.pmf(min(b, c), b + c, 0.5)
    assert found.figures["p_exact"] == pytest.approx(exact, rel=1e-9)
    assert found.p == pytest.approx(1 - seen if b == c else exact - seen, rel=1e-9)
    assert found.estimate == pytest.approx((c - b) / sum(switches))


@given(SWITCHES)
def test_the_paired_intervals_hold_the_difference_and_mirror_when_waves_are_swapped(
    switches: tuple[int, int, int, int],
) -> None:
    a, b, c, d = switches
    assume(b + c > 0)
    found = _found(mc.mcnemar(*_people(switches)))
    mirrored = _found(mc.mcnemar(*_people((a, c, b, d))))
    assert found.ci95 is not None
    assert mirrored.ci95 is not None
    assert found.ci90 is not None
    assert found.estimate is not None
    low, high = found.ci95
    assert -1 <= low <= found.ci90[0] <= found.estimate <= found.ci90[1] <= high <= 1
    assert mirrored.ci95 == (pytest.approx(-high), pytest.approx(-low))
    assert found.figures["bonett_price_low"] == pytest.approx(
        -mirrored.figures["bonett_price_high"]
    )


def test_where_everyone_switched_the_paired_interval_ends_at_one_and_has_room_below() -> None:
    low, high = mc.newcombe_paired_interval(mc.Switches(0, 50, 0, 0))
    assert low == -1
    assert -1 < high < -0.85


def test_nobody_who_switched_is_refused() -> None:
    refused = mc.mcnemar(*_people((5, 0, 0, 5)))
    assert isinstance(refused, NotEstimable)


def test_those_who_were_lost_are_compared_with_those_who_answered_again() -> None:
    pairs = _overlap(5, 60, 40, 20)
    told = attrition(pairs)
    assert isinstance(told, Attrition)
    assert (told.pairs, told.share_of_before, told.share_of_after) == (60, 0.6, 0.75)
    found = _found(told.lost_less_retained)
    theirs = stats.ttest_ind(pairs.before_only, pairs.before, equal_var=False)
    assert (found.statistic, found.p) == (
        pytest.approx(theirs.statistic),
        pytest.approx(theirs.pvalue),
    )
    assert found.n == (60, 40)


def test_where_nobody_was_lost_there_is_nobody_to_compare() -> None:
    some = np.array([1.0, 2, 3])
    told = attrition(Pairs(some, some, NOBODY, NOBODY))
    assert isinstance(told, Attrition)
    assert told.lost_less_retained == NotEstimable("lost: no answer")
    strangers = attrition(Pairs(NOBODY, NOBODY, some, some))
    assert isinstance(strangers, Attrition)
    assert (strangers.pairs, strangers.share_of_before) == (0, 0)
    assert strangers.lost_less_retained == NotEstimable("retained: no answer")
    assert attrition(Pairs(NOBODY, NOBODY, some, NOBODY)) == NotEstimable("a wave has no answer")


def _overlap(seed: int, both: int, before: int, after: int) -> Pairs:
    rng = np.random.default_rng(seed)
    shared = rng.normal(size=both)
    return Pairs(
        shared + rng.normal(size=both),
        shared + rng.normal(size=both) + 0.4,
        rng.normal(size=before) * 1.4,
        rng.normal(size=after) * 1.4 + 0.4,
    )


def test_with_everyone_linked_the_overlap_test_with_equal_spread_is_nearly_the_paired_one() -> None:
    pairs = _overlap(1, 60, 0, 0)
    found = _found(overlapping_t.overlapping_t(pairs))
    assert found.df == 59
    paired = _found(paired_t.paired_t(pairs.before, pairs.after))
    assert found.statistic == pytest.approx(paired.statistic, rel=1e-9)
    assert found.p == pytest.approx(paired.p, rel=1e-9)


def test_with_two_pairs_among_many_it_is_nearly_welch() -> None:
    pairs = _overlap(2, 2, 900, 800)
    found = _found(overlapping_t.overlapping_t(pairs))
    first = sample_of(np.concatenate([pairs.before, pairs.before_only]))
    second = sample_of(np.concatenate([pairs.after, pairs.after_only]))
    assert not isinstance(first, NotEstimable)
    assert not isinstance(second, NotEstimable)
    apart = _found(welch(first, second))
    assert found.statistic == pytest.approx(apart.statistic, rel=0.01)
    assert found.df == pytest.approx(apart.df, rel=0.01)


def test_equal_spread_pools_both_waves() -> None:
    pairs = _overlap(3, 30, 40, 20)
    first = np.concatenate([pairs.before, pairs.before_only])
    second = np.concatenate([pairs.after, pairs.after_only])
    pooled = (69 * first.var(ddof=1) + 49 * second.var(ddof=1)) / 118
    r = np.corrcoef(pairs.before, pairs.after)[0, 1]
    se = math.sqrt(pooled * (1 / 70 + 1 / 50 - 2 * r * 30 / (70 * 50)))
    found = _found(overlapping_t.overlapping_t(pairs, "equal"))
    assert found.statistic == pytest.approx((second.mean() - first.mean()) / se)
    assert found.df == pytest.approx(29 + (118 - 29) * 60 / 120)


def test_overlaps_without_pairs_or_spread_are_refused() -> None:
    one, some = np.array([1.0]), np.array([1.0, 2, 3])
    refused = overlapping_t.overlapping_t(Pairs(one, one, some, some))
    assert isinstance(refused, NotEstimable)
    assert "1 people answered twice" in refused.reason
    none = np.empty(0)
    refused = overlapping_t.overlapping_t(Pairs(some, some + 1, none, none))
    assert isinstance(refused, NotEstimable)
    assert "do not vary" in refused.reason


def test_pairs_who_all_agree_have_no_correlation() -> None:
    same = np.array([2.0, 2])
    others = np.array([1.0, 3, 5])
    assert isinstance(
        overlapping_t.overlapping_t(Pairs(same, same, others, others)), MethodComparison
    )


def test_shares_with_nobody_in_both_waves_or_no_spread_are_refused() -> None:
    none, ones = np.empty(0), np.ones(3)
    assert overlapping_shares.overlapping_shares(Pairs(none, none, ones, ones)) == NotEstimable(
        "nobody answered twice"
    )
    refused = overlapping_shares.overlapping_shares(Pairs(ones, ones, ones, ones))
    assert isinstance(refused, NotEstimable)
    mixed = np.array([0.0, 1, 1])
    refused = overlapping_shares.overlapping_shares(Pairs(mixed, mixed, none, none))
    assert isinstance(refused, NotEstimable)


@pytest.mark.parametrize("module", [paired_t, signed_rank, sign_test, overlapping_t])
def test_each_linked_method_reads_the_pairs_of_its_answers(module: object) -> None:
    first, second = likert(1, 40), likert(2, 40, 0.6)
    answers = answers_of({"y": first, "c": people(40)}, {"y": second, "c": people(40)})
    method = module.METHOD  # type: ignore[attr-defined] # each of them has one
    assert method.applies(answers) == "yes"
    found = _found(method.compare(answers))
    assert found.n == (40, 40)
    assert found.p is not None


@pytest.mark.parametrize("module", [mc, overlapping_shares])
def test_each_linked_method_of_shares_reads_the_pairs_of_its_answers(module: object) -> None:
    first = [float(i % 3 == 0) for i in range(40)]
    second = [float(i % 2 == 0) for i in range(40)]
    answers = answers_of({"y": first, "c": people(40)}, {"y": second, "c": people(40, 10)})
    method = module.METHOD  # type: ignore[attr-defined] # each of them has one
    assert isinstance(method.compare(answers), MethodComparison)
    assert len(answers.pairs.before) == 30


def test_linked_methods_ask_for_people_who_can_be_recognised_and_count_alike() -> None:
    unlinked = answers_of({"y": normal(1)}, {"y": normal(2)})
    told = linked(unlinked)
    assert isinstance(told, NotEstimable)
    assert "0 people can be recognised" in told.reason
    cells = {"c": people(40), "w": [1.0, 2] * 20}
    weighted = linked(answers_of({"y": normal(1), **cells}, {"y": normal(2), **cells}))
    assert isinstance(weighted, NotEstimable)
    assert "knows no weights" in weighted.reason
