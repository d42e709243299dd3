"""Sheets that looked like stuffing as they came: the bits that the sheet carries."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from analysis.guard.answers.too_fast import marked_sheets, told_of_marked
from analysis.guard.finding import Finding
from analysis.guard.pair import Mask, WavePair

TRAP_FILLED: Final = 2
CROWDED: Final = 4
OVER_CAP: Final = 8
STUFFING: Final = TRAP_FILLED | CROWDED | OVER_CAP


def check_stuffing(pair: WavePair) -> Iterator[Finding]:
    """Did many sheets look like stuffing as they came?

    Who filled in a field that people cannot see, came among hundreds an hour from one network, or
    came beyond the number of answers expected with a group code, as a weighted share of the wave.
    Flags above 5 % in a wave. A church or a library looks like this too: a flag is a reason to look
    at the result without these sheets, not a proof. Nothing is told where the files do not carry
    the bits.
    """
    yield from told_of_marked(pair, "stuffing", STUFFING)


def stuffed_sheets(pair: WavePair) -> tuple[Mask, Mask]:
    return marked_sheets(pair, STUFFING)
