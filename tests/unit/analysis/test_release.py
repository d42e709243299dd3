"""Rules R1, R2 and R4: what is hidden, merged and rounded before anything leaves."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest

from analysis.codebook import Codebook
from analysis.disclosure import release
from analysis.disclosure.collapse import merge_adjacent, merge_others
from analysis.disclosure.rounding import rounded_base
from analysis.refusals import Refusal
from analysis.report import compare_files
from tests.unit.analysis.books import book, number, question, table

Columns = dict[str, Sequence[object]]
TOO_FEW = {"suppressed": "about 10-30 answers, too few to report"}


def _released(codebook: Codebook, before: Columns, after: Columns, **more: Any) -> dict[str, Any]:
    return release(compare_files(codebook, table(before), table(after), **more))


def _spread(n: int) -> list[int]:
    return [1 + i % 5 for i in range(n)]


def _first(n_before: int, n_after: int, **more: Any) -> dict[str, Any]:
    waves = ({"q": _spread(n)} for n in (n_before, n_after))
    comparison: dict[str, Any] = _released(book(question("q")), *waves, **more)["comparisons"][0]
    return comparison


@pytest.mark.parametrize(
    ("n", "hidden"),
    [
        (2, {"suppressed": "fewer than 10 answers"}),
        (9, {"suppressed": "fewer than 10 answers"}),
        (10, TOO_FEW),
        (29, TOO_FEW),
        (30, None),
    ],
)
def test_a_wave_is_hidden_told_as_few_or_shown_by_its_size(
    n: int, hidden: dict[str, str] | None
) -> None:
    comparison = _first(n, 200)
    assert comparison["after"]["n"] == 200
    if hidden is None:
        assert comparison["before"]["n"] == 30
        assert isinstance(comparison["verdict"], str)
    else:
        assert comparison["before"] == hidden
        assert comparison["change"] == {**hidden, "family": "primary"}
        assert comparison["effects"] == {"hedges_g": hidden}
        assert comparison["verdict"] == hidden
        assert "too few answers" in comparison["sentence"]


def test_an_agency_may_raise_the_threshold() -> None:
    hidden = _first(19, 200, plan={"suppress_below": 20})["before"]
    assert hidden == {"suppressed": "fewer than 20 answers"}


@pytest.mark.parametrize("empty", [{"q": [None] * 50}, {"q": [*[None] * 50, 3]}])
def test_no_answer_and_one_answer_are_hidden_like_few(empty: Columns) -> None:
    document = _released(book(question("q")), empty, {"q": _spread(50)})
    comparison = document["comparisons"][0]
    assert comparison["before"] == {"suppressed": "fewer than 10 answers"}
    assert comparison["verdict"] == comparison["before"]
    assert comparison["smallest_change"] == {"suppressed": "it rests on too few answers"}


def test_a_share_that_few_people_chose_or_did_not_choose_is_hidden() -> None:
    codebook = book(question("met", (0, 1), level="binary"))
    for few in ([1] * 9 + [0] * 191, [0] * 9 + [1] * 191):
        comparison = _released(codebook, {"met": few}, {"met": [0, 1] * 100})["comparisons"][0]
        assert "fewer than 10 people" in comparison["before"]["suppressed"]
        assert comparison["after"]["estimate"] == 0.5


def test_answers_that_are_all_alike_are_hidden() -> None:
    mean = _released(book(question("q")), {"q": [4] * 50}, {"q": _spread(50)})["comparisons"][0]
    assert mean["before"] == {"suppressed": "the answers are too much alike to report"}


def test_blocks_that_are_all_alike_have_no_interval_and_are_hidden() -> None:
    columns: Columns = {"met": [0, 0, 1, 1] * 25, "b": [i // 20 for i in range(100)]}
    codebook = book(question("met", (0, 1), level="binary"))
    computed = compare_files(codebook, table(columns), table(columns), plan={"psu": "b"})
    before = computed["comparisons"][0]["before"]
    assert before["estimate"] == 0.5
    assert "every PSU) is the same" in before["ci_low"]["not_estimable"]
    told = release(computed)["comparisons"][0]["before"]
    assert told == {"suppressed": "the answers are too much alike to report"}


def test_a_small_effective_n_is_hidden_as_imprecise() -> None:
    columns: Columns = {"q": _spread(100), "w": [50] * 10 + [1] * 90}
    document = _released(book(question("q")), columns, columns, plan={"weight": "w"})
    assert "low precision" in document["comparisons"][0]["before"]["suppressed"]


@pytest.mark.parametrize(
    ("yes", "n", "shown"), [(12, 30, False), (45, 90, True), (11, 200, True), (10, 400, False)]
)
def test_shares_keep_to_the_interval_rule(yes: int, n: int, *, shown: bool) -> None:
    """12 of 30 is .33 wide; 10 of 400 is .033 wide and shown, 11 of 200 relative to its size."""
    codebook = book(question("met", (0, 1), level="binary"))
    answers = {"met": [1] * yes + [0] * (n - yes)}
    told = _released(codebook, answers, answers)["comparisons"][0]["before"]
    assert ("estimate" in told) is (shown or n == 400)


def test_options_are_merged_until_each_holds_enough_in_both_waves() -> None:
    before = {"q": [1] * 3 + [2] * 40 + [3] * 40 + [4] * 40 + [5] * 40}
    after = {"q": [1] * 30 + [2] * 30 + [3] * 30 + [4] * 38 + [5] * 5}
    waves = _released(book(question("q")), before, after)["distributions"][0]["waves"]
    for wave in waves.values():
        assert [c["codes"] for c in wave["categories"]] == [[1, 2], [3], [4, 5]]
    assert waves["before"]["categories"][0] == {
        "codes": [1, 2],
        "label": {"en": "q 1 / q 2"},
        "n": 45,
        "share": 0.26,
    }


def test_a_distribution_of_one_merged_option_is_hidden() -> None:
    answers = {"q": [1] * 4 + [2] * 40 + [3] * 4}
    document = _released(book(question("q", (1, 2, 3))), answers, answers)
    told = document["distributions"][0]["waves"]["before"]["categories"]
    assert told == {"suppressed": "options chosen by fewer than 10 people"}


def test_a_small_wave_hides_its_distribution_and_not_the_other_ones() -> None:
    document = _released(book(question("q")), {"q": _spread(12)}, {"q": _spread(100)})
    waves = document["distributions"][0]["waves"]
    assert waves["before"] == {"n": TOO_FEW, "categories": TOO_FEW, "missing": TOO_FEW}
    assert [c["n"] for c in waves["after"]["categories"]] == [20] * 5
    assert document["waves"]["before"]["n"] == TOO_FEW


def test_two_small_waves_have_no_distribution() -> None:
    document = _released(book(question("q")), {"q": _spread(12)}, {"q": _spread(12)})
    assert document["distributions"][0]["waves"]["after"]["categories"] == TOO_FEW


def test_few_without_an_answer_are_hidden_zeros_too() -> None:
    answers = {"q": [*_spread(100), *[-1] * 9, *[None] * 12]}
    document = _released(book(question("q", missing=(-1,))), answers, answers)
    missing = document["distributions"][0]["waves"]["before"]["missing"]
    told = {entry["reason"]: entry["n"] for entry in missing}
    few = {"suppressed": "fewer than 10 answers"}
    assert told == {"dont_know": few, "skipped": few, "not_shown": few, "empty": 10}


def test_a_category_is_published_alone_or_not_at_all() -> None:
    who = [1] * 50 + [2] * 40 + [3] * 5 + [4] * 12
    codebook = book(question("who", (1, 2, 3, 4), level="nominal"))
    document = _released(codebook, {"who": who}, {"who": who})
    options = document["distributions"][0]["waves"]["before"]["categories"]
    assert [c["codes"] for c in options] == [[1], [2], [3, 4]]
    shown = {c["share_of"]["codes"][0]: "estimate" in c["before"] for c in document["comparisons"]}
    assert shown == {1: True, 2: True, 3: False, 4: False}


def test_numbers_are_rounded_as_coarsely_as_what_matters() -> None:
    years = {"years": [7 * i % 83 for i in range(203)]}
    later = {"years": [7 * i % 83 + 0.37 for i in range(203)]}
    comparison = _released(book(number("years")), years, later)["comparisons"][0]
    assert comparison["smallest_change"] == 4.8
    assert comparison["before"]["estimate"] == round(comparison["before"]["estimate"], 1)
    assert comparison["before"]["n"] == 205
    assert comparison["change"]["estimate"] == 0.4


def test_subgroups_tell_no_df_se_or_statistic() -> None:
    codebook = book(question("q"), question("age", (1, 2), role="background"))
    columns: Columns = {"q": _spread(200), "age": [1, 2] * 100}
    document = _released(codebook, columns, columns, plan={"subgroups": ["age"]})
    for comparison in document["comparisons"]:
        hidden = "suppressed" in str(comparison["change"]["df"])
        assert hidden is (comparison["group"] is not None)
        for told in (comparison["change"]["se"], comparison["before"]["se"]):
            assert ("suppressed" in str(told)) is hidden


def test_few_blocks_are_told_as_they_are() -> None:
    rng = np.random.default_rng(4)
    waves = [
        {"q": rng.integers(1, 6, 300).tolist(), "b": [f"{wave}{i % 4}" for i in range(300)]}
        for wave in "xy"
    ]
    document = _released(book(question("q")), *waves, plan={"psu": "b"})
    assert document["design"]["psus"] == {"suppressed": "fewer than 10 answers"}
    assert document["comparisons"][0]["change"]["df"] in range(1, 7)


def test_sentences_agree_with_the_rounded_numbers() -> None:
    before, after = _spread(203), [*_spread(160), *[5] * 41]
    document = _released(book(question("q")), {"q": before}, {"q": after})
    mean, share = document["comparisons"]
    for part in (
        f"{mean['before']['estimate']:.2f} before",
        f"{mean['change']['estimate']:.2f} up",
    ):
        assert part in mean["sentence"]
    assert "about 205 answers before, about 200 after" in mean["sentence"]
    assert f"{share['after']['estimate']:.0%} after" in share["sentence"]
    assert f"{100 * share['change']['ci_high']:.1f} points up" in share["sentence"]


def test_what_cannot_be_estimated_stays_so() -> None:
    """Everybody linked and everybody's answer as before: the change has no spread."""
    columns: Columns = {"q": _spread(80), "code": [f"p{i}" for i in range(80)]}
    document = _released(book(question("q")), columns, columns, plan={"person_code": "code"})
    comparison = document["comparisons"][0]
    assert comparison["before"]["estimate"] == 3
    assert "PSU) is the same" in comparison["change"]["not_estimable"]
    assert comparison["verdict"] == {"not_estimable": comparison["change"]["not_estimable"]}
    assert comparison["effects"]["hedges_g"].keys() == {"not_estimable"}


def test_only_a_computed_document_can_be_released() -> None:
    with pytest.raises(Refusal, match="only a computed document"):
        release({"document": "released"})


@pytest.mark.parametrize(
    ("n", "told"), [(0, 0), (2, 0), (2.5, 5), (7, 5), (8, 10), (12.4, 10), (1181, 1180)]
)
def test_bases_are_told_to_the_nearest_five(n: float, told: int) -> None:
    assert rounded_base(n) == told


def test_merging_keeps_to_the_borders_of_published_shares_where_it_can() -> None:
    top = [frozenset({3, 4})]
    counts = [(50,), (40,), (3,), (50,), (40,)]
    assert merge_adjacent(counts, 10, top) == [(0,), (1, 2), (3,), (4,)]
    few_on_top = [(50,), (40,), (30,), (3,), (2,)]
    assert merge_adjacent(few_on_top, 10, top) == [(0,), (1,), (2, 3, 4)]


def test_others_gather_until_they_are_enough() -> None:
    assert merge_others([(50, 60), (40, 9), (30, 30)], 10) == [(0,), (1, 2)]
    assert merge_others([(5,), (6,), (30,), (40,)], 10) == [(2,), (3,), (0, 1)]
    assert merge_others([(20,), (30,)], 10) == [(0,), (1,)]
    assert merge_others([(3,), (4,)], 10) == [(0, 1)]
