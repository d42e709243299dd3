"""The files that a report can be had as: their names, without what it takes to write them.

The web process lists and hands out files; it never writes one (`app.reports.formats` does).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class FormatName:
    name: str
    file_ending: str
    media_type: str


PDF: Final = FormatName("pdf", "pdf", "application/pdf")
PICTURES: Final = FormatName("pictures", "zip", "application/zip")
DOCX: Final = FormatName(
    "docx", "docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
)
XLSX: Final = FormatName(
    "xlsx", "xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
)
FORMAT_NAMES: Final = (PDF, DOCX, XLSX, PICTURES)
