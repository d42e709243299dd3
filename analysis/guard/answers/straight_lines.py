"""Sheets that give one and the same answer all down a scale."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import numpy as np

from analysis.codebook import Scale
from analysis.guard.finding import About, Finding
from analysis.guard.pair import WAVES, Mask, WavePair, answered, ends_of_answers

FEWEST_ITEMS: Final = 6
MOST_STRAIGHT: Final = 0.10
MOST_APART: Final = 0.05


def check_straight_lines(pair: WavePair) -> Iterator[Finding]:
    """Did people tick one answer all the way down?

    For each scale of 6 or more items: who answered at least 6 of them, all with one code, as a
    weighted share of those who answered at least 6. Flags above 10 % in a wave, or where the waves
    are more than 5 percentage points apart. The same answer throughout can be meant.
    """
    looked_at = [scale for scale in pair.shared.scales if len(scale.items) >= FEWEST_ITEMS]
    found = [finding for scale in looked_at if (finding := _finding(pair, scale))]
    yield from found
    if looked_at and not found:
        yield Finding("straight_lines", "passes", numbers={"items": len(looked_at)})


def contradicting_lines(pair: WavePair) -> tuple[Mask, Mask]:
    """Who gave one answer to questions that run both ways, so that the answers contradict it.

    Only on scales with a reversed item, and not the middle answer, which reads alike both ways.
    """
    return _contradicting(pair, 0), _contradicting(pair, 1)


def _finding(pair: WavePair, scale: Scale) -> Finding | None:
    straight, base = [], []
    for wave in pair.waves:
        low, high, count = ends_of_answers(scale, wave)
        base.append(count >= FEWEST_ITEMS)
        straight.append((low == high) & (count >= FEWEST_ITEMS))
    parts = pair.parts(straight, base)
    if parts is None:
        return None
    before, after = (parts[wave].share for wave in WAVES)
    if max(before, after) <= MOST_STRAIGHT and abs(after - before) <= MOST_APART:
        return None
    return Finding("straight_lines", "flags", About(scale.id, scale.title), parts)


def _contradicting(pair: WavePair, place: int) -> Mask:
    wave = pair.waves[place]
    found = np.zeros(wave.n, dtype=np.bool_)
    for scale in pair.shared.scales:
        if len(scale.items) < FEWEST_ITEMS or not scale.reverse:
            continue
        low, high, count = ends_of_answers(scale, wave)
        turned = np.any([answered(wave.coded[item]) for item in scale.reverse], axis=0)
        is_middle = 2 * low == scale.low + scale.high
        found |= (low == high) & (count >= FEWEST_ITEMS) & turned & ~is_middle
    return found
