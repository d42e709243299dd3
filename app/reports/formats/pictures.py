"""Every picture in files of its own (PNG to paste, SVG to enlarge), beside the report as text."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from typing import Any, Final

from app.reports.charts.standalone import stand_alone
from app.reports.formats.blocks import pictures_in, report_blocks
from app.reports.formats.drawings import WHOLE, draw_pictures
from app.reports.formats.plain_text import as_text
from app.reports.reading import read_report
from app.reports.reading.shown_instrument import Facts

# A zip of the same report is the same file.
_NO_DAY: Final = (1980, 1, 1, 0, 0, 0)


def write(document: Mapping[str, Any], facts: Facts, language: str) -> bytes:
    blocks = list(report_blocks(read_report(document, language, facts)))
    pictures = list(pictures_in(blocks))
    content = {"report.txt": as_text(blocks).encode()}
    for picture, png in zip(pictures, draw_pictures(pictures, WHOLE, language), strict=True):
        content[f"{picture.words.id}.png"] = png
        content[f"{picture.words.id}.svg"] = stand_alone(picture.svg, WHOLE).encode()
    return _packed(content)


def _packed(content: Mapping[str, bytes]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, one in content.items():
            packed.writestr(zipfile.ZipInfo(name, _NO_DAY), one, zipfile.ZIP_DEFLATED)
    return file.getvalue()
