"""A grid is written once and is so many questions: each row takes what stands beside `grid`."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from app.instruments.load.problems import InstrumentProblems, problem
from app.instruments.load.strict_yaml import MOST_NODES, YamlDocument

if TYPE_CHECKING:
    from app.instruments.texts import Place

GRID: Final = "grid"
Lines = dict["Place", int]


@dataclass(frozen=True, slots=True)
class Grid:
    """Where a grid stands in the file, and how many questions it is."""

    line: int
    rows: int


@dataclass(frozen=True, slots=True)
class _Written:
    """One question, and the lines of its parts as seen from the question."""

    question: object
    lines: Lines


def write_out_grids(document: YamlDocument, file: str) -> tuple[YamlDocument, tuple[Grid, ...]]:
    """The same document with every row as a question of its own, told on the line of its row."""
    pages = document.value.get("pages")
    placed = list(_grids_in(pages)) if isinstance(pages, list) else []
    if not isinstance(pages, list) or not placed:
        return document, ()
    grids = tuple(_checked(document, file, at, question) for at, question in placed)
    parts, lines = _lines_of_questions(document.lines)
    value = [_page(page, p, parts, lines) for p, page in enumerate(pages)]
    return YamlDocument({**document.value, "pages": value}, lines), grids


def _grids_in(pages: list[object]) -> Iterator[tuple[Place, dict[str, object]]]:
    for p, page in enumerate(pages):
        for q, question in enumerate(_questions_of(page)):
            if isinstance(question, dict) and GRID in question:
                yield ("pages", p, "questions", q), question


def _questions_of(page: object) -> list[object]:
    questions = page.get("questions") if isinstance(page, dict) else None
    return questions if isinstance(questions, list) else []


def _checked(document: YamlDocument, file: str, at: Place, question: dict[str, object]) -> Grid:
    line = document.line_of((*at, GRID))
    rows = question[GRID]
    if not isinstance(rows, list) or not rows or not all(isinstance(row, dict) for row in rows):
        raise InstrumentProblems([problem(file, line, "not_a_grid")])
    shared = sum(_size(value) for key, value in question.items() if key != GRID)
    if shared * len(rows) > MOST_NODES:
        raise InstrumentProblems([problem(file, line, "grid_too_large", limit=MOST_NODES)])
    return Grid(line, len(rows))


def _size(value: object) -> int:
    if isinstance(value, dict):
        return 1 + sum(_size(part) for part in value.values())
    return 1 + sum(_size(part) for part in value) if isinstance(value, list) else 1


def _lines_of_questions(lines: Lines) -> tuple[dict[Place, Lines], Lines]:
    """The lines of each question's parts, and all other lines."""
    parts: dict[Place, Lines] = defaultdict(dict)
    others: Lines = {}
    for place, line in lines.items():
        if place[:1] == ("pages",) and place[2:3] == ("questions",) and place[3:]:
            parts[place[:4]][place[4:]] = line
        else:
            others[place] = line
    return parts, others


def _page(page: object, p: int, parts: dict[Place, Lines], lines: Lines) -> object:
    at: Place = ("pages", p, "questions")
    written = [
        one
        for q, question in enumerate(_questions_of(page))
        for one in _write_out(question, parts[*at, q])
    ]
    for q, one in enumerate(written):
        lines |= {(*at, q, *place): line for place, line in one.lines.items()}
    if not isinstance(page, dict) or not written:
        return page
    return {**page, "questions": [one.question for one in written]}


def _write_out(question: object, lines: Lines) -> Iterator[_Written]:
    if not isinstance(question, dict) or GRID not in question:
        yield _Written(question, lines)
        return
    shared = {key: value for key, value in question.items() if key != GRID}
    shared_lines = {place: line for place, line in lines.items() if place[:1] != (GRID,)}
    rows: dict[str | int, Lines] = defaultdict(dict)
    for place, line in lines.items():
        if place[:1] == (GRID,) and len(place) > 1:
            rows[place[1]][place[2:]] = line
    for r, row in enumerate(question[GRID]):
        yield _Written({**shared, **row}, {**shared_lines, **rows[r]})
