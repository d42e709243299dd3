"""Sheets that answer every question alike: more than two independent people would by chance?"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from analysis.dataset import Wave
from analysis.guard.finding import Finding
from analysis.guard.pair import WAVES, Mask, WavePair, answered
from analysis.probability import binomial_at_least

FEWEST_ANSWERS: Final = 8
SURE: Final = 0.01
_MIX: Final = np.uint64(0x9E3779B97F4A7C15)  # golden ratio of 2^64: spreads neighbouring sums

Sheets = NDArray[np.uint64]


@dataclass(frozen=True, slots=True)
class Repeated:
    """n: sheets beyond the first of their kind. expected: as many by chance. p: of n or more."""

    n: int
    expected: float
    p: float


def check_identical_sheets(pair: WavePair) -> Iterator[Finding]:
    """Are there more identical answer sheets than chance explains?

    Sheets with at least 8 answers that are not all the same. k sheets of a wave repeat another of
    it, among its pairs; two sheets of different waves come from different people, so m identical
    ones among the pairs across show what chance does: expected = m x pairs within / pairs across,
    and k given k + m is binomial when nobody sent twice. Flags where p < .01.
    Assumes that the answers' distribution is alike in both waves; people who are linked and answer
    alike twice make the check milder. Own rule; the usual rule, that more than 85 % of answers
    equal is suspicious, takes honest answers to a short scale for copies.
    """
    drawn = [_fingerprints(pair, wave) for wave in pair.waves]
    if any(not enough.any() for _, enough in drawn):
        return
    repeated = [_repeated(drawn, place) for place in (0, 1)]
    is_flagged = any(r.p < SURE for r in repeated)
    numbers = {
        wave: {"n": r.n, "expected": r.expected, "p": r.p}
        for wave, r in zip(WAVES, repeated, strict=True)
    }
    yield Finding("identical_sheets", "flags" if is_flagged else "passes", numbers=numbers)


def surplus_copies(pair: WavePair) -> tuple[Mask, Mask]:
    """Every sheet that has a twin, in a wave that has more of them than chance explains."""
    drawn = [_fingerprints(pair, wave) for wave in pair.waves]
    none = tuple(np.zeros(wave.n, dtype=np.bool_) for wave in pair.waves)
    if any(not enough.any() for _, enough in drawn):
        return none[0], none[1]
    masks = [
        _twins(*drawn[place]) if _repeated(drawn, place).p < SURE else none[place]
        for place in (0, 1)
    ]
    return masks[0], masks[1]


def _fingerprints(pair: WavePair, wave: Wave) -> tuple[Sheets, Mask]:
    """A number for each sheet, equal for equal answers, and which sheets say enough to compare."""
    prints = np.zeros(wave.n, dtype=np.uint64)
    count = np.zeros(wave.n, dtype=np.int64)
    low = np.full(wave.n, np.iinfo(np.int64).max)
    high = np.full(wave.n, np.iinfo(np.int64).min)
    for item in pair.items():
        column = wave.coded[item.id]
        place = column.index.astype(np.uint64)
        prints = (prints ^ (place + np.uint64(1))) * _MIX
        prints ^= prints >> np.uint64(29)
        valid = answered(column)
        count += valid
        low = np.where(valid, np.minimum(low, column.index), low)
        high = np.where(valid, np.maximum(high, column.index), high)
    return prints, (count >= FEWEST_ANSWERS) & (low < high)


def _repeated(drawn: list[tuple[Sheets, Mask]], place: int) -> Repeated:
    (mine, enough), (others, enough_of_others) = drawn[place], drawn[1 - place]
    own, own_counts = np.unique(mine[enough], return_counts=True)
    other, other_counts = np.unique(others[enough_of_others], return_counts=True)
    n, m = int(own_counts.sum()), int(other_counts.sum())
    _, here, there = np.intersect1d(own, other, return_indices=True)
    across = int((own_counts[here] * other_counts[there]).sum())
    k = n - len(own)
    within_pairs, across_pairs = n * (n - 1) / 2, float(n * m)
    return Repeated(
        n=k,
        expected=across * within_pairs / across_pairs,
        p=binomial_at_least(k, k + across, within_pairs / (within_pairs + across_pairs)),
    )


def _twins(prints: Sheets, enough: Mask) -> Mask:
    _, place, counts = np.unique(prints, return_inverse=True, return_counts=True)
    alone = np.bincount(place[enough], minlength=len(counts)) < 2  # noqa: PLR2004 - a pair
    twins: Mask = enough & ~alone[place]
    return twins
