"""How the report of the example is built: parts, tables, and each mark of each picture.

Made again by `python -m tests.golden.documents.make_outline`, then looked at as pictures.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from app.reports.charts.standalone import without_letters
from app.reports.formats.blocks import Block, Box, Heading, Pictures, report_blocks
from app.reports.reading import read_report
from app.reports.reading.figures import Picture
from app.reports.reading.number_tables import Table

HERE: Final = Path(__file__).parent
OUTLINE: Final = HERE / "outline.txt"
WIDTH: Final = 320
_MARKS: Final = ("line", "rect", "circle", "path")


def outline() -> str:
    released = json.loads((HERE / "released.json").read_text("utf-8"))
    return "\n".join((*_lines(report_blocks(read_report(released))), ""))


def _lines(blocks: Any) -> Iterator[str]:
    for block in blocks:
        yield from _told(block)


def _told(block: Block) -> Iterator[str]:
    match block:
        case Heading(level, text):
            yield f"{'#' * level} {text}"
        case Table():
            yield f"table {block.kind}: {len(block.rows)} rows, {' | '.join(block.heading)}"
        case Box(inner):
            yield from _lines(inner)
        case Pictures(pictures, key):
            for picture in pictures:
                yield from _drawn(picture)
            yield from (f"  key {entry.tone} {entry.label}" for entry in key)


def _drawn(picture: Picture) -> Iterator[str]:
    drawing = without_letters(picture.svg, WIDTH)
    marks = Counter({mark: drawing.svg.count(f"<{mark} ") for mark in _MARKS})
    yield f"picture {picture.words.id}: {picture.words.title}"
    yield f"  {drawing.height:g} high: {', '.join(f'{n} {mark}' for mark, n in marks.items())}"
    for one in drawing.letters:
        yield f"  {one.x:.0f},{one.y:.0f} {one.anchor} {one.weight} {one.text}"


if __name__ == "__main__":
    OUTLINE.write_text(outline(), encoding="utf-8")
