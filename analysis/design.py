"""Which respondents were drawn together: PSUs, strata, weights, and the rules they must keep."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from analysis.dataset import DesignColumns, FloatArray, LabelArray, Wave
from analysis.refusals import Refusal

IntArray = NDArray[np.int64]
LonelyPsu = Literal["refuse", "adjust", "average", "certainty"]
LONELY_PSU: Final[tuple[LonelyPsu, ...]] = get_args(LonelyPsu)


@dataclass(frozen=True, slots=True)
class Design:
    """Labels of both waves together: rows of the before wave first, then those of the after wave.

    person_is_psu: nobody was drawn together with others (one person may answer in both waves).
    `psu` and `weight` have one entry a row; `stratum_of_psu` one a PSU; `psus_in_stratum` (n_h),
    `sampling_fraction` (f_h, 0 without fpc) and `stratum_names` one a stratum.
    """

    n_before: int
    n_after: int
    weight: FloatArray
    psu: IntArray
    stratum_of_psu: IntArray
    psus_in_stratum: IntArray
    sampling_fraction: FloatArray
    stratum_names: tuple[str, ...]
    waves_share_psus: bool
    respondent_is_psu: bool
    person_is_psu: bool
    strata_in_wave: tuple[int, int]
    equal_weights: bool
    lonely: LonelyPsu

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
            and self.strata_in_wave == (1, 1)
        )


def label_design(
    before: Wave, after: Wave, columns: DesignColumns, lonely: LonelyPsu = "refuse"
) -> Design:
    """Which respondents vary together, and inside what?

    PSU: the `psu` column, else the person code (an empty one links nobody), else the respondent.
    Stratum: wave x stratum column when no PSU occurs in both waves, else the stratum column alone;
    wave enters the strata if and only if the waves share no PSU, so that the covariance between the
    waves is kept exactly where there is one (Binder 1983; statistics of two-phase overlap).

    Refuses (`Refusal`): a PSU split over strata; a person in two PSUs; a person code that links
    nobody; a stratum with one PSU (unless `lonely` says adjust, average or certainty); a population
    size that varies inside a stratum or is smaller than the sample.
    Reference: Lumley (2010), Complex Surveys, chapters 2 and 3.
    Checked against: R `svydesign` labels in cases O01b, O06, O08a and O08f.
    """
    _refuse_single(before, after)
    psu_labels = _psu_labels(before, after, columns)
    names, psu = _numbered(psu_labels, before.n + after.n)
    wave = np.repeat(np.array([0, 1]), [before.n, after.n])
    shared = _waves_share(psu, before.n, len(names))
    _refuse_idle_person_code(columns, shared=shared)
    stratum_names, stratum = _strata(before, after, wave, shared=shared)
    stratum_of_psu = np.zeros(len(names), dtype=np.int64)
    stratum_of_psu[psu] = stratum
    _refuse_split(names, psu, stratum_of_psu, stratum, stratum_names)
    psus_in_stratum = np.bincount(stratum_of_psu, minlength=len(stratum_names))
    _refuse_lonely(psus_in_stratum, stratum_names, lonely)
    weight = _stack(before.weight, after.weight, before.n, after.n)
    return Design(
        n_before=before.n,
        n_after=after.n,
        weight=weight,
        psu=psu,
        stratum_of_psu=stratum_of_psu,
        psus_in_stratum=psus_in_stratum,
        sampling_fraction=_sampling_fraction(
            before, after, stratum, psus_in_stratum, stratum_names
        ),
        stratum_names=stratum_names,
        waves_share_psus=shared,
        respondent_is_psu=len(names) == before.n + after.n,
        person_is_psu=columns.psu is None or len(names) == before.n + after.n,
        strata_in_wave=(
            len(np.unique(stratum[: before.n])),
            len(np.unique(stratum[before.n :])),
        ),
        equal_weights=_constant(weight[: before.n]) and _constant(weight[before.n :]),
        lonely=lonely,
    )


def _refuse_single(before: Wave, after: Wave) -> None:
    for name, wave in (("before", before), ("after", after)):
        if wave.n == 1:
            raise Refusal(f"{name}: the wave has one respondent; nothing shows how answers vary")


def _psu_labels(before: Wave, after: Wave, columns: DesignColumns) -> LabelArray | None:
    """None where every respondent is a PSU."""
    if columns.psu:
        psu = _both(before, after, "psu")
        if columns.person_code:
            _refuse_person_in_two_psus(_both(before, after, "person_code"), psu)
        return psu
    if columns.person_code:
        code = _both(before, after, "person_code").astype(object)
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


def _waves_share(psu: IntArray, n_before: int, size: int) -> bool:
    in_before = np.bincount(psu[:n_before], minlength=size) > 0
    return bool(in_before[psu[n_before:]].any())


def _strata(
    before: Wave, after: Wave, wave: IntArray, *, shared: bool
) -> tuple[tuple[str, ...], IntArray]:
    if "stratum" in before.labels:
        names, stratum = np.unique(_both(before, after, "stratum"), return_inverse=True)
    else:
        names, stratum = np.array(["all"]), np.zeros(len(wave), dtype=np.int64)
    if shared:
        return tuple(map(str, names)), stratum.astype(np.int64)
    used, compact = np.unique(wave * len(names) + stratum, return_inverse=True)
    labels = tuple(
        f"{('before', 'after')[code // len(names)]} / {names[code % len(names)]}" for code in used
    )
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


def _refuse_lonely(counts: IntArray, names: tuple[str, ...], lonely: LonelyPsu) -> None:
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
    before: Wave, after: Wave, stratum: IntArray, counts: IntArray, names: tuple[str, ...]
) -> FloatArray:
    if before.fpc is None or after.fpc is None:
        return np.zeros(len(counts))
    size = np.concatenate([before.fpc, after.fpc])
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


def _both(before: Wave, after: Wave, role: str) -> LabelArray:
    return np.concatenate([before.labels[role], after.labels[role]])


def _stack(
    before: FloatArray | None, after: FloatArray | None, n_before: int, n_after: int
) -> FloatArray:
    return np.concatenate(
        [
            np.ones(n_before) if before is None else before,
            np.ones(n_after) if after is None else after,
        ]
    )


def _constant(values: FloatArray) -> bool:
    return bool((values == values[0]).all())
