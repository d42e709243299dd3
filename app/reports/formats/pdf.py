"""The report on paper: a PDF that screen readers can read (PDF/UA)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from app.reports.charts.answers import is_hatched
from app.reports.charts.standalone import tone_colour
from app.reports.formats.blocks import (
    Beside,
    Block,
    Box,
    Bullets,
    Heading,
    Line,
    Pictures,
    Terms,
    report_blocks,
)
from app.reports.formats.drawings import HALF, WHOLE, typeset_picture
from app.reports.reading import read_report
from app.reports.reading.shown_instrument import Facts
from app.typesetting import typeset

TEMPLATE: Final = "reports/formats/templates/report.typ"


def write(document: Mapping[str, Any], facts: Facts, language: str) -> bytes:
    reading = read_report(document, language, facts)
    wording = reading.wording
    return typeset(
        TEMPLATE,
        {
            "title": wording("page_title", title=reading.title),
            "language": wording.language,
            "direction": wording.direction,
            "is_simulated": reading.is_simulated,
            "running": wording("simulated") if reading.is_simulated else reading.title,
            "blocks": [_told(block) for block in report_blocks(reading)],
        },
    )


def _told(block: Block) -> dict[str, Any]:  # noqa: PLR0911 - one return a kind of block
    match block:
        case Heading(level, text, opens_page):
            return {"is": "heading", "level": level, "text": text, "opens_page": opens_page}
        case Line(look, text):
            return {"is": "line", "look": look, "text": text}
        case Bullets(lines):
            return {"is": "bullets", "lines": lines}
        case Terms(rows):
            return {"is": "terms", "rows": rows}
        case Beside(columns):
            return {"is": "beside", "columns": [[_told(b) for b in column] for column in columns]}
        case Box(blocks):
            return {"is": "box", "blocks": [_told(inner) for inner in blocks]}
        case Pictures():
            return _pictures(block)
        case _:
            return {
                "is": "table",
                "caption": block.caption,
                "heading": block.heading,
                "rows": block.rows,
            }


def _pictures(block: Pictures) -> dict[str, Any]:
    width = HALF if len(block.pictures) > 1 else WHOLE
    return {
        "is": "pictures",
        "pictures": [typeset_picture(picture, width) for picture in block.pictures],
        "key": [
            {
                "colour": tone_colour(key.tone),
                "is_hatched": is_hatched(key.tone),
                "label": key.label,
            }
            for key in block.key
        ],
    }
