"""Waves of few people, or of few blocks: where intervals were not proven to hold."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import numpy as np

from analysis.design import Design
from analysis.guard.finding import Finding
from analysis.guard.pair import WAVES, WavePair

FEWEST_PEOPLE: Final = 30
FEWEST_BLOCKS: Final = 20
FEWEST_EVEN_BLOCKS: Final = 15.0


def check_sample_size(pair: WavePair) -> Iterator[Finding]:
    """Did enough people, in enough blocks, answer each wave?

    Flags under 30 people in a wave (a report hides the result). Where PSUs hold several people:
    flags under 20 PSUs in a wave, and where they are so uneven that they are worth under 15
    (`even_blocks`). From there up the 95 % interval was simulated to cover 94-96 % of the time and
    the words "rose" and "fell" to be wrong 2.5 % of the time each, see docs/coverage.md.
    """
    sizes = pair.before.n, pair.after.n
    people = {wave: {"n": size} for wave, size in zip(WAVES, sizes, strict=True)}
    if min(sizes) < FEWEST_PEOPLE:
        yield Finding("few_people", "flags", numbers=people)
    elif has_few_blocks(pair.design):
        blocks = [
            {"blocks": len(worth), "even": 1 / float(np.square(worth).sum())}
            for worth in _shares_of_blocks(pair.design)
        ]
        yield Finding("few_blocks", "flags", numbers=dict(zip(WAVES, blocks, strict=True)))
    else:
        yield Finding("sample_size", "passes", numbers=people)


def has_few_blocks(design: Design) -> bool:
    if design.person_is_psu:
        return False
    shares = _shares_of_blocks(design)
    worth = min(1 / float(np.square(share).sum()) for share in shares)
    return min(map(len, shares)) < FEWEST_BLOCKS or worth < FEWEST_EVEN_BLOCKS


def _shares_of_blocks(design: Design) -> list[np.ndarray]:
    """Each PSU's share of the weight of its wave; 1 / (sum of squares) even ones are worth them."""
    n = design.n_before
    found = []
    for rows in (slice(0, n), slice(n, None)):
        weight = np.bincount(design.psu[rows], design.weight[rows])
        found.append(weight[weight > 0] / weight.sum())
    return found
