"""How much room a text takes, never guessed too small: a label may be moved, not overlap."""

from __future__ import annotations

import unicodedata
from functools import lru_cache
from typing import Final

LETTER_PIXELS: Final = 12
LINE_PIXELS: Final = 16

# Widths in em, each at least that of DejaVu Sans, the widest of the usual system fonts.
_NARROW: Final = 0.42
_DIGIT: Final = 0.64
_USUAL: Final = 0.66
_CAPITAL: Final = 0.80
_FAR_CAPITAL: Final = 0.95  # with marks and horns, as Vietnamese has them; bold
_BROAD: Final = 1.00
_FULL: Final = 1.06
_NARROW_LETTERS: Final = frozenset("iIjlftr.,:;!|'()[]/ \u00a0\u2019\u202f")
_BROAD_LETTERS: Final = frozenset("mwMW%@&—…←→")
_COMBINING: Final = frozenset({"Mn", "Me", "Cf"})


@lru_cache(maxsize=4096)
def text_width(text: str, pixels: int = LETTER_PIXELS) -> float:
    return sum(_em(letter) for letter in text) * pixels


def _em(letter: str) -> float:
    if unicodedata.category(letter) in _COMBINING:
        return 0.0
    if unicodedata.east_asian_width(letter) in {"W", "F"}:
        return _FULL
    kinds = (
        (letter in _NARROW_LETTERS, _NARROW),
        (letter in _BROAD_LETTERS, _BROAD),
        (letter.isdigit(), _DIGIT),
        (letter.isascii() or letter.islower(), _CAPITAL if letter.isupper() else _USUAL),
    )
    return next((width for holds, width in kinds if holds), _FAR_CAPITAL)


@lru_cache(maxsize=1024)
def wrap_text(text: str, width: float, pixels: int = LETTER_PIXELS) -> tuple[str, ...]:
    """Lines no wider than `width`; a single longer word is cut, with a sign that it was."""
    lines: list[str] = []
    for word in text.split():
        joined = f"{lines[-1]} {word}" if lines else word
        if lines and text_width(joined, pixels) <= width:
            lines[-1] = joined
        else:
            lines.append(_cut(word, width, pixels))
    return tuple(lines)


def _cut(word: str, width: float, pixels: int) -> str:
    if text_width(word, pixels) <= width:
        return word
    kept = word
    while kept and text_width(f"{kept}…", pixels) > width:
        kept = kept[:-1]
    return f"{kept}…"
