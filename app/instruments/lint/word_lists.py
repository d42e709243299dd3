"""The words that the lint looks for, read from the file beside this one."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, Final

import yaml

FILE: Final = Path(__file__).parent / "words.yaml"
_VOWEL_SIGNS: Final = re.compile(r"[\u064b-\u0652\u0640]")
_JOINED_SCRIPTS: Final = {"ar"}
Patterns = Mapping[str, re.Pattern[str]]


@cache
def _written() -> Mapping[str, Any]:
    document: Mapping[str, Any] = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    return document


def _patterns(words: Mapping[str, Sequence[str]]) -> Patterns:
    return {
        language: re.compile(
            ("" if language in _JOINED_SCRIPTS else r"\b") + f"(?:{'|'.join(map(plain, listed))})"
        )
        for language, listed in words.items()
    }


@cache
def agreement() -> Patterns:
    return _patterns(_written()["agreement"])


@cache
def topics() -> Mapping[str, Patterns]:
    return {topic: _patterns(words) for topic, words in _written()["topics"].items()}


@cache
def police_records() -> Mapping[str, Patterns]:
    return {topic: _patterns(words) for topic, words in _written()["police_records"].items()}


def plain(text: str) -> str:
    """Small letters, one kind of apostrophe, and Arabic without its vowel signs."""
    composed = unicodedata.normalize("NFC", text).casefold()
    return _VOWEL_SIGNS.sub("", composed).replace("\N{RIGHT SINGLE QUOTATION MARK}", "'")


def found_in(patterns: Patterns, language: str, text: str) -> Iterator[str]:
    """The words of the list in this language that stand in the text."""
    pattern = patterns.get(language.partition("-")[0])
    if pattern is not None:
        for match in pattern.finditer(plain(text)):
            yield match[0]
