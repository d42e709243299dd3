"""Gaps between groups: their numbers, what became of them, and what of them may be published."""

from __future__ import annotations

from itertools import combinations
from typing import Any, Final

import pytest

from analysis.disclosure import release
from analysis.disclosure.beside.groups import _rounded
from analysis.gaps.between import MOST_GROUPS
from analysis.gaps.closing import CLOSINGS, closing_of
from analysis.gaps.sentences import WORDS
from analysis.multiplicity import holm
from analysis.report import compare_files
from analysis.sentences import LANGUAGES
from analysis.verdict import VERDICTS, Verdict
from tests.attack.releases import compare as compare_by_place
from tests.unit.analysis.books import book, question, table
from tests.unit.analysis.planned import both, codebook, compare, wave

WAY: Final[Verdict] = "rose_by_what_matters"


def _gaps(document: dict[str, Any], place: int = 0) -> list[dict[str, Any]]:
    gaps: list[dict[str, Any]] = document["interactions"][place]["gaps"]
    return gaps


@pytest.mark.parametrize(
    ("verdict", "before", "after", "closing"),
    [
        (WAY, (-0.9, -0.4), (-0.3, 0.2), "narrowed"),
        (WAY, (-0.9, -0.4), (-0.6, -0.1), "narrowed"),
        (WAY, (-0.9, -0.4), (0.1, 0.6), "turned"),
        (WAY, (0.4, 0.9), (0.9, 1.4), "widened"),
        (WAY, (-0.1, 0.4), (0.6, 1.1), "opened"),
        (WAY, (-0.4, 0.1), (-0.1, 0.4), "moved"),
        (WAY, (-1.0, 0.0), (-0.5, -0.1), "moved"),
        ("fell_slightly", (0.4, 0.9), (-0.2, 0.3), "narrowed"),
        ("fell_maybe_less", (-0.9, -0.4), (-1.4, -0.9), "widened"),
        ("about_the_same", (0.4, 0.9), (0.4, 0.9), "about_the_same"),
        ("cannot_tell", (0.4, 0.9), (-0.9, -0.4), "cannot_tell"),
        ("not_comparable", (0.4, 0.9), (0.4, 0.9), "not_comparable"),
    ],
)
def test_what_became_of_a_gap(
    verdict: Verdict, before: tuple[float, float], after: tuple[float, float], closing: str
) -> None:
    assert closing_of(verdict, before, after) == closing


def test_every_verdict_has_a_word_and_every_word_its_claim_in_every_language() -> None:
    sides = [(-2.0, -1.0), (-1.0, 1.0), (1.0, 2.0)]
    found = {closing_of(v, was, now) for v in VERDICTS for was in sides for now in sides}
    assert found == set(CLOSINGS)
    assert WORDS.keys() == LANGUAGES.keys()
    for words in WORDS.values():
        assert words.claims.keys() == found
        assert words.amounts.keys() == {"by_what_matters", "maybe_less", "slightly"}


def test_a_gap_is_the_difference_of_its_groups_and_its_change_that_of_their_changes() -> None:
    document = compare(wave(1, 300), wave(2, 300, 0.3), subgroups=["age"])
    groups = {
        c["group"]["code"]: c
        for c in document["comparisons"]
        if c["group"] and c["outcome"] == "trust"
    }
    gaps = _gaps(document)
    pairs = [(gap["first"]["code"], gap["second"]["code"]) for gap in gaps]
    assert pairs == list(combinations((1, 2, 3), 2))
    for gap, (first, second) in zip(gaps, pairs, strict=True):
        for part in ("before", "after", "change"):
            apart = groups[second][part]["estimate"] - groups[first][part]["estimate"]
            assert gap[part]["estimate"] == pytest.approx(apart)


def test_two_groups_have_the_test_that_both_have_together() -> None:
    document = compare(wave(1, 300), wave(2, 300, 0.3), subgroups=["sex"])
    (gap,) = _gaps(document)
    test = document["interactions"][0]["test"]
    assert gap["change"]["p"] == pytest.approx(test["p"])
    assert gap["change"]["statistic"] ** 2 == pytest.approx(test["statistic"])
    assert gap["change"]["df"] == pytest.approx(test["df_below"])


def test_no_pair_is_surer_than_the_test_of_all_groups() -> None:
    ages = [1] * 100 + [2] * 100 + [3] * 100
    later = {i: [4] * 60 + [3] * 40 + [3, 2] * 50 + [2, 3] * 50 for i in "abcd"}
    document = compare(
        wave(1, 300, age=ages), wave(2, 300, age=ages, **later), subgroups=["age", "sex"]
    )
    for interaction in document["interactions"]:
        own = holm([gap["change"]["p"] for gap in interaction["gaps"]])
        told = [gap["change"]["p_adjusted"] for gap in interaction["gaps"]]
        least = interaction["test"]["p_adjusted"]
        assert told == [max(p, least) for p in own]


def _many(count: int) -> dict[str, Any]:
    ages = [1 + i % count for i in range(40 * count)]
    answers = [1 + (i * i) % 5 for i in range(40 * count)]
    asked = book(question("trust"), question("age", tuple(range(1, count + 1)), role="background"))
    cells = {"trust": answers, "age": ages}
    later = {"trust": answers[1:] + answers[:1], "age": ages}
    return compare_files(
        asked, table(cells), table(later), plan={"primary": ["trust"], "subgroups": ["age"]}
    )


def test_more_than_six_groups_are_not_set_beside_each_other_in_pairs() -> None:
    assert len(_gaps(_many(MOST_GROUPS))) == 15
    seven = _many(MOST_GROUPS + 1)["interactions"][0]
    assert "more than six groups" in seven["gaps"]["not_estimable"]
    assert "p" in seven["test"]


def test_without_the_test_of_all_groups_nothing_is_said_of_two() -> None:
    small, released = both(wave(1, 40), wave(2, 40), subgroups=["age"])
    (one,), (told,) = small["interactions"], released["interactions"]
    assert one["gaps"] == one["test"]
    assert told["gaps"] == told["test"]
    assert told["gaps"].keys() == {"suppressed"}


@pytest.mark.parametrize("wave_alike", ["before", "after"])
def test_where_two_groups_answer_all_alike_there_is_no_gap_to_tell(wave_alike: str) -> None:
    """So they do in one wave; beside the third group, and in the other wave, they are told."""
    ages = [1 + i % 3 for i in range(300)]
    varied = [1 + (i * i) % 5 for i in range(300)]
    alike = [answer if age == 3 else 3 for answer, age in zip(varied, ages, strict=True)]
    waves = [alike, varied] if wave_alike == "before" else [varied, alike]
    asked = book(question("trust"), question("age", (1, 2, 3), role="background"))
    computed = compare_files(
        asked,
        *(table({"trust": answers, "age": ages}) for answers in waves),
        plan={"primary": ["trust"], "subgroups": ["age"]},
    )
    gap, *others = _gaps(computed)
    assert "every answer" in gap[wave_alike]["not_estimable"]
    assert gap["verdict"] == gap["closing"] == gap[wave_alike]
    assert all("estimate" in other[wave_alike] for other in others)
    told = _gaps(release(computed))[0]
    assert told["verdict"].keys() == told[wave_alike].keys() == {"suppressed"}


def test_a_gap_that_cannot_be_told_keeps_its_reason_when_it_is_released() -> None:
    reason = {"not_estimable": "too few blocks"}
    assert _rounded(reason, 2) == reason


def test_a_gap_that_closed_is_told_with_by_how_much() -> None:
    sexes = [1] * 200 + [2] * 200
    apart = {i: [2, 3] * 100 + [4, 4] * 50 + [4, 3] * 50 for i in "abcd"}
    level = {i: [3, 4] * 100 + [4, 4] * 50 + [4, 3] * 50 for i in "abcd"}
    document = compare(
        wave(1, 400, sex=sexes, **apart),
        wave(2, 400, sex=sexes, **level),
        subgroups=["sex"],
        smallest_change={"trust": 0.3},
    )
    (gap,) = _gaps(document)
    assert (gap["closing"], gap["verdict"]) == ("narrowed", "fell_by_what_matters")
    assert "narrowed, by an amount large enough to matter" in gap["sentence"]
    assert "stood 1.25 higher before and 0.25 higher after: it moved 1.00 down" in gap["sentence"]
    assert "se redujo, y lo bastante para importar" in gap["sentences"]["es"]


def test_what_takes_the_verdict_from_the_comparison_takes_it_from_the_gaps() -> None:
    facts = {"recruitment": {"before": {"open": 1.0}, "after": {"single_use_code": 1.0}}}
    document = compare_files(
        codebook(),
        table(wave(1, 300)),
        table(wave(2, 300, 0.5)),
        plan={"subgroups": ["sex"]},
        initiative=facts,
    )
    (main, *_) = (c for c in document["comparisons"] if c["group"] is None)
    (gap,) = _gaps(document)
    assert (main["verdict"] == "not_comparable") is (gap["closing"] == "not_comparable")
    assert main["verdict"] == gap["verdict"] == "not_comparable"
    assert gap["because"] == main["because"]


def _places(*sizes: int) -> dict[str, list[Any]]:
    """Everyone answers everything; trust is higher in the second wave by the shift of answers."""
    places = [place for place, n in zip("NSW", sizes, strict=True) for _ in range(n)]
    n = len(places)
    return {
        "trust": [1 + i % 5 for i in range(n)],
        "met": [i % 2 for i in range(n)],
        "why": [1 + i % 3 for i in range(n)],
        "age": [1 + i % 4 for i in range(n)],
        "sex": [1 + i % 2 for i in range(n)],
        "place": places,
    }


def test_a_gap_is_hidden_where_one_of_its_groups_is() -> None:
    """N is hidden, though it is large: W is all less N and S."""
    people = _places(147, 148, 9)
    computed = compare_by_place(people, people, subgroups=["place", "age"])
    released = release(computed)
    (gap,), (hidden,) = _gaps(computed), _gaps(released)
    assert (gap["first"]["code"], gap["second"]["code"]) == ("N", "S")
    assert "estimate" in gap["before"]
    for part in ("before", "after", "change", "verdict", "closing"):
        assert hidden[part].keys() == {"suppressed"}
    assert "is not told (too few answers" in hidden["sentence"]
    assert not any(digit in hidden["sentence"] for digit in "0123456789")
    assert all("estimate" in other["change"] for other in _gaps(released, 1))


def test_a_released_gap_is_told_no_finer_than_its_groups_and_tells_no_base() -> None:
    primary = [{"outcome": "trust", "measure": "share"}]
    people = _places(151, 152, 160)
    computed = compare_by_place(people, people, subgroups=["age"], primary=primary)
    for exact, told in zip(_gaps(computed), _gaps(release(computed)), strict=True):
        assert told["before"]["estimate"] == round(exact["before"]["estimate"], 2)
        assert told["change"]["estimate"] == round(exact["change"]["estimate"], 3)
        for part in ("before", "after", "change"):
            counts = [told[part][name] for name in ("se", "df", "statistic")]
            assert all(count.keys() == {"suppressed"} for count in counts)
        assert (told["verdict"], told["closing"]) == (exact["verdict"], exact["closing"])
