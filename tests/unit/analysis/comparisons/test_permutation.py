"""The permutation test: against counting every deal, against scipy, and what it refuses."""

from __future__ import annotations

import itertools
import math
from typing import Any

import numpy as np
import pytest
from scipy import stats

from analysis.comparisons.means.permutation import METHOD, Dealt, permutation
from analysis.comparisons.method import MethodComparison
from analysis.refusals import NotEstimable
from tests.unit.analysis.comparisons.samples import answers_of, normal, people


def _found(found: MethodComparison | NotEstimable) -> MethodComparison:
    assert isinstance(found, MethodComparison), found
    return found


def _welch(before: list[float], after: list[float]) -> float:
    return float(stats.ttest_ind(after, before, equal_var=False).statistic)


def test_it_counts_how_many_deals_lie_as_far_apart() -> None:
    before, after = [1.0, 2, 4, 3.5], [3.0, 5, 6, 4.4, 7]
    every = before + after
    seen = _welch(before, after)
    larger = []
    for chosen in itertools.combinations(range(9), 5):
        dealt = [every[i] for i in chosen]
        rest = [every[i] for i in range(9) if i not in chosen]
        larger.append(abs(_welch(rest, dealt)) >= abs(seen) - 1e-9)
    found = _found(METHOD.compare(answers_of({"y": before}, {"y": after})))
    assert found.statistic == pytest.approx(seen)
    exact = np.mean(larger)
    assert found.p == pytest.approx(exact, abs=4 * math.sqrt(exact / 4999))


def test_one_seed_gives_one_p_and_another_seed_another() -> None:
    waves = {"y": normal(1, 20)}, {"y": normal(2, 20, 0.5)}
    first, again = (_found(METHOD.compare(answers_of(*waves))).p for _ in range(2))
    other = _found(METHOD.compare(answers_of(*waves, seed=7))).p
    assert first == again
    assert first != other
    assert first == pytest.approx(other, abs=0.03)


def test_whole_blocks_are_dealt_and_only_inside_their_stratum() -> None:
    """In stratum n all blocks are high, in m low: a deal across strata would see more spread."""
    rng = np.random.default_rng(3)
    waves = [
        {
            "y": [(5 if i % 8 < 4 else 0) + lift + rng.normal() * 0.1 for i in range(32)],
            "b": [f"{lift}{i % 8}" for i in range(32)],
            "s": ["n" if i % 8 < 4 else "m" for i in range(32)],
        }
        for lift in (0, 1)
    ]
    found = _found(METHOD.compare(answers_of(*waves)))
    assert found.p == pytest.approx(2 / math.comb(8, 4) ** 2, abs=3e-3)
    loose = [{key: w[key] for key in ("y", "b")} for w in waves]
    assert (_found(METHOD.compare(answers_of(*loose))).p or 0) > 0.2


def test_weights_enter_the_means() -> None:
    cells: dict[str, Any] = {"w": [1.0, 2, 3, 4] * 5}
    answers = answers_of({"y": normal(1, 20), **cells}, {"y": normal(2, 20, 1), **cells})
    found = _found(METHOD.compare(answers))
    means = [np.average(normal(s, 20, lift), weights=cells["w"]) for s, lift in ((1, 0), (2, 1))]
    parts = []
    for (s, lift), mean in zip(((1, 0), (2, 1)), means, strict=True):
        u = np.array(cells["w"]) * (np.array(normal(s, 20, lift)) - mean) / 50
        parts.append(20 / 19 * (u**2).sum())
    assert found.statistic == pytest.approx((means[1] - means[0]) / math.sqrt(sum(parts)))


def test_many_cards_are_dealt_in_blocks_with_the_same_outcome() -> None:
    rng = np.random.default_rng(5)
    n = 900
    wave = np.repeat([0, 1], [n - 20, 20])
    cards = Dealt(wave, np.zeros(n, dtype=np.int64), np.ones(n), rng.normal(size=n))
    told = permutation(cards, np.random.default_rng(1))
    assert not isinstance(told, NotEstimable)
    theirs = stats.ttest_ind(cards.outcome[wave == 1], cards.outcome[wave == 0], equal_var=False)
    assert told[0] == pytest.approx(theirs.statistic)
    assert told[1] == pytest.approx(theirs.pvalue, abs=0.05)


def test_a_deal_without_spread_counts_as_far_apart_only_if_its_means_differ() -> None:
    """Of the three deals of two equal pairs, one has no spread in either wave: t has no bound."""
    found = _found(METHOD.compare(answers_of({"y": [1.0, 2]}, {"y": [1.0, 2]})))
    assert (found.statistic, found.p) == (0, 1)
    far = _found(METHOD.compare(answers_of({"y": [1.0, 1, 2]}, {"y": [2.0, 2, 1]})))
    assert far.p is not None
    assert 0.9 < far.p <= 1


@pytest.mark.parametrize(
    ("before", "after", "reason"),
    [
        ({"y": [None, None]}, {"y": [1.0, 2]}, "a wave has no answer"),
        ({"y": [2.0, 2]}, {"y": [2.0, 2]}, "is the same"),
        ({"y": [1.0, 1]}, {"y": [2.0, 2]}, "is the same"),
        (
            {"y": [1.0, 2], "s": ["n", "n"]},
            {"y": [1.0, 2], "s": ["m", "m"]},
            "there is nothing to shuffle",
        ),
    ],
)
def test_what_cannot_be_dealt_says_why(
    before: dict[str, Any], after: dict[str, Any], reason: str
) -> None:
    refused = METHOD.compare(answers_of(before, after))
    assert isinstance(refused, NotEstimable)
    assert reason in refused.reason


def test_it_is_there_for_few_answers_in_waves_apart() -> None:
    few = answers_of({"y": normal(1, 29)}, {"y": normal(2, 300)})
    assert METHOD.applies(few) == "yes"
    many = METHOD.applies(answers_of({"y": normal(1, 30)}, {"y": normal(2, 30)}))
    assert isinstance(many, NotEstimable)
    assert "needs no shuffling" in many.reason
    cells = {"c": people(20)}
    shared = METHOD.applies(
        answers_of({"y": normal(1, 20), **cells}, {"y": normal(2, 20), **cells})
    )
    assert isinstance(shared, NotEstimable)
    assert "both waves" in shared.reason
