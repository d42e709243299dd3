"""Qualtrics: above the answers stand a short name, what was asked, and where it came from as JSON.

A workbook lacks the third row. What came from no question of the survey is a field that the tool
or the sender of invitations has added: none of it is imported.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from app.imports.reading.table import Headed, Heading, Rows, Why

_FIELDS: Final = frozenset(("responseid", "recordeddate", "userlanguage", "distributionchannel"))
_LEAST_FIELDS: Final = 2
_NAMES, _WORDS, _SOURCES = range(3)
_QUESTION: Final = re.compile(r"(?:x?\d+_)?QID\d+(?:[#_-]?x?\d+)*(?:_TEXT)?")
_NAMED: Final = re.compile(r'"(?:ImportId|choiceId)": ?"([^"]*)"')
_PART: Final = re.compile(r"\d[#_-]x?\d")
_TIMED: Final = re.compile(r"(first|last) ?_?click|page ?_?submit|click ?_?count", re.IGNORECASE)
_CHOSEN: Final = " - Selected Choice"


def is_qualtrics(rows: Rows) -> bool:
    known = {cell.casefold() for cell in rows[_NAMES]}
    return bool(_sources(rows)) or len(known & _FIELDS) >= _LEAST_FIELDS


def read_headings(rows: Rows) -> Headed:
    """What was asked, by its words; by the short name where somebody took the words away."""
    names, sources = rows[_NAMES], _sources(rows)
    has_words = bool(sources) or _says_names_in_words(rows)
    words = rows[_WORDS] if has_words else names
    headings = [
        _heading(name, asked, source)
        for name, asked, source in zip(names, words, sources or names, strict=True)
    ]
    if sources:
        headings = [
            heading if _QUESTION.fullmatch(source) else Heading(name, never=_why(source))
            for heading, name, source in zip(headings, names, sources, strict=True)
        ]
    return headings, rows[_SOURCES + 1 if sources else _WORDS + has_words :]


def _sources(rows: Rows) -> Sequence[str]:
    found = [_source(cell) for cell in rows[_SOURCES]] if len(rows) > _SOURCES else []
    return found if any(found) else []


def _source(cell: str) -> str:
    return "_".join(_NAMED.findall(cell)) if cell.startswith('{"ImportId"') else ""


def _says_names_in_words(rows: Rows) -> bool:
    """Whether under ResponseId stands Response ID, and not the first answer."""
    if len(rows) <= _WORDS:
        return False
    return any(
        name.casefold() in _FIELDS and words.replace(" ", "").casefold() == name.casefold()
        for name, words in zip(rows[_NAMES], rows[_WORDS], strict=True)
    )


def _heading(name: str, asked: str, source: str) -> Heading:
    """Of a grid or of options, the part stands behind what was asked."""
    words = (asked or name).removesuffix(_CHOSEN)
    stem, dash, part = words.rpartition(" - ")
    return Heading(stem, part) if dash and stem and _PART.search(source) else Heading(words)


def _why(source: str) -> Why:
    return "time" if _TIMED.search(source) else "record"
