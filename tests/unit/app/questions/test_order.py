"""Options in an order of one's own: repeatable from the seed of the form, and fair over many."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from app.questions import KINDS, Question
from app.questions.contract import CodebookContext, PageContext

QUESTION: TypeAdapter[Any] = TypeAdapter(Question)
LABELS: Any = {name: {"en": name} for name in ("dont_know", "prefer_not_to_say")}
MULTIPLE = yaml.safe_load(KINDS["multiple_choice"].example())
SHUFFLED = QUESTION.validate_python(MULTIPLE | {"order": "randomised"})
FIXED = QUESTION.validate_python(MULTIPLE)
AS_WRITTEN = ["1", "2", "3", "4", "-1", "-2"]
SEEDS = st.binary(min_size=16, max_size=16)


def order(question: Any, seed: bytes | None) -> list[str]:
    page = PageContext("en", LABELS, order_seed=seed)
    return [choice.value for choice in question.choices(page, {})]


@given(SEEDS)
def test_the_same_seed_gives_the_same_order_of_the_same_options(seed: bytes) -> None:
    assert order(SHUFFLED, seed) == order(SHUFFLED, seed)
    assert sorted(order(SHUFFLED, seed)) == sorted(AS_WRITTEN)


@given(SEEDS)
def test_what_stands_alone_and_the_ways_out_keep_their_places(seed: bytes) -> None:
    assert order(SHUFFLED, seed)[3:] == ["4", "-1", "-2"]
    assert order(FIXED, seed) == AS_WRITTEN


def test_without_a_seed_the_order_is_that_of_the_file() -> None:
    assert order(SHUFFLED, None) == AS_WRITTEN


def test_every_order_comes_as_often() -> None:
    seen = Counter(tuple(order(SHUFFLED, n.to_bytes(16, "big"))) for n in range(6_000))
    assert len(seen) == 6
    # chi-square with 5 degrees of freedom: 20.5 is passed once in a thousand
    assert sum((count - 1_000) ** 2 / 1_000 for count in seen.values()) < 20.5


def test_two_questions_of_one_form_are_shuffled_apart() -> None:
    other = QUESTION.validate_python(MULTIPLE | {"order": "randomised", "id": "worse"})
    seeds = [n.to_bytes(16, "big") for n in range(300)]
    same = sum(order(SHUFFLED, seed) == order(other, seed) for seed in seeds)
    assert 20 < same < 90


def test_an_option_can_be_told_to_stay() -> None:
    options = [
        {"code": 1, "label": {"en": "First"}, "stays": True},
        *({"code": n, "label": {"en": str(n)}} for n in range(2, 6)),
        {"code": 6, "label": {"en": "Something else"}, "stays": True},
    ]
    asked = QUESTION.validate_python(
        {
            "id": "q",
            "kind": "single_choice",
            "text": {"en": "?"},
            "order": "randomised",
            "options": options,
        }
    )
    orders = {tuple(order(asked, n.to_bytes(16, "big"))) for n in range(100)}
    assert len(orders) > 10
    assert {(o[0], o[-1]) for o in orders} == {("1", "6")}


def test_what_was_chosen_stays_chosen_and_the_columns_do_not_move() -> None:
    page = PageContext("en", LABELS, order_seed=bytes(16))
    chosen = [c.value for c in SHUFFLED.choices(page, {"better": ["2"]}) if c.is_chosen]
    assert chosen == ["2"]
    assert SHUFFLED.decode({"better": ["3", "1"]}, ()) == [1, 3]
    context = CodebookContext(("en",), LABELS, str)
    assert SHUFFLED.variables(context) == FIXED.variables(context)


@pytest.mark.parametrize(
    "changes", [{"kind": "likert"}, {"kind": "single_choice", "ordered": True}], ids=str
)
def test_points_of_a_line_are_never_shuffled(changes: dict[str, object]) -> None:
    document = {**yaml.safe_load(KINDS["likert"].example()), **changes, "order": "randomised"}
    with pytest.raises(ValidationError, match="order_of_points"):
        QUESTION.validate_python(document)


def test_the_order_is_nowhere_in_what_is_stored() -> None:
    assert SHUFFLED.is_shuffled
    assert not FIXED.is_shuffled
    answers = {tuple(SHUFFLED.decode({"better": list(values)}, ())) for values in ("12", "21")}
    assert answers == {(1, 2)}
