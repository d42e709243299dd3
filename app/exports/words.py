"""The program's own words inside downloaded files, and the instrument's words in one language."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final

from analysis.codebook import RESERVED_CODES, Text
from app.web.locales import SOURCE_LANGUAGE, Locale, read_room_locales

LOCALES: Final[Mapping[str, Locale]] = read_room_locales(Path(__file__).parent / "locale")


def locale_of(language: str) -> Locale:
    """The nearest there is: es for es-MX; English where the program does not speak it."""
    base = language.partition("-")[0]
    return LOCALES.get(language) or LOCALES.get(base) or LOCALES[SOURCE_LANGUAGE]


def label_words(code: int, languages: Iterable[str]) -> dict[str, str]:
    """What one of the codes that stand for no answer is called."""
    return {language: locale_of(language)(RESERVED_CODES[code]) for language in languages}


def in_language(text: Text, language: str) -> str:
    """In this language, else in English, else in any that there is."""
    return text.get(language) or text.get(SOURCE_LANGUAGE) or next(iter(text.values()), "")


def cut_to_bytes(text: str, limit: int) -> str:
    """What a format has room for, in UTF-8, never half a character; the codebook has all of it."""
    encoded = text.encode()
    if len(encoded) <= limit:
        return text
    mark = "…".encode()
    return encoded[: limit - len(mark)].decode(errors="ignore") + "…"
