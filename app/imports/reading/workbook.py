"""The process that opens a workbook: bytes come in, the rows of its first sheet go out as JSON."""

from __future__ import annotations

import io
import json
import resource
import sys
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any, Final
from zipfile import BadZipFile, ZipFile

from app.imports.reading.table import MOST_COLUMNS, MOST_ROWS

if TYPE_CHECKING:
    from collections.abc import Iterable

MOST_MEMORY: Final = 1536 * 1024 * 1024
MOST_SECONDS: Final = 100
MOST_UNPACKED: Final = 256 * 1024 * 1024
MOST_PARTS: Final = 2_000
MOST_LETTERS: Final = 32 * 1024 * 1024  # they are handed to the web process


class Refused(Exception):
    """The key of what the person is told, and what fills its places."""

    def __init__(self, key: str, **values: int) -> None:
        super().__init__(key)
        self.told = {"refused": key, "values": values}


def main() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (MOST_SECONDS, MOST_SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    try:
        told = read_workbook(sys.stdin.buffer.read())
    except Refused as refused:
        told = refused.told
    sys.stdout.write(json.dumps(told))


def read_workbook(content: bytes) -> dict[str, Any]:
    _refuse_swollen(content)
    from openpyxl import load_workbook  # noqa: PLC0415 - once the bounds are set

    try:
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=True)
        sheet = book.worksheets[0]
        sheet.reset_dimensions()  # what the file says of its size is not believed
        rows = _rows(sheet.iter_rows(values_only=True))
    except (Refused, MemoryError):
        raise
    except Exception as exc:  # the reader breaks in many ways on a spoiled file
        raise Refused("imports.no_workbook") from exc
    return {"sheet": sheet.title, "rows": rows}


def _refuse_swollen(content: bytes) -> None:
    try:
        with ZipFile(io.BytesIO(content)) as archive:
            parts = archive.infolist()
    except (BadZipFile, ValueError, OSError) as exc:
        raise Refused("imports.no_workbook") from exc
    if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > MOST_UNPACKED:
        raise Refused("imports.workbook_unpacks", most=MOST_UNPACKED // 1024**2)


def _rows(found: Iterable[tuple[object, ...]]) -> list[list[str]]:
    rows: list[list[str]] = []
    letters = 0
    for cells in found:
        row = [_text(cell) for cell in cells]
        while row and not row[-1]:
            row.pop()
        if len(row) > MOST_COLUMNS:
            raise Refused("imports.sheet_columns", most=MOST_COLUMNS)
        if row:
            rows.append(row)
            letters += sum(map(len, row))
        if letters > MOST_LETTERS:
            raise Refused("imports.workbook_unpacks", most=MOST_LETTERS // 1024**2)
        if len(rows) > MOST_ROWS + 2:
            raise Refused("imports.sheet_rows", most=MOST_ROWS)
    if not rows:
        raise Refused("imports.sheet_empty")
    return _as_wide_as_the_widest(rows)


def _as_wide_as_the_widest(rows: list[list[str]]) -> list[list[str]]:
    """Cells that are empty at the end of a row are not there in a workbook."""
    width = max(map(len, rows))
    return [row + [""] * (width - len(row)) for row in rows]


def _text(cell: object) -> str:
    """As CSV would write it; a whole number has no point."""
    match cell:
        case None:
            return ""
        case bool():
            return "TRUE" if cell else "FALSE"
        case float():
            return str(int(cell)) if cell.is_integer() else repr(cell)
        case datetime() | date() | time() | timedelta():
            return str(cell)
        case _:
            return str(cell)


if __name__ == "__main__":
    main()
