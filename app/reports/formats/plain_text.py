"""A report as lines of plain text."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from app.reports.formats.blocks import (
    Beside,
    Block,
    Box,
    Bullets,
    Heading,
    Line,
    Pictures,
    Terms,
)
from app.reports.reading.number_tables import Table

_BODY = 0


def text_lines(blocks: Iterable[Block]) -> Iterator[tuple[int, str]]:
    """Each line with the level of its heading, or 0; without the tables."""
    for block in blocks:
        match block:
            case Heading(level, text):
                yield level, text
            case Line(_, text):
                yield _BODY, text
            case Bullets(lines):
                yield from ((_BODY, f"• {line}") for line in lines)
            case Terms(rows):
                yield from ((_BODY, f"{name}: {said}") for name, said in rows)
            case Beside(columns):
                for column in columns:
                    yield from text_lines(column)
            case Box(inner):
                yield from text_lines(inner)
            case Pictures(_, key) if key:
                yield _BODY, " / ".join(entry.label for entry in key)


def as_text(blocks: Iterable[Block]) -> str:
    """With the tables, a line a row."""
    return "\n".join(_lines(blocks)) + "\n"


def _lines(blocks: Iterable[Block]) -> Iterator[str]:
    for block in blocks:
        if isinstance(block, Table):
            yield from ("", block.caption, " | ".join(block.heading))
            yield from (" | ".join(row) for row in block.rows)
            yield ""
        elif isinstance(block, Box):
            yield from _lines(block.blocks)
        else:
            for level, line in text_lines([block]):
                yield f"\n{'#' * level} {line}\n" if level else line
