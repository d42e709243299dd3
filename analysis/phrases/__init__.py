"""Reasons, rules and questions of a document in other languages: one JSON file a language.

A document carries them in English. Standard library only: pages ask here for their own language.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

SOURCE: Final = "en"
TRANSLATED: Final = ("es", "ar", "vi")
_HOLE: Final = re.compile(r"\{(\w+)\}")
_NUMBER: Final = re.compile(r"-?\d+\.\d+")


@dataclass(frozen=True, slots=True)
class _Phrases:
    """told: English to translation, holes in braces. patterns: the same, most specific first."""

    decimal: str
    told: Mapping[str, str]
    patterns: tuple[tuple[re.Pattern[str], str], ...]


def phrase_in(language: str, english: str) -> str:
    """A phrase of a document in another language; what nobody translated stays as it is.

    What fills a hole (another reason, a wave, a number) is told in that language too.
    """
    if language not in TRANSLATED:
        return english
    phrases = _read(language)
    told = phrases.told.get(english)
    if told is not None:
        return told
    for pattern, translation in phrases.patterns:
        found = pattern.fullmatch(english)
        if found:
            parts = found.groupdict().items()
            return translation.format(**{name: phrase_in(language, part) for name, part in parts})
    is_number = _NUMBER.fullmatch(english)
    return english.replace(".", phrases.decimal) if is_number else english


@cache
def _read(language: str) -> _Phrases:
    path = Path(__file__).with_name(f"{language}.json")
    document = json.loads(path.read_text("utf-8"))
    told: Mapping[str, str] = document["phrases"]
    with_holes = [english for english in told if _HOLE.search(english)]
    with_holes.sort(key=lambda english: -len(_HOLE.sub("", english)))
    patterns = tuple((_pattern(english), told[english]) for english in with_holes)
    return _Phrases(document["decimal"], told, patterns)


def _pattern(english: str) -> re.Pattern[str]:
    pieces = _HOLE.split(english)
    literal = (re.escape(piece) for piece in pieces[::2])
    holes = [f"(?P<{name}>.+?)" for name in pieces[1::2]]
    return re.compile("".join(a + b for a, b in zip(literal, [*holes, ""], strict=True)), re.DOTALL)
