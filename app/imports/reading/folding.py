"""Words in one spelling, so that a heading is known with and without its accents."""

from __future__ import annotations

import unicodedata
from typing import Final

# Letters that people type for one another, and that no rule of Unicode takes apart.
_LETTERS: Final = str.maketrans(
    {"\u0629": "\u0647", "\u0649": "\u064a", "đ": "d"} | dict.fromkeys("\u2010\u2011\u2013", "-")
)
_UNSEEN: Final = frozenset(("Mn", "Cf", "Lm"))  # accents, marks of direction, lengthening


def fold(words: str) -> str:
    if words.isascii():
        return words.casefold()
    apart = unicodedata.normalize("NFKD", words.casefold().translate(_LETTERS))
    seen = (c for c in apart if unicodedata.category(c) not in _UNSEEN)
    return unicodedata.normalize("NFKC", "".join(seen))
