"""Both variances, summed up by their definitions over every PSU, for any design."""

from __future__ import annotations

from itertools import product
from typing import Any, Final, cast

import numpy as np
import pytest
from numpy.typing import NDArray

from analysis.dataset import DesignColumns, read_wave
from analysis.design import Design, LonelyPsu, label_design
from analysis.influence import Influence, mean_influence
from analysis.variance import VARIANCES
from analysis.variance.taylor import linearised_covariance
from tests.unit.analysis.books import book, number, table

Values = NDArray[np.float64]
TAYLOR, JACKKNIFE = VARIANCES["taylor"], VARIANCES["jackknife"]
SHAPES: Final = ("people", "strata", "blocks", "blocks in strata", "shared", "shared in strata")
LONELY: Final = ("certainty", "adjust", "average")


def _cells(rng: np.random.Generator, n: int, shape: str, prefix: str, *, lonely: bool) -> Any:
    block = np.arange(n) % 8
    zone = np.where(block < 3, "N", "S")
    if lonely:
        zone = np.where(block == 0, "alone", zone)
    if "blocks" not in shape and "shared" not in shape and lonely:
        zone[1:] = np.where(np.arange(1, n) % 2, "N", "S")
        zone[0] = "alone"
    cells: dict[str, Any] = {
        "y": rng.normal(size=n).round(3).tolist(),
        "w": rng.uniform(0.3, 3, n).round(3).tolist(),
        "s": zone.tolist(),
        "b": [f"{'' if 'shared' in shape else prefix}{i}" for i in block],
    }
    for i in np.flatnonzero(rng.random(n) < 0.2):
        cells["y"][i] = None
    return cells


def _drawn(shape: str, seed: int, lonely: str = "refuse") -> tuple[Values, Design]:
    rng = np.random.default_rng(seed)
    columns = DesignColumns(
        weight="w",
        stratum="s" if "strata" in shape else None,
        psu="b" if "blocks" in shape or "shared" in shape else None,
    )
    kept = {"y", "w", *columns.named().values()}
    waves = []
    for i, n in enumerate((24, 30)):
        cells = _cells(rng, n, shape, "ab"[i], lonely=lonely != "refuse")
        text = table({name: cells[name] for name in cells if name in kept})
        waves.append(read_wave("wave", text, book(number("y")), columns))
    values = np.concatenate([wave.numeric["y"].values for wave in waves])
    return values, label_design(waves[0], waves[1], columns, cast("LonelyPsu", lonely))


def _domains(design: Design) -> list[NDArray[np.int64]]:
    """Nobody of one block in the first wave, nor of another in both: PSUs without the domain."""
    first, second = np.arange(design.n_before), np.arange(len(design.weight) - design.n_before)
    return [first[~np.isin(first % 8, (1, 4))], second[second % 8 != 4] + design.n_before]


def _influences(values: Values, design: Design) -> list[Influence]:
    found = [mean_influence(values, rows, design) for rows in _domains(design)]
    assert all(isinstance(one, Influence) for one in found)
    return cast("list[Influence]", found)


def _means(values: Values, design: Design, weight: Values) -> Values:
    means = []
    for rows in _domains(design):
        held = rows[~np.isnan(values[rows])]
        means.append((weight[held] * values[held]).sum() / weight[held].sum())
    return np.array(means)


def _deleted(values: Values, design: Design, held: NDArray[np.bool_]) -> Values:
    """Each PSU left out in its turn, the others of its stratum made up for it."""
    whole, v = _means(values, design, design.weight), np.zeros((2, 2))
    for h in range(len(design.psus_in_stratum)):
        psus = np.flatnonzero((design.stratum_of_psu == h) & held)
        n = len(psus)
        for c in psus if n > 1 else ():
            factor = np.where(np.isin(design.psu, psus), n / (n - 1), 1.0)
            factor[design.psu == c] = 0
            moved = _means(values, design, design.weight * factor) - whole
            v += (n - 1) / n * np.outer(moved, moved)
    return v


def _linearised(values: Values, design: Design) -> Values:
    z = np.zeros((len(design.stratum_of_psu), 2))
    for j, rows in enumerate(_domains(design)):
        held = rows[~np.isnan(values[rows])]
        w, y = design.weight[held], values[held]
        mean = (w * y).sum() / w.sum()
        np.add.at(z[:, j], design.psu[held], w * (y - mean) / w.sum())
    v, counted = np.zeros((2, 2)), 0
    for h, n in enumerate(design.psus_in_stratum):
        part = z[design.stratum_of_psu == h]
        counted += n > 1
        if n > 1:
            centred = part - part.mean(axis=0)
            v += n / (n - 1) * centred.T @ centred
        elif design.lonely == "adjust":
            v += part.T @ part
    if design.lonely == "average":
        v *= len(design.psus_in_stratum) / counted
    return v


@pytest.mark.parametrize(("shape", "seed"), list(product(SHAPES, range(3))))
def test_taylor_is_the_sum_over_psus_in_strata(shape: str, seed: int) -> None:
    values, design = _drawn(shape, seed)
    found = TAYLOR.covariance(_influences(values, design), design)
    np.testing.assert_allclose(found, _linearised(values, design), rtol=1e-10, atol=1e-16)


@pytest.mark.parametrize("shape", ["strata", "blocks in strata", "shared in strata"])
@pytest.mark.parametrize("lonely", LONELY)
def test_strata_of_one_psu_count_as_the_plan_says(shape: str, lonely: str) -> None:
    values, design = _drawn(shape, 5, lonely)
    assert (design.psus_in_stratum == 1).any()
    influences = _influences(values, design)
    found = TAYLOR.covariance(influences, design)
    np.testing.assert_allclose(found, _linearised(values, design), rtol=1e-10, atol=1e-16)
    by_row = np.zeros((len(design.weight), 2))
    for j, influence in enumerate(influences):
        by_row[influence.rows, j] = influence.values
    np.testing.assert_allclose(linearised_covariance(by_row, design), found, rtol=1e-10, atol=1e-16)


@pytest.mark.parametrize("n", [2, 3])
def test_averaging_counts_strata_of_two_psus(n: int) -> None:
    cells = {"y": [1, 5, 2, 4, 3][: 2 * n - 1], "s": ["a", "a", "b", "b", "c"][: 2 * n - 1]}
    columns = DesignColumns(stratum="s")
    wave = read_wave("wave", table(cells), book(number("y")), columns)
    design = label_design(wave, wave, columns, "average")
    first = mean_influence(np.tile(wave.numeric["y"].values, 2), np.arange(wave.n), design)
    assert isinstance(first, Influence)
    z = first.values
    v = sum(2 * ((z[i : i + 2] - z[i : i + 2].mean()) ** 2).sum() for i in range(0, 2 * n - 2, 2))
    found = TAYLOR.covariance([first], design)
    assert isinstance(found, np.ndarray)
    assert found[0, 0] == pytest.approx(v * n / (n - 1), rel=1e-12)


@pytest.mark.parametrize(("shape", "seed"), list(product(SHAPES, range(3))))
def test_the_jackknife_leaves_out_each_psu_in_its_turn(shape: str, seed: int) -> None:
    """Where a wave (or all) is one stratum, n_h counts the PSUs that hold an answer."""
    values, design = _drawn(shape, seed)
    influences = _influences(values, design)
    held = np.ones(len(design.stratum_of_psu), dtype=np.bool_)
    if "strata" not in shape:
        held[:] = False
        for influence in influences:
            held[design.psu[influence.rows]] = True
    found = JACKKNIFE.covariance(influences, design)
    np.testing.assert_allclose(found, _deleted(values, design, held), rtol=1e-9, atol=1e-15)


@pytest.mark.parametrize("shape", ["strata", "blocks in strata"])
def test_the_jackknife_takes_a_certain_stratum_as_told(shape: str) -> None:
    values, design = _drawn(shape, 5, "certainty")
    held = np.ones(len(design.stratum_of_psu), dtype=np.bool_)
    found = JACKKNIFE.covariance(_influences(values, design), design)
    np.testing.assert_allclose(found, _deleted(values, design, held), rtol=1e-9, atol=1e-15)


@pytest.mark.parametrize("shape", SHAPES)
def test_the_df_of_the_jackknife_are_those_of_kish_and_satterthwaite(shape: str) -> None:
    values, design = _drawn(shape, 1)
    influences = _influences(values, design)
    covariance = JACKKNIFE.covariance(influences, design)
    assert isinstance(covariance, np.ndarray)
    v = covariance.diagonal()
    psus = [np.unique(design.psu[i.rows]) for i in influences]
    in_groups = "blocks" in shape or "shared" in shape
    k = [len(p) if in_groups else i.n_eff for p, i in zip(psus, influences, strict=True)]
    every = np.unique(np.concatenate(psus))
    cap = len(every) - len(np.unique(design.stratum_of_psu[every]))
    satterthwaite = v.sum() ** 2 / sum(x**2 / (n - 1) for x, n in zip(v, k, strict=True))
    found = JACKKNIFE.df_of_contrast(influences, v, design)
    assert found == pytest.approx(min(cap, satterthwaite), rel=1e-12)
    own = len(psus[0]) - len(np.unique(design.stratum_of_psu[psus[0]]))
    rows = influences[0].rows
    told = JACKKNIFE.df_of_estimate(influences[0], rows, design)
    assert told == pytest.approx(min(own, k[0] - 1), rel=1e-12)
    assert TAYLOR.df_of_contrast(influences, v, design) == cap - 1
    assert TAYLOR.df_of_estimate(influences[0], rows, design) == own
