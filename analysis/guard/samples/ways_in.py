"""People who were reached, or answered, in another way in one wave than in the other."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

import numpy as np

from analysis.dataset import FloatArray
from analysis.guard.finding import About, Finding, Part
from analysis.guard.pair import WAVES, WavePair
from analysis.guard.samples.composition import labelled_levels
from analysis.probability import chi_square_above
from analysis.verdict import SIGNIFICANCE

BLOCKED_APART: Final = 0.10
FLAGGED_APART: Final = 0.05
_WAYS: Final = {
    "mode_mix": ("paradata.mode", "modes"),
    "recruitment_mix": ("paradata.recruitment", "recruitment"),
}


def check_ways_in(pair: WavePair) -> Iterator[Finding]:
    """Were the two waves reached, and answered, in the same ways?

    Mode alone moves answers by 5 to 15 percentage points (phone against web or mail), and who is
    invited how decides who answers: a change of either would be read as a change of trust. Half
    the sum of the absolute differences between the shares of the ways (unweighted, a count of
    sheets), and Pearson's chi-square. Blocks from 10 % apart with p < .05, flags from 5 %.
    Where the files carry no way in, what the initiative says is taken: different ways block.
    Assumes nothing of the answers. Refuses nothing: a wave without any way in is not judged.
    Reference: Pew Research Center (2015), From Telephone to the Web, 5.5 points on average over 60
    questions; community ratings 7-15 % higher by phone (NRC/Polco). Checked against: R
    `chisq.test(correct = FALSE)`.
    """
    for kind, (column, fact) in _WAYS.items():
        if all(column in wave.coded for wave in pair.waves):
            yield from _by_sheets(pair, kind, column)
        else:
            yield from _by_word(pair.initiative.get(fact), kind)


def _by_sheets(pair: WavePair, kind: str, column: str) -> Iterator[Finding]:
    levels = list(labelled_levels(pair, column))
    counts = np.array([[mask.sum() for mask in level.chosen] for level in levels], dtype=float)
    totals = counts.sum(axis=0)
    if not totals.all():
        return
    shares = counts / totals
    moved = np.abs(shares[:, 1] - shares[:, 0])
    most, apart = int(np.argmax(moved.round(12))), float(moved.sum() / 2)
    parts = {
        wave: Part(int(counts[most, i]), int(totals[i]), float(shares[most, i]))
        for i, wave in enumerate(WAVES)
    }
    p = _p_of_independence(counts)
    about = About(column, {"en": column}, levels[most].label)
    yield Finding(kind, _level(apart, p), about, {**parts, "apart": apart, "p": p})


def _level(apart: float, p: float) -> Any:
    if p >= SIGNIFICANCE or apart < FLAGGED_APART:
        return "passes"
    return "blocks" if apart >= BLOCKED_APART else "flags"


def _p_of_independence(counts: FloatArray) -> float:
    """Pearson's chi-square of ways by waves."""
    counts = counts[counts.sum(axis=1) > 0]
    expected = counts.sum(axis=1, keepdims=True) * counts.sum(axis=0) / counts.sum()
    statistic = float(((counts - expected) ** 2 / expected).sum())
    df = len(counts) - 1
    return chi_square_above(statistic, df) if df else 1.0


def _by_word(fact: Mapping[str, Any] | None, kind: str) -> Iterator[Finding]:
    ways = [_names((fact or {}).get(wave)) for wave in WAVES]
    if all(ways):
        yield Finding(kind, "passes" if ways[0] == ways[1] else "blocks")


def _names(ways: Sequence[str] | str | None) -> frozenset[str]:
    return frozenset([ways] if isinstance(ways, str) else ways or ())
