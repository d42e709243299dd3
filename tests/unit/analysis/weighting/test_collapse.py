from __future__ import annotations

import numpy as np
import pytest

from analysis.refusals import Refusal
from analysis.weighting.collapse import Collapse, collapse_margin
from analysis.weighting.levels import NOT_GIVEN
from analysis.weighting.margins import Margin


def collapsed(
    shares: list[float],
    *counts: list[int],
    is_ordered: bool = True,
    neighbours: list[tuple[str, ...]] | None = None,
) -> Collapse:
    labels = tuple("abcdefg"[: len(shares)])
    margin = Margin("v", labels, np.array(shares), is_ordered)
    return collapse_margin(margin, [np.array(c) for c in counts], neighbours or [])


def test_levels_large_enough_are_left_alone() -> None:
    kept = collapsed([0.05, 0.95], [30, 500], [40, 30])
    assert kept.groups == ((0,), (1,))
    assert kept.joined == ()


def test_a_small_share_joins_the_smaller_level_beside_it() -> None:
    assert collapsed([0.3, 0.04, 0.2, 0.46], [99] * 4).groups == ((0,), (1, 2), (3,))
    assert collapsed([0.2, 0.04, 0.3, 0.46], [99] * 4).groups == ((0, 1), (2,), (3,))


def test_few_people_in_either_wave_are_enough_to_join_in_both() -> None:
    assert collapsed([0.4, 0.3, 0.3], [99, 29, 99], [99, 99, 99]).groups == ((0,), (1, 2))
    assert collapsed([0.4, 0.3, 0.3], [99, 99, 99], [99, 29, 99]).groups == ((0,), (1, 2))
    # 29 in one wave for each of two levels: together they are enough
    assert collapsed([0.4, 0.3, 0.3], [99, 29, 99], [99, 99, 29]).groups == ((0,), (1, 2))


def test_joining_goes_on_until_every_level_is_large_enough() -> None:
    tiny = collapsed([0.9, 0.04, 0.03, 0.03], [99] * 4)
    assert tiny.groups == ((0,), (1, 2, 3))
    assert tiny.margin.labels == ("a", "b / c / d")
    assert tiny.margin.shares == pytest.approx([0.9, 0.1])
    assert collapsed([0.5, 0.5], [99, 10]).groups == ((0, 1),)


def test_declared_neighbours_come_first() -> None:
    shares = [0.5, 0.3, 0.16, 0.04]
    assert collapsed(shares, [99] * 4, is_ordered=False).groups == ((0,), (1,), (2, 3))
    declared = collapsed(shares, [99] * 4, is_ordered=False, neighbours=[("d", "b", "a")])
    assert declared.groups == ((0,), (1, 3), (2,))
    assert declared.margin.labels == ("a", "b / d", "c")
    assert declared.joined == ("b / d",)


def test_a_declared_neighbour_of_another_level_is_no_reason() -> None:
    assert collapsed([0.3, 0.04, 0.2, 0.46], [99] * 4, neighbours=[("a", "d")]).groups == (
        (0,),
        (1, 2),
        (3,),
    )


def test_old_levels_are_moved_to_new_ones_and_not_given_stays() -> None:
    small = collapsed([0.04, 0.3, 0.66], [99] * 3)
    assert small.levels(np.array([0, 1, 2, NOT_GIVEN, 0])).tolist() == [0, 0, 1, NOT_GIVEN, 0]


def test_a_level_with_nobody_wanted_is_joined() -> None:
    assert collapsed([0.5, 0.5, 0.0], [99, 99, 0]).groups == ((0,), (1, 2))


def test_what_does_not_match_is_refused() -> None:
    with pytest.raises(Refusal, match="counts of \\[3\\] levels for 2"):
        collapsed([0.5, 0.5], [1, 2, 3])
    with pytest.raises(Refusal, match="the neighbour 'z' is none of its levels a, b"):
        collapsed([0.5, 0.5], [99, 99], neighbours=[("a", "z")])
