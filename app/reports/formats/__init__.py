"""The files that a report can be had as: one module a format, and a line in each index.

Only the worker and the command line import this room: it reaches typst.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from app.errors import BadInput
from app.reports.formats import docx, pdf, pictures, xlsx
from app.reports.page.format_names import (
    DOCX,
    FORMAT_NAMES,
    PDF,
    PICTURES,
    XLSX,
    FormatName,
)
from app.reports.reading.shown_instrument import Facts

Write = Callable[[Mapping[str, Any], Facts, str], bytes]


@dataclass(frozen=True, slots=True)
class Format(FormatName):
    """write: a released document, what is told beside it, and a language, as the file's bytes."""

    write: Write


_WRITERS: Final[Mapping[FormatName, Write]] = {
    PDF: pdf.write,
    DOCX: docx.write,
    XLSX: xlsx.write,
    PICTURES: pictures.write,
}
FORMATS: Final = tuple(
    Format(one.name, one.file_ending, one.media_type, _WRITERS[one]) for one in FORMAT_NAMES
)


def formats_of(paths: Iterable[Path]) -> dict[Path, Format]:
    """Each by its ending."""
    return {path: _format_of(path) for path in paths}


def _format_of(path: Path) -> Format:
    endings = {kind.file_ending: kind for kind in FORMATS}
    ending = path.suffix.removeprefix(".").lower()
    if ending not in endings:
        known = ", ".join(f".{known}" for known in endings)
        raise BadInput(f"{path}: No format has this ending. Choose one of {known}.")
    return endings[ending]
