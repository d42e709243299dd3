"""What was left out, said instead, ticked down, copied or rushed is found where it matters."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

import numpy as np
import pytest

from analysis.guard import CHECKS
from analysis.guard.answers.identical_sheets import check_identical_sheets, surplus_copies
from analysis.guard.answers.missing_answers import check_missing_answers
from analysis.guard.answers.straight_lines import check_straight_lines, contradicting_lines
from analysis.guard.answers.stuffing import check_stuffing, stuffed_sheets
from analysis.guard.answers.too_fast import check_too_fast, too_fast_sheets
from analysis.guard.answers.unsaid import check_unsaid
from analysis.guard.finding import Finding
from analysis.guard.flagged import doubted_sheets
from tests.unit.analysis.books import book, number, question, scale
from tests.unit.analysis.guard.pairs import pair_of, paradata

ITEMS: Final = tuple("abcdefgh")
Cells = dict[str, list[Any]]


def _drawn(seed: int, n: int) -> Cells:
    rng = np.random.default_rng(seed)
    return {item: rng.integers(1, 6, n).tolist() for item in ITEMS}


def _only(findings: Iterable[Finding]) -> Finding:
    (finding,) = findings
    return finding


@pytest.mark.parametrize(
    ("missing", "level"), [((0, 10), "flags"), ((10, 10), "passes"), ((4, 10), "flags")]
)
def test_missing_answers_are_flagged_above_10_percent_or_5_points_apart(
    missing: tuple[int, int], level: str
) -> None:
    waves = [{"q": [None] * n + [3] * (100 - n)} for n in missing]
    found = _only(check_missing_answers(pair_of(waves[0], waves[1], book(question("q")))))
    assert found.level == level
    if level == "flags":
        assert found.about is not None
        assert found.about.id == "q"
        assert [found.numbers[w].n for w in ("before", "after")] == list(missing)
        assert found.numbers["after"].share == pytest.approx(0.10)
    else:
        assert found.numbers == {"items": 1}


def test_just_above_10_percent_is_flagged() -> None:
    wave = {"q": [None] * 11 + [3] * 89}
    assert _only(check_missing_answers(pair_of(wave, wave, book(question("q"))))).level == "flags"


def test_those_who_were_not_shown_a_question_did_not_leave_it_out() -> None:
    wave = {"q": [-4] * 50 + [3] * 50}
    assert _only(check_missing_answers(pair_of(wave, wave, book(question("q"))))).level == "passes"


def test_a_question_that_nobody_of_a_wave_was_shown_is_not_looked_at() -> None:
    before, after = {"q": [3] * 20, "n": [1] * 20}, {"q": [-4] * 20, "n": [-4] * 20}
    pair = pair_of(before, after, book(question("q"), number("n")))
    assert list(check_missing_answers(pair)) == []


def test_missing_numbers_count_too_and_background_does_not() -> None:
    codebook = book(number("n"), question("age", (1, 2), role="background"))
    wave = {"n": [None] * 20 + [7] * 20, "age": [None] * 40}
    found = _only(check_missing_answers(pair_of(wave, wave, codebook)))
    assert found.about is not None
    assert found.about.id == "n"


def test_weights_carry_the_share_and_not_the_count() -> None:
    wave = {"q": [None] * 10 + [3] * 90, "w": [9] * 10 + [1] * 90}
    found = _only(
        check_missing_answers(pair_of(wave, wave, book(question("q")), plan={"weight": "w"}))
    )
    assert (found.numbers["before"].n, found.numbers["before"].share) == (10, 0.5)


@pytest.mark.parametrize(("code", "kind"), [(-1, "dont_know"), (-2, "prefer_not_to_say")])
def test_a_shift_of_what_is_not_said_is_flagged_with_its_own_test(code: int, kind: str) -> None:
    codebook = book(*(question(item, missing=(-1, -2)) for item in "pq"))
    calm = {"p": [3] * 200, "q": [code] * 10 + [3] * 190}
    loud = {"p": [3] * 200, "q": [code] * 50 + [3] * 150}
    found = [f for f in check_unsaid(pair_of(calm, loud, codebook)) if f.id == kind]
    finding = _only(found)
    assert finding.level == "flags"
    assert finding.about is not None
    assert finding.about.id == "q"
    assert finding.numbers["p"] < 0.001
    assert [finding.numbers[w].share for w in ("before", "after")] == [0.05, 0.25]


def test_what_is_not_said_passes_where_chance_or_2_points_explain_it() -> None:
    codebook = book(question("p", missing=(-1,)), question("q", missing=(-1,)), question("r"))
    before = {"p": [-1] * 2 + [3] * 38, "q": [3] * 40, "r": [3] * 40}
    after = {"p": [-1] * 5 + [3] * 35, "q": [3] * 40, "r": [3] * 40}
    found = list(check_unsaid(pair_of(before, after, codebook)))
    assert [(f.id, f.level, f.numbers) for f in found] == [("dont_know", "passes", {"items": 2})]


def test_what_is_not_said_needs_people_who_were_shown_the_question() -> None:
    codebook = book(question("q", missing=(-1,)))
    pair = pair_of({"q": [-4] * 20}, {"q": [-1] * 20}, codebook)
    assert _only(check_unsaid(pair)).level == "passes"


def test_a_shift_that_cannot_be_tested_passes() -> None:
    codebook = book(question("q", missing=(-1,)))
    pair = pair_of({"q": [-1, -4, -4]}, {"q": [3] * 20}, codebook)
    assert _only(check_unsaid(pair)).level == "passes"
    constant = pair_of({"q": [-1] * 20}, {"q": [3] * 20}, codebook)
    assert _only(check_unsaid(constant)).level == "passes"


def _lines(n: int, straight: int, code: int = 5) -> Cells:
    cells = _drawn(1, n - straight)
    return {item: [*column, *([code] * straight)] for item, column in cells.items()}


TRUST: Final = scale("trust", ITEMS, reverse=("h",))
FORM: Final = book(*map(question, ITEMS), scales=[TRUST])


@pytest.mark.parametrize(
    ("straight", "level"), [((11, 11), "flags"), ((10, 10), "passes"), ((0, 6), "flags")]
)
def test_one_answer_all_the_way_down_is_flagged(straight: tuple[int, int], level: str) -> None:
    waves = [_lines(100, n) for n in straight]
    found = _only(check_straight_lines(pair_of(waves[0], waves[1], FORM)))
    assert (found.id, found.level) == ("straight_lines", level)
    if level == "flags":
        assert [found.numbers[w].n for w in ("before", "after")] == list(straight)


def test_short_scales_and_short_sheets_cannot_be_straight() -> None:
    wave = {item: [4] * 40 for item in ITEMS}
    short = book(*map(question, ITEMS), scales=[scale("five", ITEMS[:5])])
    assert list(check_straight_lines(pair_of(wave, wave, short))) == []
    sparse = wave | {item: [None] * 40 for item in ITEMS[:3]}
    assert _only(check_straight_lines(pair_of(sparse, sparse, FORM))).level == "passes"


@pytest.mark.parametrize(
    ("codebook", "code", "doubted"),
    [
        (FORM, 5, 7),
        (FORM, 3, 0),
        (book(*map(question, ITEMS), scales=[scale("trust", ITEMS)]), 5, 0),
    ],
)
def test_only_lines_that_contradict_themselves_are_doubted(
    codebook: Any, code: int, doubted: int
) -> None:
    before, after = contradicting_lines(pair_of(_lines(60, 7, code), _lines(60, 0), codebook))
    assert (before.sum(), after.sum()) == (doubted, 0)


def _with_copies(n: int, copies: int) -> Cells:
    cells = _drawn(n, n)
    return {item: [*column, *([column[0]] * copies)] for item, column in cells.items()}


def test_copies_are_flagged_and_doubted_where_chance_does_not_explain_them() -> None:
    pair = pair_of(_drawn(3, 90), _with_copies(80, 9), FORM)
    found = _only(check_identical_sheets(pair))
    assert (found.level, found.numbers["before"]["n"], found.numbers["after"]["n"]) == (
        "flags",
        0,
        9,
    )
    assert found.numbers["after"]["p"] < 0.01
    before, after = surplus_copies(pair)
    assert (before.sum(), after.sum()) == (0, 10)


def test_copies_that_other_people_give_as_often_pass() -> None:
    """Two answers to eight questions, nearly all the same: twins are what chance makes."""
    rng = np.random.default_rng(5)
    waves = [
        {item: rng.choice([1, 2], 120, p=[0.2, 0.8]).tolist() for item in ITEMS} for _ in range(2)
    ]
    pair = pair_of(waves[0], waves[1], FORM)
    found = _only(check_identical_sheets(pair))
    assert found.level == "passes"
    assert found.numbers["before"]["n"] > 20
    assert found.numbers["before"]["expected"] > 20
    assert not any(mask.any() for mask in surplus_copies(pair))


def test_two_twins_are_no_alarm() -> None:
    found = _only(check_identical_sheets(pair_of(_drawn(3, 90), _with_copies(80, 2), FORM)))
    assert found.level == "passes"


def test_sheets_that_say_too_little_are_not_compared() -> None:
    short = book(*map(question, ITEMS[:5]))
    wave = {item: [2, 3] * 20 for item in ITEMS[:5]}
    pair = pair_of(wave, wave, short)
    assert list(check_identical_sheets(pair)) == []
    assert not any(mask.any() for mask in surplus_copies(pair))


def test_the_order_of_the_sheets_changes_nothing() -> None:
    before, after = _drawn(3, 90), _with_copies(80, 9)
    order = np.random.default_rng(2).permutation(89)
    moved = {item: [column[i] for i in order] for item, column in after.items()}
    one, other = pair_of(before, after, FORM), pair_of(before, moved, FORM)
    assert list(check_identical_sheets(one)) == list(check_identical_sheets(other))
    assert (surplus_copies(one)[1][order] == surplus_copies(other)[1]).all()


@pytest.mark.parametrize(("fast", "level"), [(6, "flags"), (5, "passes")])
def test_sheets_sent_too_fast_are_counted_by_their_bit(fast: int, level: str) -> None:
    codebook = book(question("q"), paradata("quality", "read", "too fast", "other", "both"))
    bits = [3] * (fast - 1) + [1] + [2] * 5 + [0] * (95 - fast)
    before = {"q": [3] * 100, "paradata.quality": [0] * 100}
    pair = pair_of(before, {"q": [3] * 100, "paradata.quality": bits}, codebook)
    found = _only(check_too_fast(pair))
    assert (found.level, found.numbers["after"].n) == (level, fast)
    assert too_fast_sheets(pair)[1].sum() == fast


@pytest.mark.parametrize("bit", [2, 4, 8])
@pytest.mark.parametrize(("stuffed", "level"), [(6, "flags"), (5, "passes")])
def test_sheets_that_came_like_stuffing_are_counted_and_doubted(
    bit: int, stuffed: int, level: str
) -> None:
    codebook = book(question("q"), paradata("quality", *(f"bits {b}" for b in range(16))))
    bits = [bit] * (stuffed - 1) + [bit | 1] + [1] * 5 + [0] * (95 - stuffed)
    before = {"q": [3] * 100, "paradata.quality": [0] * 100}
    pair = pair_of(before, {"q": [3] * 100, "paradata.quality": bits}, codebook)
    found = _only(check_stuffing(pair))
    assert (found.id, found.level, found.numbers["after"].n) == ("stuffing", level, stuffed)
    assert stuffed_sheets(pair)[1].sum() == stuffed
    assert doubted_sheets(pair)[1].sum() == stuffed + 5


def test_files_without_the_bit_say_nothing_about_speed() -> None:
    pair = pair_of({"q": [3] * 9}, {"q": [3] * 9}, book(question("q")))
    assert list(check_too_fast(pair)) == []
    assert list(check_stuffing(pair)) == []
    assert not any(mask.any() for mask in too_fast_sheets(pair))


def test_every_check_answers_a_pair_of_two_plain_files() -> None:
    pair = pair_of(_drawn(1, 40), _drawn(2, 40), FORM)
    assert [f.id for check in CHECKS for f in check(pair)] == [
        "questionnaire",
        "sample_size",
        "uneven_waves",
        "missing_answers",
        "straight_lines",
        "identical_sheets",
    ]
