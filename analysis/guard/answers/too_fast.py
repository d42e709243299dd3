"""Sheets sent sooner than anyone can read the page: the bit that the sheet carries."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import numpy as np

from analysis.guard.finding import Finding
from analysis.guard.pair import WAVES, Mask, WavePair

QUALITY: Final = "paradata.quality"
TOO_FAST: Final = 1
MOST_MARKED: Final = 0.05


def check_too_fast(pair: WavePair) -> Iterator[Finding]:
    """Were many sheets sent faster than they can be read?

    Who has the bit "too fast", as a weighted share of the wave. Flags above 5 % in a wave. Nothing
    is told where the files do not carry the bit.
    """
    yield from told_of_marked(pair, "too_fast", TOO_FAST)


def too_fast_sheets(pair: WavePair) -> tuple[Mask, Mask]:
    return marked_sheets(pair, TOO_FAST)


def told_of_marked(pair: WavePair, kind: str, bits: int) -> Iterator[Finding]:
    """Flags where more than one sheet in twenty of a wave carries one of these bits."""
    base = [_has_bits(pair, place) for place in (0, 1)]
    parts = pair.parts(marked_sheets(pair, bits), base)
    if parts is None:
        return
    is_flagged = max(parts[wave].share for wave in WAVES) > MOST_MARKED
    yield Finding(kind, "flags" if is_flagged else "passes", numbers=parts)


def marked_sheets(pair: WavePair, bits: int) -> tuple[Mask, Mask]:
    """Those that carry at least one of these bits, in each wave; none where no file has them."""
    return _marked(pair, 0, bits), _marked(pair, 1, bits)


def _has_bits(pair: WavePair, place: int) -> Mask:
    wave = pair.waves[place]
    if QUALITY not in wave.coded:
        return np.zeros(wave.n, dtype=np.bool_)
    column = wave.coded[QUALITY]
    known: Mask = column.index < column.n_valid
    return known


def _marked(pair: WavePair, place: int, bits: int) -> Mask:
    wave = pair.waves[place]
    if QUALITY not in wave.coded:
        return np.zeros(wave.n, dtype=np.bool_)
    column = wave.coded[QUALITY]
    flags = np.zeros(len(column.codes) + 1, dtype=np.bool_)
    flags[: column.n_valid] = [bool(code & bits) for code in column.codes[: column.n_valid]]
    marked: Mask = flags[column.index]
    return marked
