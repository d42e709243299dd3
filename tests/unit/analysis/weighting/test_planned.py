"""Weighting in a plan: what it may say, how it is kept, and what is refused by name."""

from __future__ import annotations

from typing import Any

import pytest

from analysis.codebook import Category, Codebook, Variable
from analysis.dataset import read_wave
from analysis.refusals import Refusal
from analysis.weighting.planned import PlannedWeighting, levels_in, read_weighting
from tests.unit.analysis.books import book, number, question, table

ROLE = {"role": "background"}


def _tick(column: str, question_id: str, label: str) -> Variable:
    options = (Category(0, {"en": "Not chosen"}), Category(1, {"en": label}))
    return Variable(column, question_id, "binary", "background", {"en": "?"}, options)


BOOK: Codebook = book(
    question("q1"),
    question("age", (1, 2, 3), **ROLE),
    question("sex", (1, 2), level="nominal", missing=(-2,), **ROLE),
    _tick("group_4", "group", "Blue"),
    _tick("group_7", "group", "Green"),
    _tick("odd_a", "odd", "Odd"),
    _tick("odd_b", "odd", "Even"),
    number("years", **ROLE),
)
SEX = {"sex": {1: 49, 2: 51}}


def _read(**keys: Any) -> PlannedWeighting:
    planned = read_weighting(keys, BOOK)
    assert planned is not None
    return planned


def test_levels_are_named_by_code_or_label_and_kept_by_code() -> None:
    by_label = _read(margins={"age": {"AGE 1": 20, "2": 30, 3: 50}, "sex": {"sex 2": 51, 1: 49}})
    by_code = _read(margins={"age": {"1": 20, "2": 30, "3": 50}, "sex": {"1": 49, "2": 51}})
    assert by_label == by_code
    age, sex = by_label.margins(BOOK)
    assert (age.labels, age.is_ordered) == (("age 1", "age 2", "age 3"), True)
    assert age.shares == pytest.approx([0.2, 0.3, 0.5])
    assert sex.shares == pytest.approx([0.49, 0.51])


@pytest.mark.parametrize(
    "keys",
    [
        {"margins": SEX},
        {"margins": SEX, "unit": "count", "trim": {"high": 5}},
        {"margins": {"sex": {1: 0.1, 2: 0.9}}, "unit": "share", "trim": None},
        {"margins": {"age": {1: 1, 2: 9, 3: 90}}, "join": {"age": [["age 1", 3]]}},
        {"margins": "variable,level,count\nsex,1,3\nsex,2,4"},
    ],
)
def test_what_is_read_is_written_so_that_it_reads_the_same(keys: dict[str, Any]) -> None:
    planned = _read(**keys)
    assert read_weighting(planned.to_dict(), BOOK) == planned


def test_levels_to_join_first_go_into_the_rule_by_label() -> None:
    planned = _read(margins={"age": {1: 20, 2: 30, 3: 50}}, join={"age": [[1, 3]]})
    rule = planned.rule(BOOK)
    assert (rule.low, rule.high) == (0.3, 3.0)
    assert rule.neighbours == {"age": [("age 1", "age 3")]}


def test_a_pick_all_question_counts_one_group_or_two_or_more() -> None:
    planned = _read(margins={"group": {"Blue": 60, 7: 30, "two or more": 10}})
    assert planned.amounts.by_variable == {"group": {4: 60, 7: 30, 8: 10}}
    assert _read(margins={"odd": {1: 1, 2: 9, 3: 90}}).margins(BOOK)[0].labels == (
        "Odd",
        "Even",
        "two or more",
    )
    cells = {"q1": [1] * 4, "group_4": [1, 0, 1, 0], "group_7": [0, 1, 1, 0], "sex": [1, 2, -2, ""]}
    wave = read_wave("before", table(cells), BOOK)
    assert levels_in(wave, "group", BOOK).tolist() == [0, 1, 2, -1]
    assert levels_in(wave, "sex", BOOK).tolist() == [0, 1, -1, -1]


def test_no_weighting_is_none() -> None:
    assert read_weighting(None, BOOK) is None


@pytest.mark.parametrize(
    ("keys", "words"),
    [
        (["sex"], "weighting must map margins"),
        ({"margin": SEX}, "unknown key 'margin' in weighting; known keys: margins, unit"),
        ({}, "margins must map each question to its levels"),
        ({"margins": {}}, "weighting has no margin"),
        ({"margins": {"sex": {}}}, "margin 'sex': map each level to its percent"),
        ({"margins": {"sex": 49}}, "margin 'sex': map each level"),
        ({"margins": {"gender": {1: 100}}}, "margin 'gender', level 1: no question 'gender'"),
        ({"margins": {"years": {1: 100}}}, "'years' is a number"),
        ({"margins": {"sex": {1: 49, 9: 51}}}, "level 9: 'sex' has no level '9'; it has sex 1"),
        ({"margins": {"sex": {1: 49, -2: 51}}}, "'sex' has no level '-2'"),
        ({"margins": {"sex": {1: 49, "sex 1": 51}}}, "'sex' has the level 'sex 1' twice"),
        ({"margins": {"sex": {1: 100}}}, "no target for 'sex 2'"),
        ({"margins": {"sex": {1: 49, 2: 41}}}, "the percents of 'sex' add up to 90"),
        ({"margins": {"sex": {1: 49, 2: "51"}}}, "level 2: '51' is not a number"),
        ({"margins": {"sex": {1: 49, 2: True}}}, "level 2: True is not a number"),
        ({"margins": {"sex": {1: -1, 2: 101}}}, "level 1: -1 is negative or infinite"),
        ({"margins": {"sex": {1: float("nan"), 2: 1}}}, "level 1: nan is negative or infinite"),
        ({"margins": SEX, "unit": "people"}, "unit is 'people'; choose one of: share, percent"),
        (
            {"margins": SEX | {"age": {1: 1, 2: 2, 3: 3}}, "unit": "count"},
            "'sex' counts 100 people and 'age' counts 6; both must describe one population",
        ),
        ({"margins": "variable,level,share\nsex,1,.5\nsex,3,.5"}, "row 3: 'sex' has no level '3'"),
        ({"margins": "variable,level,share\n", "unit": "share"}, "both unit and a pasted table"),
        ({"margins": SEX, "trim": 3}, "trim must be {low: 0.3, high: 3.0}"),
        ({"margins": SEX, "trim": {"top": 3}}, "trim must be {low: 0.3, high: 3.0}"),
        ({"margins": SEX, "trim": {"low": "0.3"}}, "trim low is '0.3'; it must be a number"),
        ({"margins": SEX, "trim": {"high": True}}, "trim high is True; it must be a number"),
        ({"margins": SEX, "trim": {"high": 1}}, "trim runs from 0.3 to 1"),
        ({"margins": SEX, "join": [["sex 1"]]}, "join must map a question"),
        ({"margins": SEX, "join": {"age": [[1, 2]]}}, "join names 'age', which has no margin"),
        ({"margins": SEX, "join": {"sex": "12"}}, "join of 'sex': give groups of levels"),
        ({"margins": SEX, "join": {"sex": [[1]]}}, "[1] is no group; give two levels or more"),
        ({"margins": SEX, "join": {"sex": [[1, 3]]}}, "join of 'sex': no level 3; it has sex 1"),
    ],
)
def test_a_weighting_that_is_wrong_is_refused_by_name(keys: Any, words: str) -> None:
    with pytest.raises(Refusal) as refused:
        read_weighting(keys, BOOK)
    assert words in str(refused.value)
