"""Samples of other people, reached in other ways, too few or too unequal, are told."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

import numpy as np
import pytest

from analysis.guard.finding import Finding
from analysis.guard.pair import WavePair
from analysis.guard.samples.composition import check_composition
from analysis.guard.samples.sample_size import check_sample_size
from analysis.guard.samples.uneven_waves import check_uneven_waves, false_rates
from analysis.guard.samples.ways_in import check_ways_in
from analysis.guard.samples.weights import check_weights
from analysis.influence import Influence, mean_influence
from tests.unit.analysis.books import book, question
from tests.unit.analysis.guard.pairs import pair_of, paradata

Cells = dict[str, list[Any]]
PLAIN: Final = book(question("q"))


def _only(findings: Iterable[Finding]) -> Finding:
    (finding,) = findings
    return finding


def _mixed(column: str, *counts: int, first: int = 1) -> Cells:
    codes = [first + i for i, n in enumerate(counts) for _ in range(n)]
    return {"q": [1 + i % 5 for i in range(len(codes))], column: codes}


AGE: Final = book(question("q"), question("age", (1, 2, 3), role="background"))


def test_other_people_are_told_by_the_answer_that_moved_most() -> None:
    before, after = _mixed("age", 100, 60, 40), _mixed("age", 40, 110, 50)
    found = _only(check_composition(pair_of(before, after, AGE)))
    assert found.level == "flags"
    assert found.about is not None
    assert (found.about.id, found.about.answer, found.about.code) == ("age", {"en": "age 1"}, 1)
    assert [found.numbers[w].share for w in ("before", "after")] == [0.5, 0.2]
    assert found.numbers["apart"] == pytest.approx(0.3)
    assert found.numbers["p"] < 0.001


def test_people_who_differ_by_chance_pass() -> None:
    before, after = _mixed("age", 20, 15, 10), _mixed("age", 15, 16, 14)
    found = _only(check_composition(pair_of(before, after, AGE)))
    assert (found.level, found.numbers) == ("passes", {"items": 1})


def test_people_who_differ_by_5_percent_pass_however_sure() -> None:
    before, after = _mixed("age", 4000, 6000), _mixed("age", 4500, 5500)
    assert _only(check_composition(pair_of(before, after, AGE))).level == "passes"


def test_nothing_is_said_where_nothing_was_asked_about_people() -> None:
    assert list(check_composition(pair_of({"q": [1, 2]}, {"q": [2, 3]}, PLAIN))) == []
    unasked = pair_of({"q": [1, 2]}, {"q": [2, 3]}, AGE)
    assert _only(check_composition(unasked)).level == "passes"


def test_areas_count_as_make_up() -> None:
    before = {"q": [1, 2] * 50, "place": ["A", "B"] * 50}
    after = {"q": [1, 2] * 50, "place": ["A", "C"] * 50}
    found = _only(check_composition(pair_of(before, after, PLAIN, plan={"area": "place"})))
    assert found.about is not None
    assert (found.about.id, found.about.answer) == ("place", {"en": "B"})
    assert found.numbers["apart"] == 0.5


def test_languages_are_matched_by_name_where_the_waves_number_them_differently() -> None:
    books = (
        book(question("q"), paradata("language", "en", "es", key="en es")),
        book(question("q"), paradata("language", "es", "vi", "en", key="es vi en")),
    )
    column = "paradata.language"
    before = _mixed(column, 60, 40, first=0)
    same, other = _mixed(column, 40, 0, 60, first=0), _mixed(column, 40, 30, 30, first=0)
    assert _only(check_composition(pair_of(before, same, books))).level == "passes"
    found = _only(check_composition(pair_of(before, other, books)))
    assert found.about is not None
    assert found.about.answer == {"en": "en"}


WAYS: Final = book(
    question("q"), paradata("mode", "web", "paper"), paradata("recruitment", "open", "code")
)


def _ways(mode: tuple[int, int], recruitment: tuple[int, int]) -> Cells:
    return _mixed("paradata.mode", *mode, first=0) | {
        "paradata.recruitment": [0] * recruitment[0] + [1] * recruitment[1]
    }


@pytest.mark.parametrize(
    ("after", "level"), [((80, 20), "blocks"), ((93, 7), "flags"), ((97, 3), "passes")]
)
def test_a_shift_of_the_ways_in_is_judged_by_its_size(after: tuple[int, int], level: str) -> None:
    pair = pair_of(_ways((100, 0), (100, 0)), _ways((100, 0), after), WAYS)
    mode, recruitment = check_ways_in(pair)
    assert (mode.id, mode.level) == ("mode_mix", "passes")
    assert (recruitment.id, recruitment.level) == ("recruitment_mix", level)
    assert recruitment.numbers["apart"] == pytest.approx(after[1] / 100)
    assert [recruitment.numbers[w].n for w in ("before", "after")] == [100, after[0]]


def test_the_chi_square_of_the_ways_is_that_of_r() -> None:
    """chisq.test(matrix(c(80, 20, 93, 7), 2), correct = FALSE), R 4.2.2"""
    pair = pair_of(_ways((100, 0), (80, 20)), _ways((100, 0), (93, 7)), WAYS)
    recruitment = list(check_ways_in(pair))[1]
    assert recruitment.numbers["p"] == pytest.approx(0.00714505118444008, rel=1e-12)


def test_a_large_shift_of_few_sheets_can_be_chance() -> None:
    pair = pair_of(_ways((10, 2), (12, 0)), _ways((8, 4), (12, 0)), WAYS)
    assert [f.level for f in check_ways_in(pair)] == ["passes", "passes"]


def test_a_wave_that_carries_no_way_in_is_not_judged() -> None:
    empty = {"q": [1, 2], "paradata.mode": [None, None], "paradata.recruitment": [0, 0]}
    pair = pair_of(empty, _ways((9, 0), (9, 0)), WAYS)
    assert [f.id for f in check_ways_in(pair)] == ["recruitment_mix"]


@pytest.mark.parametrize(
    ("said", "levels"),
    [
        ({"recruitment": {"before": "open", "after": "open"}}, ["passes"]),
        ({"recruitment": {"before": ["open"], "after": ["open", "group_code"]}}, ["blocks"]),
        ({"modes": {"before": ["phone"], "after": ["web"]}}, ["blocks"]),
        ({"modes": {"before": ["phone"]}}, []),
        ({}, []),
    ],
)
def test_without_columns_the_word_of_the_initiative_counts(
    said: dict[str, Any], levels: list[str]
) -> None:
    pair = pair_of({"q": [1, 2]}, {"q": [2, 3]}, PLAIN, initiative=said)
    assert [f.level for f in check_ways_in(pair)] == levels


@pytest.mark.parametrize(("n", "kind"), [(29, "few_people"), (30, "sample_size")])
def test_fewer_than_30_people_are_flagged(n: int, kind: str) -> None:
    pair = pair_of({"q": [1, 2] * 40}, {"q": [3] * n}, PLAIN)
    found = _only(check_sample_size(pair))
    assert found.id == kind
    assert found.numbers == {"before": {"n": 80}, "after": {"n": n}}


def _blocks(sizes: list[int], prefix: str) -> Cells:
    labels = [f"{prefix}{i}" for i, n in enumerate(sizes) for _ in range(n)]
    return {"q": [1 + i % 5 for i in range(len(labels))], "block": labels}


@pytest.mark.parametrize(
    ("sizes", "kind"),
    [([5] * 20, "sample_size"), ([5] * 19, "few_blocks"), ([60, *[2] * 24], "few_blocks")],
)
def test_few_or_very_uneven_blocks_are_flagged(sizes: list[int], kind: str) -> None:
    pair = pair_of(_blocks([4] * 30, "b"), _blocks(sizes, "a"), PLAIN, plan={"psu": "block"})
    found = _only(check_sample_size(pair))
    assert found.id == kind
    if kind == "few_blocks":
        assert found.numbers["before"] == {"blocks": 30, "even": pytest.approx(30)}
        assert found.numbers["after"]["blocks"] == len(sizes)
        assert found.numbers["after"]["even"] < 20


@pytest.mark.parametrize(
    ("weights", "level"),
    [([1, 2], "passes"), ([1, 6], "flags"), ([1] * 24 + [60], "blocks")],
)
def test_weights_are_judged_by_the_worse_wave(weights: list[int], level: str) -> None:
    heavy = {"q": [1, 2, 3, 4, 5] * 40, "w": (weights * 200)[:200]}
    light = {"q": [1, 2, 3, 4, 5] * 40, "w": ([1, 2] * 100)}
    for before, after in ((heavy, light), (light, heavy)):
        found = _only(check_weights(pair_of(before, after, PLAIN, plan={"weight": "w"})))
        assert (found.id, found.level) == ("weights", level)
    assert found.numbers["before"]["deff"] == pytest.approx(10 / 9)


def test_equal_weights_are_not_spoken_of() -> None:
    assert list(check_weights(pair_of({"q": [1, 2]}, {"q": [2, 3]}, PLAIN))) == []


LEANING: Final = [5] * 70 + [4] * 16 + [3] * 8 + [2] * 4 + [1] * 2


@pytest.mark.parametrize(
    ("before", "after", "level"),
    [
        (LEANING[::3], LEANING * 3, "flags"),
        (LEANING, LEANING, "passes"),
        ([1, 2, 3, 4, 5] * 8, [1, 2, 3, 4, 5] * 80, "passes"),
    ],
)
def test_a_small_leaning_wave_beside_a_large_one_is_flagged(
    before: list[int], after: list[int], level: str
) -> None:
    found = _only(check_uneven_waves(pair_of({"q": before}, {"q": after}, PLAIN)))
    assert found.level == level
    if level == "flags":
        assert found.numbers["rate_fell"] > 0.03
        assert found.numbers["rate_fell"] + found.numbers["rate_rose"] == pytest.approx(0.05)


def test_uneven_waves_are_not_judged_without_a_main_outcome_or_answers() -> None:
    empty = pair_of({"q": [None] * 9}, {"q": [2, 3]}, PLAIN)
    assert _only(check_uneven_waves(empty)).level == "passes"
    nominal = book(question("who", (1, 2), level="nominal"))
    assert list(check_uneven_waves(pair_of({"who": [1, 2]}, {"who": [1, 2]}, nominal))) == []


def test_false_rates_mirror_and_stay_at_their_level_where_nothing_varies() -> None:
    pair = pair_of({"q": LEANING[::3]}, {"q": LEANING}, PLAIN)
    mirrored = pair_of({"q": [6 - x for x in LEANING[::3]]}, {"q": [6 - x for x in LEANING]}, PLAIN)
    assert _rates(pair) == pytest.approx(_rates(mirrored)[::-1])
    same = pair_of({"q": [3, 3]}, {"q": [3, 3]}, PLAIN)
    assert _rates(same) == pytest.approx((0.025, 0.025))


def _rates(pair: WavePair) -> tuple[float, float]:
    values = np.concatenate([wave.coded["q"].scores() for wave in pair.waves])
    before = mean_influence(values, np.arange(pair.before.n), pair.design)
    after = mean_influence(values, pair.before.n + np.arange(pair.after.n), pair.design)
    assert isinstance(before, Influence)
    assert isinstance(after, Influence)
    return false_rates(before, after, pair.design)
