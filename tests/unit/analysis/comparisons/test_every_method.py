"""What every method of the index must say and do; a new one is held to it by its line there."""

from __future__ import annotations

import re
from typing import Any, Final

import numpy as np
import pytest

from analysis.comparisons.method import NO_CHANGE, Answers, Method, MethodComparison
from analysis.comparisons.methods import METHODS
from analysis.refusals import NotEstimable
from tests.unit.analysis.comparisons.samples import answers_of, likert, people

LINKED: Final = [method for method in METHODS if method.needs_links]
NAMES: Final = [method.name for method in METHODS]


def _cells(method: Method, seed: int) -> dict[str, Any]:
    """Few answers, so that the permutation test applies too."""
    rng = np.random.default_rng(seed)
    if "share" in method.beside:
        y = rng.integers(0, 2, 24).astype(float).tolist()
    elif "nominal" in method.beside:
        y = np.repeat([1.0, 2, 3], 8).tolist()
    else:
        y = likert(seed, 24)
    return {"y": y, "g": rng.integers(0, 2, 24).tolist()}


def _answers(method: Method, **more: Any) -> Answers:
    before, after = _cells(method, 1), _cells(method, 2)
    if method.needs_links:
        before["c"], after["c"] = people(24), people(24, 4)
    return answers_of(before, after, answered=np.ones(48), **more)


def test_names_and_questions_are_one_of_a_kind() -> None:
    assert len(set(NAMES)) == len(NAMES)
    assert len({method.question for method in METHODS}) == len(METHODS)


@pytest.mark.parametrize("method", METHODS, ids=NAMES)
def test_a_method_asks_a_question_and_cites_its_source(method: Method) -> None:
    assert re.fullmatch(r"[a-z]+(_[a-z]+)*", method.name)
    assert method.question.endswith("?")
    assert re.search(r"\b(19|20)\d\d\b", method.reference)


@pytest.mark.parametrize("method", METHODS, ids=NAMES)
def test_a_method_that_applies_finds_something_whole(method: Method) -> None:
    answers = _answers(method)
    assert method.applies(answers) == "yes"
    found = method.compare(answers)
    assert isinstance(found, MethodComparison)
    assert min(found.n) >= 2
    assert found.p is None or 0 <= found.p <= 1
    assert found.p is not None or found.ci95 is not None
    assert (found.unit is None) is (found.estimate is None)
    assert (found.ci95 is None) is (found.ci90 is None)
    if found.ci95 and found.ci90 and found.estimate is not None:
        low, high = found.ci95
        assert low <= found.ci90[0] <= found.ci90[1] <= high
        assert low <= found.estimate <= high or method.name == "agresti_caffo"
    numbers = [*found.figures.values(), *found.counts.values(), found.statistic, found.df]
    assert all(np.isfinite(number) for number in numbers if number is not None)


@pytest.mark.parametrize("method", METHODS, ids=NAMES)
def test_a_method_refuses_waves_without_answers(method: Method) -> None:
    nothing: dict[str, Any] = {"y": [None, None, None], "g": [0, 1, 1]}
    if method.needs_links:
        nothing["c"] = people(3)
    answers = answers_of(nothing, nothing, answered=np.ones(6))
    assert isinstance(method.compare(answers), NotEstimable)


@pytest.mark.parametrize("method", LINKED, ids=[method.name for method in LINKED])
def test_a_method_for_linked_people_refuses_strangers(method: Method) -> None:
    before, after = _cells(method, 1), _cells(method, 2)
    told = method.applies(answers_of(before, after))
    assert isinstance(told, NotEstimable)
    assert "can be recognised" in told.reason


UNWEIGHTED: Final = {
    "brunner_munzel",
    "mann_whitney",
    "fisher",
    "agresti_caffo",
    "pearson",
    *(method.name for method in LINKED),
}


@pytest.mark.parametrize("method", METHODS, ids=NAMES)
@pytest.mark.parametrize("design", ["w", "b", "n"])
def test_a_method_that_knows_no_design_refuses_one(method: Method, design: str) -> None:
    column: list[Any] = {
        "w": [1.0, 2] * 12,
        "b": [f"b{i % 6}" for i in range(24)],
        "n": [900] * 24,
    }[design]
    other = [f"c{i % 6}" for i in range(24)] if design == "b" else column
    before, after = _cells(method, 1), _cells(method, 2)
    if method.needs_links:
        shared = column if design == "b" else None
        before["c"], after["c"] = people(24), people(24)
        other = shared or other
    waves = {**before, design: column}, {**after, design: other}
    told = method.applies(answers_of(*waves, variance="taylor", answered=np.ones(48)))
    assert isinstance(told, NotEstimable) is (method.name in UNWEIGHTED)


@pytest.mark.parametrize("name", sorted(UNWEIGHTED - {method.name for method in LINKED}))
def test_a_method_for_separate_samples_refuses_people_in_both(name: str) -> None:
    method = next(method for method in METHODS if method.name == name)
    cells = {"c": people(24)}
    told = method.applies(
        answers_of({**_cells(method, 1), **cells}, {**_cells(method, 2), **cells})
    )
    assert isinstance(told, NotEstimable)
    assert "both waves" in told.reason


def test_every_unit_says_what_no_change_is() -> None:
    found = [method.compare(_answers(method)) for method in METHODS]
    units = {f.unit for f in found if isinstance(f, MethodComparison) and f.unit}
    assert units == set(NO_CHANGE)
