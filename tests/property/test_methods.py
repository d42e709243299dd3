"""What must hold of every method of the index, for any two waves."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.comparisons.method import NO_CHANGE, Answers, Method, MethodComparison
from analysis.comparisons.methods import METHODS
from analysis.refusals import NotEstimable
from tests.unit.analysis.comparisons.samples import answers_of

Cells = dict[str, list[Any]]
FEWER: Final = settings(max_examples=25, deadline=None)
NAMES: Final = [method.name for method in METHODS]
# Its test (mid-p) and its interval (Newcombe's) are two methods: statistics knows no better pair.
TWO_METHODS: Final = "mcnemar"
# Its interval is that of the difference over a standard deviation of the wave called "before".
HANGS_ON_THE_FIRST_WAVE: Final = "glass_delta"
every_method: Final = pytest.mark.parametrize("method", METHODS, ids=NAMES)


@dataclass(frozen=True)
class Drawn:
    """Both waves as cells, for the method to read."""

    before: Cells
    after: Cells

    def answers(self, **more: Any) -> Answers:
        answered = np.array([*self.before["a"], *self.after["a"]])
        cells = (
            {key: column for key, column in wave.items() if key != "a"}
            for wave in (self.before, self.after)
        )
        return answers_of(*cells, answered=answered, **more)


def _outcome(method: Method, rng: np.random.Generator, n: int, lift: float) -> list[Any]:
    if "share" in method.beside:
        y = (rng.random(n) < 0.4 + lift / 5).astype(float)
    elif "nominal" in method.beside:
        y = rng.integers(1, 4, n).astype(float)
    elif "numeric" in method.beside and rng.random() < 0.3:
        y = rng.normal(size=n) + lift
    else:
        y = np.clip(np.round(3 + lift + 1.2 * rng.normal(size=n)), 1, 5)
    return [None if rng.random() < 0.1 else value for value in y.tolist()]


def _wave(method: Method, rng: np.random.Generator, n: int, lift: float) -> Cells:
    return {
        "y": _outcome(method, rng, n, lift),
        "g": rng.integers(0, 3, n).tolist(),
        "a": rng.choice([0.6, 0.8, 1.0], n).tolist(),
    }


@st.composite
def drawn(draw: st.DrawFn, method: Method) -> Drawn:
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    sizes = [draw(st.integers(12, 60)) for _ in range(2)]
    lift = draw(st.floats(-1, 1))
    waves = [_wave(method, rng, n, x) for n, x in zip(sizes, (0.0, lift), strict=True)]
    design = "c" if method.needs_links else draw(st.sampled_from(["", "w", "ws", "wb", "c"]))
    for number, (wave, n) in enumerate(zip(waves, sizes, strict=True)):
        if "w" in design:
            wave["w"] = rng.uniform(0.3, 3, n).round(3).tolist()
        if "s" in design:
            wave["s"] = ["N", "N", "S", "S", *rng.choice(["N", "S"], n - 4).tolist()]
        if "b" in design:
            wave["b"] = [f"{number}-{i % 6}" for i in range(n)]
        if "c" in design:
            wave["c"] = [f"p{i}" for i in range(n)]
    return Drawn(*waves)


def _compared(method: Method, waves: Drawn, **more: Any) -> MethodComparison | NotEstimable:
    answers = waves.answers(**more)
    fit = method.applies(answers)
    return fit if isinstance(fit, NotEstimable) else method.compare(answers)


def _same(one: MethodComparison | NotEstimable, other: MethodComparison | NotEstimable) -> None:
    if isinstance(one, NotEstimable) or isinstance(other, NotEstimable):
        assert one == other
        return
    assert (one.n, one.unit) == (other.n, other.unit)
    assert _numbers(one) == pytest.approx(_numbers(other), rel=1e-6, abs=1e-9)


def _numbers(found: MethodComparison) -> dict[str, float]:
    alone = {name: getattr(found, name) for name in ("p", "estimate", "statistic", "df")}
    ends = {f"ci{i}": end for i, end in enumerate([*(found.ci95 or ()), *(found.ci90 or ())])}
    every = {**alone, **ends, **found.figures, **found.counts}
    return {name: number for name, number in every.items() if number is not None}


def _reordered(cells: Cells, seed: int) -> Cells:
    order = np.random.default_rng(seed).permutation(len(cells["y"]))
    return {name: [column[i] for i in order] for name, column in cells.items()}


@every_method
@given(st.data(), st.integers(0, 99))
@FEWER
def test_row_order_changes_nothing(method: Method, data: st.DataObject, seed: int) -> None:
    waves = data.draw(drawn(method))
    moved = Drawn(_reordered(waves.before, seed), _reordered(waves.after, seed + 1))
    _same(_compared(method, waves), _compared(method, moved))


@every_method
@given(st.data(), st.floats(1e-3, 1e3))
@FEWER
def test_scaling_all_weights_changes_nothing(
    method: Method, data: st.DataObject, factor: float
) -> None:
    waves = data.draw(drawn(method))
    if "w" not in waves.before:
        waves = Drawn(*({**w, "w": [1.5] * len(w["y"])} for w in (waves.before, waves.after)))
    scaled = Drawn(*({**w, "w": [x * factor for x in w["w"]]} for w in (waves.before, waves.after)))
    _same(_compared(method, waves), _compared(method, scaled))


@every_method
@given(st.data())
@FEWER
def test_other_names_for_strata_blocks_people_and_groups_change_nothing(
    method: Method, data: st.DataObject
) -> None:
    waves = data.draw(drawn(method))

    def renamed(cells: Cells) -> Cells:
        other = {name: list(column) for name, column in cells.items()}
        other["g"] = [{0: 2, 1: 0, 2: 1}[level] for level in cells["g"]]
        for name in {"s", "b", "c"} & cells.keys():
            other[name] = [f"{label[::-1]} renamed" for label in cells[name]]
        if "nominal" in method.beside:
            codes = {1.0: 9.0, 2.0: 4.0, 3.0: 7.0, None: None}
            other["y"] = [codes[code] for code in cells["y"]]
        return other

    _same(
        _compared(method, waves),
        _compared(method, Drawn(renamed(waves.before), renamed(waves.after))),
    )


@every_method
@given(st.data())
@FEWER
def test_swapping_the_waves_turns_the_comparison_round(method: Method, data: st.DataObject) -> None:
    waves = data.draw(drawn(method))
    one = _compared(method, waves)
    other = _compared(method, Drawn(waves.after, waves.before))
    if isinstance(one, NotEstimable) or isinstance(other, NotEstimable):
        assert isinstance(one, NotEstimable)
        assert isinstance(other, NotEstimable)
        return
    assert one.n == other.n[::-1]
    assert (one.p or 0) == pytest.approx(other.p or 0, rel=1e-6, abs=1e-12)
    if one.statistic is not None and "nominal" not in method.beside:
        assert one.statistic == pytest.approx(-(other.statistic or 0), rel=1e-6, abs=1e-9)
    if one.unit is None or one.estimate is None or method.name == HANGS_ON_THE_FIRST_WAVE:
        return
    assert one.estimate == pytest.approx(_turned(other.estimate, one), rel=1e-6, abs=1e-9)
    if one.ci95 and other.ci95:
        assert one.ci95[0] == pytest.approx(_turned(other.ci95[1], one), rel=1e-6, abs=1e-9)


def _turned(value: float | None, found: MethodComparison) -> float:
    assert value is not None
    if found.unit == "odds":
        return 1 / value
    return 1 - value if found.unit == "probability" else -value


@every_method
@given(st.data())
@FEWER
def test_p_is_below_5_percent_exactly_when_the_interval_leaves_no_change_out(
    method: Method, data: st.DataObject
) -> None:
    found = _compared(method, data.draw(drawn(method)))
    if isinstance(found, NotEstimable) or method.name == TWO_METHODS:
        return
    if found.p is None or found.ci95 is None or found.unit is None or abs(found.p - 0.05) < 1e-7:
        return
    low, high = found.ci95
    assert (found.p < 0.05) is not (low <= NO_CHANGE[found.unit] <= high)


@every_method
@given(st.data())
@FEWER
def test_equal_waves_show_no_change(method: Method, data: st.DataObject) -> None:
    waves = data.draw(drawn(method))
    after = {name: list(column) for name, column in waves.before.items()}
    if "b" in after:
        after["b"] = [f"{label} again" for label in after["b"]]
    if "c" in after:
        after["c"] = [f"p{i + 6}" for i in range(len(after["c"]))]
    found = _compared(method, Drawn(waves.before, after))
    if isinstance(found, NotEstimable):
        return
    if method.needs_links:
        assert found.p is None or 0 <= found.p <= 1
        return
    assert found.p is None or math.isclose(found.p, 1, abs_tol=1e-6)
    if found.unit is not None:
        assert found.estimate == pytest.approx(NO_CHANGE[found.unit], abs=1e-9)
