"""The attacker, on tables that can be worked by hand."""

from __future__ import annotations

import pytest

from analysis.disclosure.audit.attacker import Attack, narrow
from analysis.disclosure.audit.bases import in_proportion, rests_on
from analysis.disclosure.audit.knowledge import Knowledge
from analysis.disclosure.audit.leaks import values_left
from analysis.disclosure.rounding import rounded_base, window
from analysis.refusals import Refusal

HIDDEN = ("hidden",)


def _three_groups(*, shown: tuple[tuple[float, float], ...], whole: tuple[float, float]) -> Attack:
    known = Knowledge()
    known.count(("all",), *whole)
    names = [("shown", i) for i in range(len(shown))]
    for name, ends in zip(names, shown, strict=True):
        known.count(name, *ends)
    known.count(HIDDEN)
    known.whole(("all",), [*names, HIDDEN])
    return Attack(known, [HIDDEN])


def test_all_less_the_shown_groups_is_the_hidden_one() -> None:
    attack = _three_groups(shown=((147, 147), (148, 148)), whole=(300, 300))
    assert narrow([attack]) == [{HIDDEN: (5, 5)}]


def test_rounding_leaves_as_many_values_as_its_windows_add_up_to() -> None:
    """305 less 145 less 150, each two more or fewer."""
    attack = _three_groups(shown=(window(145), window(150)), whole=window(305))
    assert narrow([attack]) == [{HIDDEN: (4, 16)}]


def test_a_second_hidden_group_hides_the_first() -> None:
    known = _three_groups(shown=((147, 147),), whole=(300, 300)).known
    known.count(("beside",))
    known.facts.clear()
    known.whole(("all",), [("shown", 0), ("beside",), HIDDEN])
    assert narrow([Attack(known, [HIDDEN])]) == [{HIDDEN: (0, 153)}]


def test_a_share_tells_of_a_count() -> None:
    """Half of 100 all in all, 0.6 of the 60 who are shown: 14 of the 40 others, give or take."""
    known = Knowledge()
    for name, n in (("all", 100), ("shown", 60), ("others", 40)):
        known.count((name,), n, n)
        known.count((name, "yes"), 0, n)
    known.whole(("all", "yes"), [("shown", "yes"), ("others", "yes")])
    known.share([("all", "yes")], ("all",), 0.495, 0.505)
    known.share([("shown", "yes")], ("shown",), 0.595, 0.605)
    assert narrow([Attack(known, [("others", "yes")])]) == [{("others", "yes"): (14, 14)}]


def test_attacks_are_made_together_and_do_not_touch() -> None:
    first = _three_groups(shown=((10, 10),), whole=(15, 15))
    second = _three_groups(shown=((10, 10),), whole=(40, 40))
    nothing = Attack(Knowledge(), [])
    assert narrow([first, nothing, second]) == [{HIDDEN: (5, 5)}, {}, {HIDDEN: (30, 30)}]
    assert narrow([nothing]) == [{}]


def test_no_end_is_sought_further_than_is_asked() -> None:
    known = Knowledge()
    known.count(HIDDEN, 0, 50)
    ((low, high),) = narrow([Attack(known, [HIDDEN])], enough=9)[0].values()
    assert low == 0
    assert 9 <= high <= 50


def test_knowledge_that_contradicts_itself_is_refused() -> None:
    with pytest.raises(Refusal, match="audit"):
        narrow([_three_groups(shown=((20, 20),), whole=(15, 15))])


@pytest.mark.parametrize(
    ("interval", "left"), [((0, 9), 10), ((0, 400), 10), ((3, 12), 7), ((-2, 8), 9), ((5, 5), 1)]
)
def test_a_number_known_to_be_under_ten_has_that_many_values_left(
    interval: tuple[int, int], left: int
) -> None:
    assert values_left(interval, 10) == left


@pytest.mark.parametrize("n", range(10, 60))
def test_a_window_holds_what_is_rounded_to_it_and_nothing_else(n: int) -> None:
    low, high = window(rounded_base(n))
    assert low <= n <= high
    assert rounded_base(low - 1) != rounded_base(n) != rounded_base(high + 1)


@pytest.mark.parametrize("missing", range(25))
def test_two_bases_never_differ_by_a_few_people(missing: int) -> None:
    told = rests_on(300 - missing, 300, 10)
    assert 300 - told == (0 if missing < 10 else missing)


def test_counts_within_a_base_add_up_to_it_as_it_is_told() -> None:
    assert [in_proportion(n, 292, 300, 10) for n in (146, 146)] == [150, 150]
    assert [in_proportion(n, 280, 300, 10) for n in (140, 140)] == [140, 140]
