"""Comparisons from tallies are those from the rows, whatever the design and the answers."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import fields, is_dataclass, replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import analysis.compare
from analysis.compare import Compared, compare_outcomes
from analysis.dataset import read_wave
from analysis.design import label_design
from analysis.plan import read_plan
from analysis.refusals import Refusal
from analysis.variance import VARIANCES
from tests.property.waves import Waves, codebook, waves
from tests.unit.analysis.books import table

THOROUGH = settings(max_examples=60, deadline=None)
WEIGHTS = ("as drawn", "few", "wild", "one carries most", "alike but for rounding")


def _reweighted(cells: dict[str, list[Any]], kind: str, rng: np.random.Generator) -> dict[str, Any]:
    n = len(cells["a"])
    weights = {
        "few": rng.choice([0.4, 1.0, 2.5], n),
        "wild": rng.lognormal(0, 1.5, n),
        "one carries most": np.r_[1e3, np.ones(n - 1)],
        "alike but for rounding": 1 + rng.integers(-2, 3, n) * 1e-9,
    }
    return cells | ({"w": weights[kind].tolist()} if kind in weights and "w" in cells else {})


def _flattened(cells: dict[str, list[Any]], kind: str) -> dict[str, Any]:
    """Answers that leave hardly anything to vary: the sums that cancel."""
    n = len(cells["a"])
    if kind == "all alike":
        return cells | {name: [4] * n for name in ("a", "b", "c")}
    if kind == "alike in each stratum" and "s" in cells:
        answers = [5 if name == "N" else 1 for name in cells["s"]]
        return cells | {"a": answers, "b": answers, "c": [6 - a for a in answers]}
    return cells


def _numbers(part: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    if is_dataclass(part):
        for field in fields(part):
            yield from _numbers(getattr(part, field.name), f"{path}.{field.name}")
    elif isinstance(part, dict):
        for key, value in part.items():
            yield from _numbers(value, f"{path}.{key}")
    else:
        yield path, part


def _assert_agree(counted: list[Compared], summed: list[Compared]) -> None:
    """To 12 digits, or 13 decimals where a number is small.

    A t statistic divides by its standard error, which both know to about 15 decimals.
    """
    for one, other in zip(counted, summed, strict=True):
        ours, theirs = dict(_numbers(one.comparison)), dict(_numbers(other.comparison))
        assert ours.keys() == theirs.keys()
        for path, number in theirs.items():
            if not isinstance(number, int | float):
                assert ours[path] == number
                continue
            relative = 1e-12
            if path == ".change.statistic":
                relative += 1e-14 / theirs[".change.se"]
            where = one.outcome.id, one.outcome.measure, one.group, path
            assert math.isclose(ours[path], number, rel_tol=relative, abs_tol=1e-13), where
        assert one.verdict == other.verdict


def _both(drawn: Waves, variance: str) -> tuple[list[Compared], list[Compared]]:
    book = codebook()
    plan = read_plan(drawn.plan, book)
    texts = {"before": table(drawn.before), "after": table(drawn.after)}
    before, after = (read_wave(name, text, book, plan.columns) for name, text in texts.items())
    design = label_design(before, after, plan.columns, plan.lonely_psu)
    method = VARIANCES[variance]
    method.check(design)
    arguments = (before, after, book, plan, design, method)
    counted = compare_outcomes(*arguments)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(analysis.compare, "counted_waves", lambda *_: None)
        return counted, compare_outcomes(*arguments)


@pytest.mark.parametrize("variance", VARIANCES)
@given(
    waves(most=200),
    st.sampled_from(WEIGHTS),
    st.sampled_from(["as drawn", "as drawn", "all alike", "alike in each stratum"]),
    st.integers(0, 99),
)
@THOROUGH
def test_tallies_and_rows_give_the_same_comparisons(
    variance: str, drawn: Waves, weights: str, answers: str, seed: int
) -> None:
    rng = np.random.default_rng(seed)
    cells = [
        _flattened(_reweighted(wave, weights, rng), answers) for wave in (drawn.before, drawn.after)
    ]
    _assert_agree(*_both(replace(drawn, before=cells[0], after=cells[1]), variance))


@pytest.mark.parametrize("lonely", ["adjust", "average", "certainty"])
@pytest.mark.parametrize("variance", VARIANCES)
@given(waves(), st.integers(0, 99))
@settings(max_examples=15, deadline=None)
def test_strata_of_one_person_are_treated_alike(
    variance: str, lonely: str, drawn: Waves, seed: int
) -> None:
    rng = np.random.default_rng(seed)
    cells = []
    for wave in (drawn.before, drawn.after):
        names = rng.choice(["N", "S"], len(wave["a"])).tolist()
        names[:5] = ["alone", "N", "N", "S", "S"]
        cells.append(wave | {"s": names})
    plan = drawn.plan | {"stratum": "s", "lonely_psu": lonely}
    changed = replace(drawn, before=cells[0], after=cells[1], plan=plan)
    if variance == "jackknife" and lonely != "certainty":
        with pytest.raises(Refusal):
            _both(changed, variance)
        return
    _assert_agree(*_both(changed, variance))


@given(waves(), st.floats(1.2, 50))
@settings(max_examples=15, deadline=None)
def test_finite_populations_are_treated_alike(drawn: Waves, times: float) -> None:
    cells = []
    for wave in (drawn.before, drawn.after):
        strata = wave.get("s", ["all"] * len(wave["a"]))
        sizes = {name: strata.count(name) * times for name in strata}
        cells.append(wave | {"size": [sizes[name] for name in strata]})
    plan = drawn.plan | {"fpc": "size"}
    _assert_agree(*_both(replace(drawn, before=cells[0], after=cells[1], plan=plan), "taylor"))


def test_answers_that_are_alike_in_each_stratum_go_back_to_the_rows() -> None:
    """Sums of squares would cancel to rounding, and rounding would look like a standard error."""
    answers = [5] * 20 + [1] * 20
    cells = dict.fromkeys(("a", "b", "c"), answers) | {"who": answers, "years": answers}
    cells |= {"s": ["N"] * 20 + ["S"] * 20, "w": np.linspace(1, 1.000001, 40).tolist()}
    cells |= {"who": [1] * 40, "age": [1] * 40}
    drawn = Waves(cells, cells, {"stratum": "s", "weight": "w"})
    for variance in VARIANCES:
        _assert_agree(*_both(drawn, variance))


@pytest.mark.parametrize("variance", VARIANCES)
def test_a_group_that_one_person_carries_is_told_as_the_rows_tell_it(variance: str) -> None:
    cells = {name: [1, 2, 3, 4, 5] * 4 for name in ("a", "b", "c")}
    cells |= {"who": [1, 2] * 10, "years": [3] * 20, "age": [1] * 20, "w": [1e15, *[1.0] * 19]}
    _assert_agree(*_both(Waves(cells, cells, {"weight": "w", "subgroups": ["age"]}), variance))
