"""The two variances where no oracle case reaches: linked waves, lonely PSUs, refusals."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest

from analysis.codebook import Variable
from analysis.disclosure import release
from analysis.refusals import Refusal
from analysis.report import compare_files
from tests.unit.analysis.books import book, number, question, table

Columns = dict[str, Sequence[object]]


def _change(before: Columns, after: Columns, **more: Any) -> dict[str, Any]:
    document = compare_files(book(number("y")), table(before), table(after), **more)
    change: dict[str, Any] = document["comparisons"][0]["change"]
    return change


def _normal(n: int, seed: int, lift: float = 0.0) -> list[float]:
    return (np.random.default_rng(seed).normal(size=n) + lift).tolist()


def test_when_everybody_is_linked_the_jackknife_is_the_paired_t_test() -> None:
    first, second = _normal(40, 1), _normal(40, 2, 0.4)
    people = [f"p{i}" for i in range(40)]
    change = _change(
        {"y": first, "c": people}, {"y": second, "c": people}, plan={"person_code": "c"}
    )
    gain = np.subtract(second, first)
    assert change["se"] == pytest.approx(gain.std(ddof=1) / math.sqrt(40), rel=1e-12)
    assert change["df"] == 39


def test_links_leave_the_estimate_and_change_only_its_width() -> None:
    shared = np.array(_normal(60, 3))
    first, second = shared + _normal(60, 4), shared + _normal(60, 5, 0.3)
    people = [f"p{i}" if i < 30 else "" for i in range(60)]
    linked = _change(
        {"y": first.tolist(), "c": people},
        {"y": second.tolist(), "c": people},
        plan={"person_code": "c"},
    )
    loose = _change({"y": first.tolist()}, {"y": second.tolist()})
    assert linked["estimate"] == pytest.approx(loose["estimate"], rel=1e-12)
    assert linked["se"] < loose["se"]


def test_blocks_in_both_waves_with_strata_agree_between_jackknife_and_taylor_in_the_limit() -> None:
    rng = np.random.default_rng(6)
    blocks = [f"b{i % 200}" for i in range(4000)]
    strata = [f"s{i % 200 % 2}" for i in range(4000)]
    lift = dict(zip(blocks, rng.normal(size=200), strict=False))
    waves = [
        {
            "y": [lift[b] + rng.normal() for b in blocks],
            "b": blocks,
            "s": strata,
            "w": rng.uniform(0.5, 2, 4000).tolist(),
        }
        for _ in range(2)
    ]
    plan = {"psu": "b", "stratum": "s", "weight": "w"}
    jackknife = _change(*waves, plan=plan)
    taylor = _change(*waves, plan=plan, variance="taylor")
    assert jackknife["se"] == pytest.approx(taylor["se"], rel=0.01)
    assert taylor["df"] == 197
    assert jackknife["df"] <= 198


def test_the_jackknife_of_shared_blocks_is_what_leaving_each_out_gives() -> None:
    rng = np.random.default_rng(8)
    blocks = np.array([i % 7 for i in range(50)])
    strata = np.array(["N" if b < 4 else "S" for b in blocks])
    y, w = rng.normal(size=(2, 50)), rng.uniform(0.5, 2, size=(2, 50))
    size = {"N": 4, "S": 3}
    whole = np.average(y[1], weights=w[1]) - np.average(y[0], weights=w[0])
    v = 0.0
    for block in range(7):
        stratum = "N" if block < 4 else "S"
        n = size[stratum]
        kept = np.where(blocks == block, 0.0, np.where(strata == stratum, n / (n - 1), 1.0))
        left = np.average(y[1], weights=w[1] * kept) - np.average(y[0], weights=w[0] * kept)
        v += (n - 1) / n * (left - whole) ** 2
    waves = [
        {"y": y[i].tolist(), "b": blocks.tolist(), "s": strata.tolist(), "w": w[i].tolist()}
        for i in range(2)
    ]
    change = _change(*waves, plan={"psu": "b", "stratum": "s", "weight": "w"})
    assert change["se"] == pytest.approx(math.sqrt(v), rel=1e-12)


def _lonely(option: str, variance: str) -> dict[str, Any]:
    """In each wave two strata of three people and one of one."""
    strata = ["N", "N", "N", "S", "S", "S", "W"]
    waves = ({"y": _normal(7, seed), "s": strata} for seed in (9, 10))
    return _change(*waves, plan={"stratum": "s", "lonely_psu": option}, variance=variance)


def _by_hand(option: str) -> float:
    v = 0.0
    for seed in (9, 10):
        u = np.array(_normal(7, seed))
        u = (u - u.mean()) / 7
        full = sum(
            3 / 2 * ((u[part] - u[part].mean()) ** 2).sum() for part in (slice(3), slice(3, 6))
        )
        v += full + (u[6] ** 2 if option == "adjust" else 0.0)
    return v * (6 / 4 if option == "average" else 1.0)


@pytest.mark.parametrize("option", ["adjust", "average", "certainty"])
def test_a_lonely_psu_adds_what_the_option_says(option: str) -> None:
    change = _lonely(option, "taylor")
    assert change["se"] == pytest.approx(math.sqrt(_by_hand(option)), rel=1e-12)


def test_the_jackknife_knows_lonely_psus_as_certainty_only() -> None:
    assert _lonely("certainty", "jackknife")["se"] > 0
    with pytest.raises(Refusal, match="lonely_psu 'average' is defined for variance taylor"):
        _lonely("average", "jackknife")


def test_shared_blocks_with_a_lonely_one_are_adjusted_too() -> None:
    columns: Columns = {"b": ["w", "x", "y", "z"], "s": ["N", "N", "N", "S"]}
    plan = {"psu": "b", "stratum": "s", "lonely_psu": "adjust"}
    first, second = np.array([1, 3, 5, 3]), np.array([2, 5, 9, 4])
    waves = [{"y": wave.tolist(), **columns} for wave in (first, second)]
    change = _change(*waves, plan=plan, variance="taylor")
    u = ((second - second.mean()) - (first - first.mean())) / 4
    v = 3 / 2 * ((u[:3] - u[:3].mean()) ** 2).sum() + u[3] ** 2
    assert change["se"] == pytest.approx(math.sqrt(v), rel=1e-12)
    assert change["df"] == 1


def test_the_jackknife_refuses_a_finite_population() -> None:
    columns: Columns = {"n": [90] * 20}
    with pytest.raises(Refusal, match="does not take a finite population correction"):
        _change(
            {"y": _normal(20, 1), **columns}, {"y": _normal(20, 2), **columns}, plan={"fpc": "n"}
        )


def test_a_group_that_one_block_holds_alone_is_not_estimable() -> None:
    blocks = ["x"] * 5 + ["y"] * 5
    group = [1] * 5 + [2] * 5
    waves = [
        table({"y": _normal(10, seed), "g": group, "b": [f"{seed}{b}" for b in blocks]})
        for seed in (1, 2)
    ]
    codebook = book(number("y"), question("g", (1, 2), role="background"))
    plan = {"psu": "b", "subgroups": ["g"]}
    document = compare_files(codebook, *waves, plan=plan)
    groups = [c["change"] for c in document["comparisons"] if c["group"]]
    assert [g["not_estimable"] for g in groups] == ["one PSU holds all the answers"] * 2


def test_a_weight_that_outweighs_all_others_is_one_psu_that_holds_all() -> None:
    columns: Columns = {"w": [1e15, 1, 1, 1]}
    waves: list[Columns] = [{"y": _normal(4, seed), **columns} for seed in (1, 2)]
    change = _change(*waves, plan={"weight": "w"})
    assert change["not_estimable"] == "one PSU holds all the answers"


def test_a_group_with_one_block_a_stratum_has_no_degree_of_freedom() -> None:
    strata = ["N"] * 200 + ["S"] * 200
    blocks = [f"b{i // 100}" for i in range(400)]
    group = [1 + i // 100 % 2 for i in range(400)]
    codebook = book(number("y"), question("met", (0, 1), level="binary"), _age())
    waves = [
        table(
            {
                "y": _normal(400, seed),
                "met": [int(i % (2 + i // 100) == 0) for i in range(400)],
                "age": group,
                "s": strata,
                "b": [f"{seed}{b}" for b in blocks],
            }
        )
        for seed in (1, 2)
    ]
    plan = {"psu": "b", "stratum": "s", "subgroups": ["age"]}
    document = compare_files(codebook, *waves, plan=plan, variance="taylor")
    groups = [c for c in document["comparisons"] if c["group"]]
    assert len(groups) == 4
    for comparison in groups:
        assert "too few PSUs for an interval" in comparison["before"]["ci_low"]["not_estimable"]
        assert "no degree of freedom" in comparison["change"]["not_estimable"]
        assert comparison["before"]["se"] > 0
    released = [c for c in release(document)["comparisons"] if c["group"]]
    assert all(c["before"].keys() == {"suppressed"} for c in released)


def _age() -> Variable:
    return question("age", (1, 2), role="background", missing=(-1,))


def test_an_unknown_variance_is_refused() -> None:
    with pytest.raises(Refusal, match="variance 'bootstrap' is not known"):
        _change({"y": [1, 2]}, {"y": [1, 2]}, variance="bootstrap")
