from __future__ import annotations

import re

import numpy as np
import pytest

from analysis.dataset import CodedColumn
from analysis.refusals import NotEstimable, Refusal
from analysis.weighting.levels import (
    NOT_GIVEN,
    Target,
    levels_of,
    one_group_or_more,
    share_not_given,
    target_of_wave,
)
from analysis.weighting.poststratification import poststratify

HALF = np.array([0.5, 0.5])


def test_every_kind_of_missing_answer_is_not_given() -> None:
    column = CodedColumn((1, 2, -2, -3), 2, np.array([0, 1, 2, 3, 4], dtype=np.int8))
    assert levels_of(column).tolist() == [0, 1, NOT_GIVEN, NOT_GIVEN, NOT_GIVEN]


def test_who_ticks_several_groups_is_two_or_more() -> None:
    ticked = np.array([[1, 0, 0], [0, 0, 1], [1, 0, 1], [1, 1, 1], [0, 0, 0]], dtype=bool)
    assert one_group_or_more(ticked).tolist() == [0, 2, 3, 3, NOT_GIVEN]


def test_not_given_keeps_its_base_weighted_share_and_the_rest_share_what_is_left() -> None:
    levels = np.array([0, 0, 1, NOT_GIVEN])
    base = np.array([1.0, 1, 1, 2])
    target = target_of_wave("sex", ("F", "M"), levels, HALF, base)
    assert target.labels == ("F", "M", "not given")
    assert target.shares == pytest.approx([0.3, 0.3, 0.4])
    weights = poststratify(base, target)
    assert not isinstance(weights, NotEstimable)
    # by hand: F and M share 60 % evenly, the silent person keeps 40 % of a total of 4
    assert weights == pytest.approx([0.6, 0.6, 1.2, 1.6])


def test_the_balance_among_those_who_said_is_that_of_the_population() -> None:
    """Weighting with 'not given' as a level, then looking at the others alone."""
    levels = np.repeat([0, 1, 2, NOT_GIVEN], [50, 30, 20, 15])
    shares = np.array([0.2, 0.3, 0.5])
    target = target_of_wave("age", ("a", "b", "c"), levels, shares, np.ones(115))
    weights = poststratify(np.ones(115), target)
    assert not isinstance(weights, NotEstimable)
    said = [weights[levels == level].sum() for level in range(3)]
    assert np.array(said) / sum(said) == pytest.approx(shares)
    assert weights[levels == NOT_GIVEN].sum() / 115 == pytest.approx(15 / 115)


def test_where_everybody_said_there_is_no_extra_level() -> None:
    target = target_of_wave("sex", ("F", "M"), np.array([0, 1]), HALF, np.ones(2))
    assert target.labels == ("F", "M")


@pytest.mark.parametrize(
    ("labels", "levels", "shares", "message"),
    [
        (("F",), [0], [0.5, 0.5], "1 levels and 2 targets"),
        (("F", "M"), [0], [1.5, -0.5], "level 'M': the target is -0.5"),
        (("F", "M"), [0], [np.nan, 1], "level 'F': the target is nan"),
        (("F", "M"), [0], [0.5, 0.4], "add up to 0.9, not 1"),
        (("F", "M"), [0, 2], [0.5, 0.5], "row 1 has the level 2, and there are 2"),
        (("F", "M"), [-1, 0], [0.5, 0.5], "row 0 has the level -1"),
    ],
)
def test_a_target_that_makes_no_sense_is_refused(
    labels: tuple[str, ...], levels: list[int], shares: list[float], message: str
) -> None:
    with pytest.raises(Refusal, match=re.escape(message)):
        Target("sex", labels, np.array(levels), np.array(shares))


def test_rows_that_do_not_belong_together_are_refused() -> None:
    with pytest.raises(Refusal, match="3 levels and 2 base weights"):
        share_not_given(np.array([0, 1, 1]), np.ones(2))
    with pytest.raises(Refusal, match="'sex': 2 levels and 3 base weights"):
        Target("sex", ("F", "M"), np.array([0, 1]), HALF).check_rows(np.ones(3))
    with pytest.raises(Refusal, match="row 1 has the weight 0"):
        share_not_given(np.array([0, 1]), np.array([1.0, 0.0]))
