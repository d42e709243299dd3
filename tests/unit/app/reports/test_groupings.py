"""Groups that hold enough people: neighbours joined, two questions crossed, columns added."""

from __future__ import annotations

import csv
import io
from collections import Counter
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.bundle import Bundle
from analysis.disclosure import release
from analysis.report import compare_bundle
from app.errors import BadInput
from app.reports.breakdowns.columns import with_groups
from app.reports.breakdowns.grouping import Grouping, read_groupings
from app.reports.breakdowns.joining import crossed, joined
from tests.unit.analysis.books import book, question, table

AGE = question("age", (1, 2, 3, 4), missing=(-2,), role="background")
SEX = question("sex", (1, 2, 3), level="nominal", role="background")
ENOUGH = 30


def _wave(**counts: dict[int, int]) -> list[dict[str, str]]:
    ((column, held),) = counts.items()
    return [{column: str(code)} for code, n in held.items() for _ in range(n)]


def test_neighbours_are_joined_until_each_group_can_be_reported() -> None:
    wave = _wave(age={1: 12, 2: 25, 3: 40, 4: 9, -2: 50})
    found = joined(AGE, [wave, wave])
    assert found is not None
    assert found.levels == {1: ((1, 2),), 3: ((3, 4),)}


def test_the_rarest_are_joined_where_there_is_no_order() -> None:
    wave = _wave(sex={1: 90, 2: 14, 3: 31})
    found = joined(SEX, [wave, wave])
    assert found is not None
    assert sorted(parts[0] for parts in found.levels.values()) == [(1,), (2, 3)]


@pytest.mark.parametrize("counts", [{1: 40, 2: 40, 3: 40, 4: 40}, {1: 100, 2: 3, 3: 3, 4: 3}])
def test_nothing_is_joined_where_all_are_enough_or_all_would_be_one(counts: dict[int, int]) -> None:
    wave = _wave(age=counts)
    assert joined(AGE, [wave, wave]) is None


people = st.lists(st.tuples(st.integers(1, 4), st.integers(1, 3)), min_size=1, max_size=400)


@given(people, people)
@settings(max_examples=60, deadline=None)
def test_every_person_who_answered_both_is_in_one_group(
    first: list[tuple[int, int]], second: list[tuple[int, int]]
) -> None:
    waves = [[{"age": str(a), "sex": str(s)} for a, s in wave] for wave in (first, second)]
    found = crossed((AGE, SEX), waves)
    for row in (*waves[0], *waves[1]):
        assert int(found.code_of(row)) in found.levels
    every = [cell for cells in found.levels.values() for cell in product(*cells)]
    assert sorted(every) == sorted(product((1, 2, 3, 4), (1, 2, 3)))
    held = [Counter(found.code_of(row) for row in wave) for wave in waves]
    few = any(n[str(code)] < ENOUGH for n in held for code in found.levels)
    assert not few or len(found.levels) <= 4


def _bundle(facts: dict[str, object], **plan: object) -> Bundle:
    cells = {
        "trust": [1 + i % 5 for i in range(200)],
        "age": [(1, 2, 3, 3, 3, 4, 4, 4, 4, -2)[i % 10] for i in range(200)],
        "sex": [(1, 2, 1, 2, 1, 2, 1)[i % 7] for i in range(200)],
    }
    sexes = question("sex", (1, 2), level="nominal", role="background")
    codebook = book(question("trust", favourable=(4, 5)), AGE, sexes)
    text = table(cells)
    settings = {"primary": ["trust"], **plan}
    return Bundle(codebook, codebook, text, text, settings, facts)


def test_the_plan_s_groups_are_joined_and_the_same_is_computed_again() -> None:
    bundle = with_groups(_bundle({}, subgroups=["age", "sex"]))
    assert bundle.initiative is not None
    (grouping,) = read_groupings(bundle.initiative)
    assert grouping == Grouping(("age",), {1: ((1, 2),), 3: ((3,),), 4: ((4,),)})
    assert bundle.plan is not None
    assert bundle.plan["subgroups"] == [grouping.column, "sex"]
    again = with_groups(_bundle(dict(bundle.initiative), subgroups=["age", "sex"]))
    assert again == bundle
    computed = compare_bundle(bundle)
    rows = [c for c in computed["comparisons"] if c["group"]]
    shown = {(c["group"]["variable"], c["group"]["code"]): c["before"]["n"] for c in rows}
    assert shown[grouping.column, 1] == 40
    text = csv.DictReader(io.StringIO(bundle.responses_before))
    assert Counter(row[grouping.column] for row in text)["-2"] == 20
    released = release(computed)
    told = [c for c in released["comparisons"] if c["group"] and "n" in c["before"]]
    assert {c["group"]["code"] for c in told if c["group"]["variable"] == grouping.column} >= {1, 4}


def test_a_breakdown_takes_the_place_of_the_plan_s_groups() -> None:
    bundle = with_groups(_bundle({"breakdown": ["age", "sex"]}, subgroups=["sex"]))
    assert bundle.initiative is not None
    assert bundle.plan is not None
    (grouping,) = read_groupings(bundle.initiative)
    assert bundle.plan["subgroups"] == [grouping.column]
    titles = bundle.codebook_after.variable(grouping.column)
    assert titles.role == "paradata"
    assert " · " in titles.text["en"]


def test_a_breakdown_by_what_was_not_asked_is_refused() -> None:
    with pytest.raises(BadInput, match="background questions"):
        with_groups(_bundle({"breakdown": ["shoe_size"]}))
