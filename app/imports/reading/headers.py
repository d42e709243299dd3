"""Whose export it is, told by its headings, and what each tool writes above its columns."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import chain, count
from typing import Final

from app.errors import BadInput
from app.imports.reading import qualtrics
from app.imports.reading.contents import why_by_contents
from app.imports.reading.never import why_never
from app.imports.reading.table import LONGEST_KEY, Column, Headed, Heading, Rows, Tool

# What stands first in an export of Google Forms, by the language of the form.
_TIMESTAMPS: Final = frozenset(
    ("timestamp", "marca temporal", "horodateur", "zeitstempel", "طابع زمني", "dấu thời gian")
)
_BRACKETED: Final = re.compile(r"(.+?) ?\[([^\[\]]+)\]")
_NO_HEADING: Final = frozenset(("e_mail", "telephone", "network_address", "position", "record"))
_ONE_ANSWER: Final = frozenset(("response", "open-ended response", "respuesta"))


def columns_of(rows: Rows) -> tuple[Tool, tuple[Column, ...]]:
    tool = _tool(rows)
    headings, answers = _STYLES[tool](rows)
    if not answers:
        raise BadInput("imports.no_answers")
    _refuse_somebody_s(headings)
    cells = [tuple(row[place] for row in answers) for place in range(len(headings))]
    return tool, tuple(_columns(headings, cells))


def _refuse_somebody_s(headings: Sequence[Heading]) -> None:
    """Headings are kept. Without a row of them, the first person's answers would be."""
    for place, heading in enumerate(headings, 1):
        if why_by_contents(Counter([heading.question])) in _NO_HEADING:
            raise BadInput("imports.no_headings", column=place)


def _columns(headings: Sequence[Heading], cells: Sequence[tuple[str, ...]]) -> Iterator[Column]:
    seen: set[str] = set()
    for place, (heading, contents) in enumerate(zip(headings, cells, strict=True), 1):
        filled = sum(map(bool, contents))
        if not heading.question:
            if filled:
                raise BadInput("imports.nothing_above", column=place)
            continue
        key = _unlike(heading.words[:LONGEST_KEY], seen)
        seen.add(key)
        never = why_never(heading.question, heading.part, contents) or heading.never
        kept = () if never else contents
        yield Column(key, heading.question, heading.part, filled, kept, never)


def _unlike(words: str, seen: set[str]) -> str:
    """The same words again get a number."""
    numbered = (f"{words} ({number})" for number in count(2))
    return next(key for key in chain([words], numbered) if key not in seen)


def _tool(rows: Rows) -> Tool:
    if qualtrics.is_qualtrics(rows):
        return "Qualtrics"
    above = [cell.casefold() for cell in rows[0]]
    known = frozenset(above)
    if known & {"respondent id", "respondent_id"}:
        return "SurveyMonkey"
    if above[0] in _TIMESTAMPS:
        return "Google Forms"
    if known & {"submitdate", "date submitted"} and known & {"lastpage", "last page"}:
        return "LimeSurvey"
    if "_id" in known and known & {"_uuid", "_submission_time"}:
        return "KoboToolbox"
    return "other"


def _bracketed(rows: Rows) -> Headed:
    """A row of a grid stands in brackets behind what was asked."""
    return [_parted(cell) for cell in rows[0]], rows[1:]


def _parted(cell: str) -> Heading:
    found = _BRACKETED.fullmatch(cell)
    return Heading(cell) if found is None else Heading(found[1], found[2])


def _in_two_rows(rows: Rows) -> Headed:
    """SurveyMonkey: what was asked stands once, over the first of its columns; parts below it."""
    respondent = [cell.casefold() for cell in rows[0]].index(_first_of(rows[0]))
    if len(rows) == 1 or rows[1][respondent]:
        return _bracketed(rows)
    asked, headings = "", []
    for above, below in zip(rows[0], rows[1], strict=True):
        asked = above or asked
        part = "" if below.casefold() in _ONE_ANSWER else below
        headings.append(Heading(asked if below or above else "", part))
    return headings, rows[2:]


def _first_of(cells: Sequence[str]) -> str:
    return next(
        cell.casefold() for cell in cells if cell.casefold() in {"respondent id", "respondent_id"}
    )


def _with_paths(rows: Rows) -> Headed:
    """KoboToolbox: an option stands behind the name of its question, which has a column too."""
    names = set(rows[0])
    headings = []
    for cell in rows[0]:
        asked, _, part = cell.rpartition("/")
        headings.append(Heading(asked, part) if asked in names else Heading(cell))
    return headings, rows[1:]


_STYLES: Final[Mapping[Tool, Callable[[Rows], Headed]]] = {
    "SurveyMonkey": _in_two_rows,
    "Google Forms": _bracketed,
    "LimeSurvey": _bracketed,
    "KoboToolbox": _with_paths,
    "Qualtrics": qualtrics.read_headings,
    "other": _bracketed,
}
