"""Which respondents were drawn together: PSUs, strata, weights, and the rules they must keep."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import accumulate
from typing import Final, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from analysis.dataset import DesignColumns, FloatArray, LabelArray, Wave, stacked
from analysis.refusals import Refusal
from analysis.second_stage import SecondStage, label_second_stage

IntArray = NDArray[np.int64]
LonelyPsu = Literal["refuse", "adjust", "average", "certainty"]
LONELY_PSU: Final[tuple[LonelyPsu, ...]] = get_args(LonelyPsu)


@dataclass(frozen=True, slots=True)
class Design:
    """Labels of all waves together: rows of the first wave first, then those of the next.

    person_is_psu: nobody was drawn together with others (one person may answer in several waves).
    `psu` and `weight` have one entry a row; `stratum_of_psu` one a PSU; `psus_in_stratum` (n_h),
    `sampling_fraction` (f_h, 0 without fpc) and `stratum_names` one a stratum; `wave_sizes` and
    `strata_in_wave` one a wave.
    """

    wave_sizes: tuple[int, ...]
    weight: FloatArray
    psu: IntArray
    stratum_of_psu: IntArray
    psus_in_stratum: IntArray
    sampling_fraction: FloatArray
    stratum_names: tuple[str, ...]
    waves_share_psus: bool
    respondent_is_psu: bool
    person_is_psu: bool
    strata_in_wave: tuple[int, ...]
    equal_weights: bool
    lonely: LonelyPsu
    second_stage: SecondStage | None = None

    @property
    def n_before(self) -> int:
        return self.wave_sizes[0]

    @property
    def has_fpc(self) -> bool:
        return bool(self.sampling_fraction.any())

    @property
    def is_simple_random(self) -> bool:
        """Two independent samples, every respondent alike: what textbook intervals assume."""
        return (
            self.respondent_is_psu
            and self.equal_weights
            and not self.waves_share_psus
            and not self.has_fpc
            and self.is_one_stratum_a_wave
        )

    @property
    def is_one_stratum_a_wave(self) -> bool:
        return not self.waves_share_psus and set(self.strata_in_wave) == {1}

    def lie_in_waves_of_their_own(self, rows: Sequence[IntArray]) -> bool:
        """Whether each of these domains lies in one wave, and no two in the same (rows ascend)."""
        first = [self.wave_of(part[0]) for part in rows]
        last = [self.wave_of(part[-1]) for part in rows]
        return first == last and len(set(first)) == len(first)

    def wave_of(self, row: int | np.integer) -> int:
        return bisect_right(list(accumulate(self.wave_sizes)), row)


def label_design(
    before: Wave, after: Wave, columns: DesignColumns, lonely: LonelyPsu = "refuse"
) -> Design:
    """Which respondents vary together, and inside what? `label_waves` for two waves."""
    return label_waves([before, after], ("before", "after"), columns, lonely)


def label_waves(
    waves: Sequence[Wave],
    names: Sequence[str],
    columns: DesignColumns,
    lonely: LonelyPsu = "refuse",
) -> Design:
    """Which respondents of one, two or more waves vary together, and inside what?

    PSU: the `psu` column, else the person code (an empty one links nobody), else the respondent.
    Stratum: wave x stratum column when no PSU occurs in two waves, else the stratum column alone;
    wave enters the strata if and only if the waves share no PSU, so that the covariance between the
    waves is kept exactly where there is one (Binder 1983; statistics of two-phase overlap).
    Second-stage units are labelled by `label_second_stage`.

    Refuses (`Refusal`): a PSU split over strata; a person in two PSUs; a person code that links
    nobody; a stratum with one PSU (unless `lonely` says adjust, average or certainty); a population
    size that varies inside a stratum or is smaller than the sample.
    Reference: Lumley (2010), Complex Surveys, chapters 2 and 3.
    Checked against: R `svydesign` labels in cases O01b, O06, O07a-c, O08a, O08f, O11 and O12.
    """
    _refuse_single(waves, names)
    sizes = tuple(wave.n for wave in waves)
    wave_of_row = np.repeat(np.arange(len(waves)), sizes)
    psu_names, psu = _numbered(_psu_labels(waves, columns), sum(sizes))
    shared = _waves_share(psu, wave_of_row, len(psu_names))
    _refuse_idle_person_code(columns, shared=shared)
    stratum_names, stratum = _strata(waves, names, wave_of_row, shared=shared)
    stratum_of_psu = np.zeros(len(psu_names), dtype=np.int64)
    stratum_of_psu[psu] = stratum
    _refuse_split(psu_names, psu, stratum_of_psu, stratum, stratum_names)
    psus_in_stratum = np.bincount(stratum_of_psu, minlength=len(stratum_names))
    refuse_lonely(psus_in_stratum, stratum_names, lonely)
    weight = np.concatenate([np.ones(w.n) if w.weight is None else w.weight for w in waves])
    return Design(
        wave_sizes=sizes,
        weight=weight,
        psu=psu,
        stratum_of_psu=stratum_of_psu,
        psus_in_stratum=psus_in_stratum,
        sampling_fraction=_sampling_fraction(waves, stratum, psus_in_stratum, stratum_names),
        stratum_names=stratum_names,
        waves_share_psus=shared,
        respondent_is_psu=len(psu_names) == sum(sizes),
        person_is_psu=columns.psu is None or len(psu_names) == sum(sizes),
        strata_in_wave=tuple(len(np.unique(stratum[wave_of_row == w])) for w in range(len(waves))),
        equal_weights=all(_constant(weight[wave_of_row == w]) for w in range(len(waves))),
        lonely=lonely,
        second_stage=label_second_stage(waves, columns, psu, psu_names),
    )


def with_respondents_as_psus(design: Design) -> Design:
    """The same rows, each a PSU of its own in its wave and stratum: clusters are left out.

    For what clusters cannot show because there are too few; a population size counts clusters and
    is left out with them.
    """
    n = len(design.weight)
    wave = np.repeat(np.arange(len(design.wave_sizes)), design.wave_sizes)
    stratum = design.stratum_of_psu[design.psu]
    used, compact = np.unique(wave * len(design.stratum_names) + stratum, return_inverse=True)
    counts = np.bincount(compact)
    return replace(
        design,
        psu=np.arange(n),
        stratum_of_psu=compact.astype(np.int64),
        psus_in_stratum=counts,
        sampling_fraction=np.zeros(len(counts)),
        stratum_names=tuple(design.stratum_names[c % len(design.stratum_names)] for c in used),
        waves_share_psus=False,
        respondent_is_psu=True,
        person_is_psu=True,
        strata_in_wave=tuple(
            len(np.unique(compact[wave == w])) for w in range(len(design.wave_sizes))
        ),
        second_stage=None,
    )


def _refuse_single(waves: Sequence[Wave], names: Sequence[str]) -> None:
    for name, wave in zip(names, waves, strict=True):
        if wave.n == 1:
            raise Refusal(f"{name}: the wave has one respondent; nothing shows how answers vary")


def _psu_labels(waves: Sequence[Wave], columns: DesignColumns) -> LabelArray | None:
    """None where every respondent is a PSU."""
    if columns.psu:
        psu = stacked(waves, "psu")
        if columns.person_code:
            _refuse_person_in_two_psus(stacked(waves, "person_code"), psu)
        return psu
    if columns.person_code:
        code = stacked(waves, "person_code").astype(object)
        nobody = code == ""
        code[nobody] = [f"\0row {i}" for i in np.flatnonzero(nobody)]
        return code.astype(np.str_)
    return None


def _numbered(labels: LabelArray | None, n: int) -> tuple[LabelArray | range, IntArray]:
    """The distinct labels, and for each row the position of its own; rows where all differ."""
    if labels is None:
        return range(n), np.arange(n)
    names, numbers = np.unique(labels, return_inverse=True)
    if len(names) == n:
        return labels, np.arange(n)
    return names.astype(np.str_), numbers.astype(np.int64)


def _waves_share(psu: IntArray, wave_of_row: IntArray, size: int) -> bool:
    waves = range(int(wave_of_row[-1]) + 1)
    held = [np.bincount(psu[wave_of_row == w], minlength=size) > 0 for w in waves]
    return bool((np.sum(held, axis=0) > 1).any())


def _strata(
    waves: Sequence[Wave], wave_names: Sequence[str], wave_of_row: IntArray, *, shared: bool
) -> tuple[tuple[str, ...], IntArray]:
    if "stratum" in waves[0].labels:
        names, stratum = np.unique(stacked(waves, "stratum"), return_inverse=True)
    else:
        names, stratum = np.array(["all"]), np.zeros(len(wave_of_row), dtype=np.int64)
    if shared:
        return tuple(map(str, names)), stratum.astype(np.int64)
    used, compact = np.unique(wave_of_row * len(names) + stratum, return_inverse=True)
    labels = tuple(f"{wave_names[c // len(names)]} / {names[c % len(names)]}" for c in used)
    return labels, compact.astype(np.int64)


def _refuse_split(
    names: LabelArray | range,
    psu: IntArray,
    stratum_of_psu: IntArray,
    stratum: IntArray,
    strata: tuple[str, ...],
) -> None:
    expected = stratum_of_psu[psu]
    wrong = np.flatnonzero(expected != stratum)
    if wrong.size:
        i = wrong[0]
        raise Refusal(
            f"PSU {str(names[psu[i]])!r} lies in two strata, {strata[stratum[i]]!r} and "
            f"{strata[expected[i]]!r}; a PSU belongs to one stratum: give each its own label, or "
            "correct the stratum column"
        )


def _refuse_person_in_two_psus(person: LabelArray, psu: LabelArray) -> None:
    linked = person != ""
    pairs = np.unique(np.column_stack([person[linked], psu[linked]]), axis=0)
    codes, times = np.unique(pairs[:, 0], return_counts=True)
    if (times > 1).any():
        raise Refusal(
            f"person {str(codes[times > 1][0])!r} stands in {times.max()} PSUs; a person who is "
            "linked over waves must stay in one PSU: leave out the psu or the person_code column"
        )


def _refuse_idle_person_code(columns: DesignColumns, *, shared: bool) -> None:
    if columns.person_code and not columns.psu and not shared:
        raise Refusal(
            f"the column {columns.person_code!r}, named as person_code, links nobody: no code "
            "stands in both waves; check that it is the person's code, or leave it out of the plan"
        )


def refuse_lonely(counts: IntArray, names: tuple[str, ...], lonely: LonelyPsu) -> None:
    """Refuses (`Refusal`) strata of one PSU, but for those that the plan says how to treat."""
    alone = [names[h] for h in np.flatnonzero(counts == 1)]
    if not alone:
        return
    if len(alone) == len(names):
        raise Refusal(
            f"every stratum ({', '.join(alone[:5])}) has one PSU: nothing shows how much answers "
            "vary; merge strata, or collect more answers"
        )
    if lonely == "refuse":
        raise Refusal(
            f"stratum {alone[0]!r} has one PSU ({len(alone)} such in all): its variance cannot be "
            "estimated; merge it with a neighbour, or set lonely_psu in the plan to adjust, "
            "average or certainty"
        )


def _sampling_fraction(
    waves: Sequence[Wave], stratum: IntArray, counts: IntArray, names: tuple[str, ...]
) -> FloatArray:
    if waves[0].fpc is None:
        return np.zeros(len(counts))
    size = np.concatenate([wave.fpc for wave in waves if wave.fpc is not None])
    in_stratum = np.zeros(len(counts))
    in_stratum[stratum] = size
    wrong = np.flatnonzero(in_stratum[stratum] != size)
    if wrong.size:
        raise Refusal(
            f"stratum {names[stratum[wrong[0]]]!r}: the fpc column holds different population "
            "sizes; a stratum has one number of PSUs"
        )
    small = np.flatnonzero(in_stratum < counts)
    if small.size:
        h = small[0]
        raise Refusal(
            f"stratum {names[h]!r}: {counts[h]} PSUs were sampled and the fpc column says that "
            f"there are {in_stratum[h]:g}; correct the population size"
        )
    return counts / in_stratum


def _constant(values: FloatArray) -> bool:
    return bool((values == values[0]).all())
