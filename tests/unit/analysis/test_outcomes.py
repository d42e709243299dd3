"""Which comparisons a codebook calls for, and which way is good news."""

from __future__ import annotations

from analysis.codebook import TopBox
from analysis.outcomes import ShareOf, outcomes_of
from tests.unit.analysis.books import book, number, question, scale


def test_scales_come_first_with_the_share_of_their_top_box() -> None:
    codebook = book(
        question("q1", favourable=(4, 5)),
        question("q2", favourable=(1, 2)),
        scales=[scale("trust", ["q1", "q2"], reverse=("q2",), top_box=TopBox("q1", (4, 5)))],
    )
    told = [(o.id, o.measure, o.higher_is_favourable) for o in outcomes_of(codebook)]
    assert told == [
        ("trust", "mean", True),
        ("trust", "share", True),
        ("q1", "mean", True),
        ("q1", "share", True),
        ("q2", "mean", False),
        ("q2", "share", True),
    ]


def test_a_scale_of_mixed_or_undeclared_direction_has_none() -> None:
    codebook = book(
        question("q1", favourable=(4, 5)), question("q2"), scales=[scale("s", ["q1", "q2"])]
    )
    assert outcomes_of(codebook)[0].higher_is_favourable is None


def test_a_share_of_unfavourable_codes_is_bad_news_and_of_mixed_codes_neither() -> None:
    item = question("q1", favourable=(4, 5))
    for codes, direction in (((1, 2), False), ((3, 4), None), ((4,), True)):
        codebook = book(item, scales=[scale("s", ["q1"], top_box=TopBox("q1", codes))])
        assert outcomes_of(codebook)[1].higher_is_favourable is direction


def test_an_item_that_declares_nothing_favourable_shows_its_top_box() -> None:
    for codes, top in (((1, 2, 3, 4, 5), (4, 5)), ((1, 2, 3, 4), (3, 4)), ((1, 2, 3), (3,))):
        share = outcomes_of(book(question("q1", codes)))[1]
        assert share.share_of == ShareOf("q1", top)
        assert share.higher_is_favourable is None


def test_yes_is_one_where_no_is_zero_and_where_no_is_two() -> None:
    for codes, yes in (((0, 1), 1), ((1, 2), 1), ((7, 8), 7)):
        outcomes = outcomes_of(book(question("met", codes, level="binary")))
        assert [o.share_of for o in outcomes] == [ShareOf("met", (yes,))]


def test_a_nominal_item_has_a_share_a_category_and_a_number_a_mean() -> None:
    outcomes = outcomes_of(book(question("who", (1, 2, 3), level="nominal"), number("years")))
    assert [(o.id, o.share_of and o.share_of.codes) for o in outcomes] == [
        ("who", (1,)),
        ("who", (2,)),
        ("who", (3,)),
        ("years", None),
    ]


def test_background_and_items_without_options_are_no_outcomes() -> None:
    codebook = book(question("age", role="background"), question("place", ()))
    assert outcomes_of(codebook) == ()
