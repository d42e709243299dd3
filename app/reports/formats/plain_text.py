"""A report as plain text."""

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


def as_text(blocks: Iterable[Block]) -> str:
    return "\n\n".join(filter(None, ("\n".join(_lines(block)) for block in blocks))) + "\n"


def _lines(block: Block) -> Iterator[str]:
    match block:
        case Heading(level, text):
            yield f"{'#' * level} {text}"
        case Line(_, text):
            yield text
        case Bullets(lines):
            yield from (f"- {line}" for line in lines)
        case Terms(rows):
            yield from (f"{name}: {said}" for name, said in rows)
        case Beside(columns):
            yield from (as_text(column) for column in columns)
        case Box(blocks):
            yield as_text(blocks)
        case Pictures(pictures, key):
            yield from (f"[{one.words.id}] {one.words.title}" for one in pictures)
            yield " / ".join(entry.label for entry in key)
        case _:
            yield block.caption
            yield from (" | ".join(row) for row in (block.heading, *block.rows))
