"""Every picture in files of its own (PNG to paste, SVG to enlarge), beside the report as text."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.reports.charts.standalone import stand_alone
from app.reports.formats.blocks import pictures_in, report_blocks
from app.reports.formats.drawings import WHOLE, draw_pictures, svg_for
from app.reports.formats.plain_text import as_text
from app.reports.formats.zipped import zipped
from app.reports.reading import read_report
from app.reports.reading.shown_instrument import Facts


def write(document: Mapping[str, Any], facts: Facts, language: str) -> bytes:
    blocks = list(report_blocks(read_report(document, language, facts)))
    pictures = list(pictures_in(blocks))
    content = {"report.txt": as_text(blocks).encode()}
    drawn = draw_pictures([(picture, WHOLE) for picture in pictures], language)
    for picture, png in zip(pictures, drawn, strict=True):
        content[f"{picture.words.id}.png"] = png
        content[f"{picture.words.id}.svg"] = stand_alone(svg_for(picture, WHOLE), WHOLE).encode()
    return zipped(content)
