"""From the bytes of another tool's export to columns, without those that are never imported."""

from __future__ import annotations

from typing import Final

from app.errors import BadInput, TooLarge
from app.imports.reading.csv_text import read_csv
from app.imports.reading.headers import columns_of
from app.imports.reading.spreadsheet import read_spreadsheet
from app.imports.reading.table import MOST_BYTES, Reading, checked_rows

_ZIP: Final = b"PK\x03\x04"
_OLD_EXCEL: Final = b"\xd0\xcf\x11\xe0"

__all__ = ["Reading", "read_file"]


def read_file(content: bytes) -> Reading:
    """What it is, its first bytes say: the name of a file says nothing.

    Columns that are never imported are dropped here: nothing behind this point has seen them.
    """
    if len(content) > MOST_BYTES:
        raise TooLarge("imports.file_large", most=MOST_BYTES // 1024**2)
    if content.startswith(_OLD_EXCEL):
        raise BadInput("imports.old_workbook")
    if not content.strip():
        raise BadInput("imports.empty")
    found = read_spreadsheet(content) if content.startswith(_ZIP) else read_csv(content)
    rows = checked_rows(found.rows)
    tool, columns = columns_of(rows)
    return Reading(tool=tool, read_as=found.read_as, columns=columns)
