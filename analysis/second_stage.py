"""Units drawn inside PSUs from a known number: what the second stage adds to a variance."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from analysis.dataset import DesignColumns, FloatArray, LabelArray, Wave, stacked
from analysis.refusals import Refusal
from analysis.tally import summed

_EVERYONE: Final = 1 - 1e-12


@dataclass(frozen=True, slots=True)
class SecondStage:
    """unit: (rows,) position of each row's second-stage unit. psu_of_unit: one a unit.

    units_in_psu (m) and sampling_fraction (f2 = m / M): one a PSU.
    """

    unit: NDArray[np.int64]
    psu_of_unit: NDArray[np.int64]
    units_in_psu: NDArray[np.int64]
    sampling_fraction: FloatArray

    def spread_within(self, influence: FloatArray) -> FloatArray:
        """What the draw inside PSUs adds, before the first stage's f_h: one (k, k) a PSU.

        m/(m-1) (1 - f2) sum over the PSU's m units of (z - zbar)(z - zbar)', with z the sum of the
        influence (rows, k) over a unit; a unit without a row of the domain counts with z = 0.
        """
        m, k = self.units_in_psu, influence.shape[1]
        factor = np.where(m > 1, m / np.maximum(m - 1, 1), 1.0) * (1 - self.sampling_fraction)
        centred = np.empty((k, len(self.psu_of_unit)))
        for j in range(k):
            total = summed(self.unit, influence[:, j], len(self.psu_of_unit))
            mean = summed(self.psu_of_unit, total, len(m)) / m
            centred[j] = total - mean[self.psu_of_unit]
        spread = np.empty((len(m), k, k))
        for i in range(k):
            for j in range(k):
                spread[:, i, j] = summed(self.psu_of_unit, centred[i] * centred[j], len(m))
        return np.asarray(spread * factor[:, None, None])


def label_second_stage(
    waves: Sequence[Wave],
    columns: DesignColumns,
    psu: NDArray[np.int64],
    psu_names: LabelArray | range,
) -> SecondStage | None:
    """Which units were drawn inside each PSU, and how many are there?

    f2 = m / M: m units of the PSU in the sample, M in its population (`ssu_fpc`). psu: position of
    each row's PSU. None where the plan names no second stage.
    Assumes units drawn without replacement inside each PSU.
    Refuses (`Refusal`): one of `ssu` and `ssu_fpc` without the other or without `psu` and `fpc`; a
    population size that varies inside a PSU or is smaller than the sample; a PSU with one unit
    where there are more.
    Reference: Cochran (1977), Sampling Techniques, section 10.3. Checked against: R `svydesign`
    with two stages (O07c).
    """
    if columns.ssu is None and columns.ssu_fpc is None:
        return None
    if not (columns.ssu and columns.ssu_fpc and columns.psu and columns.fpc):
        raise Refusal(
            "plan: units drawn inside PSUs need all four columns: psu, fpc, ssu and ssu_fpc; "
            "name them, or leave ssu and ssu_fpc out"
        )
    sizes = np.concatenate([wave.ssu_fpc for wave in waves if wave.ssu_fpc is not None])
    _, label = np.unique(stacked(waves, "ssu"), return_inverse=True)
    codes, unit = np.unique(psu * (int(label.max()) + 1) + label, return_inverse=True)
    psu_of_unit = codes // (int(label.max()) + 1)
    m = np.bincount(psu_of_unit, minlength=len(psu_names))
    population = np.zeros(len(psu_names))
    population[psu] = sizes
    _refuse_sizes(population, sizes, psu, m, psu_names)
    return SecondStage(unit.astype(np.int64), psu_of_unit, m, m / population)


def _refuse_sizes(
    population: FloatArray,
    sizes: FloatArray,
    psu: NDArray[np.int64],
    m: NDArray[np.int64],
    psu_names: LabelArray | range,
) -> None:
    wrong = np.flatnonzero(population[psu] != sizes)
    if wrong.size:
        raise Refusal(
            f"PSU {str(psu_names[psu[wrong[0]]])!r}: the ssu_fpc column holds different population "
            "sizes; a PSU has one number of second-stage units"
        )
    for c in np.flatnonzero(population < m):
        raise Refusal(
            f"PSU {str(psu_names[c])!r}: {m[c]} second-stage units were sampled and the ssu_fpc "
            f"column says that there are {population[c]:g}; correct the population size"
        )
    for c in np.flatnonzero((m == 1) & (m < _EVERYONE * population)):
        raise Refusal(
            f"PSU {str(psu_names[c])!r} has one second-stage unit of {population[c]:g}: how much "
            "units differ inside it cannot be estimated; merge the PSU with a neighbour, or leave "
            "fpc, ssu and ssu_fpc out: the variance is then a little too large, never too small"
        )
