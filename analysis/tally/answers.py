"""Answers and scale scores as positions among the few values that they can take."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from analysis.codebook import Codebook, Scale
from analysis.dataset import FloatArray, Wave
from analysis.outcomes import Outcome

_MOST_SCORES: Final = 4000
_LARGEST_SUM: Final = 1_000_000


class Source(NamedTuple):
    """What is counted: an item's answers, or the scores of the scale of that name."""

    name: str
    is_scale: bool

    @property
    def key(self) -> str:
        return f"{'scale' if self.is_scale else 'item'}/{self.name}"


@dataclass(frozen=True, slots=True)
class CountableColumn:
    """categories: answers or scores, None for empty or no score. index: (n,) positions in them."""

    categories: tuple[float | None, ...]
    index: NDArray[np.integer]


def source_of(outcome: Outcome, codebook: Codebook) -> Source:
    """What an outcome is read from."""
    if outcome.share_of is not None:
        return Source(outcome.share_of.variable, is_scale=False)
    return Source(outcome.id, is_scale=any(s.id == outcome.id for s in codebook.scales))


def countable(wave: Wave, source: Source, codebook: Codebook) -> CountableColumn | None:
    """None for numbers, and where scores take too many values to count."""
    if source.is_scale:
        scale = next(s for s in codebook.scales if s.id == source.name)
        return _scores(wave, scale, codebook)
    if source.name in wave.coded:
        column = wave.coded[source.name]
        return CountableColumn((*column.codes, None), column.index)
    return None


def values_of(
    outcome: Outcome, categories: tuple[float | None, ...], codebook: Codebook
) -> FloatArray:
    """What each category counts as, NaN where it is missing."""
    source = source_of(outcome, codebook)
    known = categories if source.is_scale else codebook.variable(source.name).valid_codes
    chosen = None if outcome.share_of is None else outcome.share_of.codes
    counts_as = [
        np.nan
        if code is None or code not in known
        else code
        if chosen is None
        else float(code in chosen)
        for code in categories
    ]
    return np.array(counts_as, dtype=np.float64)


def _scores(wave: Wave, scale: Scale, codebook: Codebook) -> CountableColumn | None:
    """Sum and number of a respondent's answered items, held in one whole number.

    Each answered item adds (answer - lowest) x base + 1, with base above the number of items: no
    row needs a division, only the few sums that occur do. The scores are those of `scale_scores`.
    """
    if any(item not in wave.coded for item in scale.items):
        return None  # `scale_scores` refuses it
    answers = {item: _turned(item, scale, codebook) for item in scale.items}
    lowest = min(min(codes) for codes in answers.values())
    base = len(answers) + 1
    most = sum((max(codes) - lowest) * base + 1 for codes in answers.values())
    if most > _LARGEST_SUM:
        return None
    sums = np.zeros(wave.n, dtype=np.int32)
    for item, codes in answers.items():
        adds = np.zeros(len(wave.coded[item].codes) + 1, dtype=np.int32)
        adds[: len(codes)] = (np.array(codes) - lowest) * base + 1
        sums += adds[wave.coded[item].index]
    occurs = np.flatnonzero(np.bincount(sums, minlength=most + 1))
    answered = occurs % base
    enough = answered >= scale.answers_needed()
    score = (occurs // base + answered * lowest)[enough] / answered[enough]
    distinct = np.unique(score)
    if len(distinct) > _MOST_SCORES:
        return None
    place = np.full(most + 1, len(distinct), dtype=np.int16)
    place[occurs[enough]] = np.searchsorted(distinct, score)
    return CountableColumn((*distinct.tolist(), None), place[sums])


def _turned(item: str, scale: Scale, codebook: Codebook) -> list[int]:
    codes = codebook.variable(item).valid_codes
    ends = min(codes) + max(codes)
    return [ends - code for code in codes] if item in scale.reverse else list(codes)
