"""What must hold whatever was drawn together: blocks, strata, linked people, comparison areas."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any, Final

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.property.waves import Cells, Waves, waves

VARIANCES: Final = ("jackknife", "taylor")
FEWER: Final = settings(max_examples=10, deadline=None)
DESIGNS: Final = (
    {"psu": "block"},
    {"psu": "block", "stratum": "zone", "weight": "w"},
    {"person_code": "code", "weight": "w"},
    {"weight": "w", "comparison_areas": {"age": [2]}},
    {"psu": "block", "comparison_areas": {"age": [2]}},
)
LABELS: Final = {"psu": "block", "stratum": "zone", "person_code": "code", "weight": "w"}


@st.composite
def designed(draw: st.DrawFn) -> Waves:
    """Some waves share their blocks and strata, some do not; of linked people a part comes back."""
    drawn = draw(waves())
    design = draw(st.sampled_from(DESIGNS))
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    shared = draw(st.booleans())
    cells = [
        _labelled(wave, design, rng, "" if shared else f"{number}-")
        for number, wave in enumerate((drawn.before, drawn.after))
    ]
    plan = {key: value for key, value in drawn.plan.items() if key in {"weighting", "subgroups"}}
    return Waves(*cells, plan | design)


def _labelled(cells: Cells, design: Any, rng: np.random.Generator, prefix: str) -> Cells:
    n = len(cells["a"])
    block = np.arange(n) % 6
    labels: Cells = {
        "block": [f"{prefix}block {i}" for i in block],
        "zone": [f"zone {i % 2}" for i in block],
        "code": [f"p{i}" if i < n // 2 else "" for i in range(n)],
        "w": rng.uniform(0.3, 3, n).round(3).tolist(),
    }
    kept = {name: column for name, column in cells.items() if name not in {"w", "s"}}
    kept["age"] = [1, 2] * (n // 2) + [1] * (n % 2)
    return kept | {name: labels[name] for role, name in LABELS.items() if role in design}


def _numbers(part: Any, path: str = "") -> Iterator[tuple[str, float]]:
    if isinstance(part, dict):
        for key, value in part.items():
            yield from _numbers(value, f"{path}.{key}")
    elif isinstance(part, list):
        for i, value in enumerate(part):
            yield from _numbers(value, f"{path}[{i}]")
    elif isinstance(part, int | float) and not isinstance(part, bool):
        yield path, part


def _told(drawn: Waves, variance: str) -> dict[str, float]:
    document = drawn.compare(variance)
    told = [
        {key: c[key] for key in ("before", "after", "change", "effects")}
        for c in document["comparisons"]
    ]
    areas = (document["areas"] or {}).get("comparisons", [])
    beside = [{key: a[key] for key in ("change", "difference", "few_clusters")} for a in areas]
    return dict(_numbers([told, beside, document["interactions"]]))


def _assert_same(one: dict[str, float], other: dict[str, float]) -> None:
    assert one.keys() == other.keys()
    for path, number in one.items():
        assert math.isclose(number, other[path], rel_tol=1e-7, abs_tol=1e-9), path


@pytest.mark.parametrize("variance", VARIANCES)
@given(designed(), st.integers(0, 99))
@FEWER
def test_row_order_changes_nothing(variance: str, drawn: Waves, seed: int) -> None:
    rng = np.random.default_rng(seed)
    moved = []
    for cells in (drawn.before, drawn.after):
        order = rng.permutation(len(cells["a"]))
        moved.append({name: [column[i] for i in order] for name, column in cells.items()})
    _assert_same(_told(drawn, variance), _told(Waves(*moved, drawn.plan), variance))


@pytest.mark.parametrize("variance", VARIANCES)
@given(designed(), st.floats(1e-3, 1e3))
@FEWER
def test_scaling_all_weights_changes_nothing(variance: str, drawn: Waves, factor: float) -> None:
    ones = [[1.0] * len(cells["a"]) for cells in (drawn.before, drawn.after)]
    pairs = list(zip((drawn.before, drawn.after), ones, strict=True))
    first = [cells | {"w": cells.get("w", one)} for cells, one in pairs]
    scaled = [cells | {"w": [weight * factor for weight in cells["w"]]} for cells in first]
    plan = drawn.plan | {"weight": "w"}
    _assert_same(_told(Waves(*first, plan), variance), _told(Waves(*scaled, plan), variance))


@pytest.mark.parametrize("variance", VARIANCES)
@given(designed())
@FEWER
def test_other_names_for_blocks_strata_and_people_change_nothing(
    variance: str, drawn: Waves
) -> None:
    def renamed(cells: Cells) -> Cells:
        labels = {"block", "zone", "code"} & cells.keys()
        others = {
            name: [label and f"{label[::-1]} anew" for label in cells[name]] for name in labels
        }
        return cells | others

    other = Waves(renamed(drawn.before), renamed(drawn.after), drawn.plan)
    _assert_same(_told(drawn, variance), _told(other, variance))


@pytest.mark.parametrize("variance", VARIANCES)
@given(designed())
@FEWER
def test_swapping_the_waves_flips_the_sign(variance: str, drawn: Waves) -> None:
    one, other = drawn.compare(variance), drawn.swapped().compare(variance)
    pairs = [
        (a["change"], b["change"])
        for a, b in zip(one["comparisons"], other["comparisons"], strict=True)
    ]
    if one["areas"]:
        beside = zip(one["areas"]["comparisons"], other["areas"]["comparisons"], strict=True)
        pairs += [(a["difference"], b["difference"]) for a, b in beside]
    for change, mirrored in pairs:
        if "not_estimable" in change:
            assert "not_estimable" in mirrored
            continue
        assert change["estimate"] == pytest.approx(-mirrored["estimate"], rel=1e-9, abs=1e-12)
        assert change["ci_low"] == pytest.approx(-mirrored["ci_high"], rel=1e-7, abs=1e-9)
        assert change["p"] == pytest.approx(mirrored["p"], rel=1e-6, abs=1e-12)


@pytest.mark.parametrize("variance", VARIANCES)
@given(designed())
@FEWER
def test_p_is_below_5_percent_exactly_when_the_interval_leaves_0_out(
    variance: str, drawn: Waves
) -> None:
    document = drawn.compare(variance)
    changes = [c["change"] for c in document["comparisons"]]
    for area in (document["areas"] or {}).get("comparisons", []):
        changes += [area["change"], area["difference"], area["few_clusters"]]
    for change in changes:
        if "not_estimable" not in change and abs(change["p"] - 0.05) > 1e-9:
            assert (change["p"] < 0.05) is not (change["ci_low"] <= 0 <= change["ci_high"])


@pytest.mark.parametrize("variance", VARIANCES)
@given(designed())
@FEWER
def test_equal_waves_are_never_told_as_changed(variance: str, drawn: Waves) -> None:
    document = Waves(drawn.before, drawn.before, drawn.plan).compare(variance)
    beside = (document["areas"] or {}).get("comparisons", [])
    for told in (*document["comparisons"], *beside):
        if isinstance(told["verdict"], str):
            assert told["verdict"] in {"about_the_same", "cannot_tell"}


@pytest.mark.parametrize("variance", VARIANCES)
@given(designed())
@FEWER
def test_a_group_that_nobody_asked_for_changes_nothing(variance: str, drawn: Waves) -> None:
    alone = Waves(drawn.before, drawn.after, drawn.plan | {"subgroups": []})
    one, other = drawn.compare(variance), alone.compare(variance)
    everyone = [c for c in one["comparisons"] if c["group"] is None]
    for a, b in zip(everyone, other["comparisons"], strict=True):
        assert (a["before"], a["change"]) == (b["before"], b["change"])
    assert (one["areas"] is None) or [a["difference"] for a in one["areas"]["comparisons"]] == [
        a["difference"] for a in other["areas"]["comparisons"]
    ]
