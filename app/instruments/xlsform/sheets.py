"""The three sheets of an XLSForm as rows of text, read with limits."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import openpyxl

from app.errors import AppError, BadInput

MOST_BYTES: Final = 4 * 1024 * 1024
MOST_UNPACKED: Final = 64 * 1024 * 1024
MOST_ROWS: Final = 2000
MOST_COLUMNS: Final = 100
DEFAULT: Final = "en"
_LANGUAGE: Final = re.compile(r"\(([A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*)\)\s*$")
Row = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Sheets:
    asked: Sequence[Row]
    choices: Sequence[Row]
    settings: Row

    @property
    def default_language(self) -> str:
        return language_of(self.settings.get("default_language", "")) or DEFAULT


def read_sheets(path: Path) -> Sheets:
    try:
        return _read(path)
    except AppError:
        raise
    except FileNotFoundError as exc:
        raise BadInput(f"{path}: There is no such file. Check its name and folder.") from exc
    except Exception as exc:  # the reader breaks in many ways on a spoiled file
        raise BadInput(f"{path}: This is no workbook (XLSX) that can be read.") from exc


def _read(path: Path) -> Sheets:
    book = _opened(path)
    missing = {"survey", "choices"} - set(book.sheetnames)
    if missing:
        raise BadInput(
            f"{path}: An XLSForm has the sheets survey and choices; {min(missing)} is missing."
        )
    settings = list(_rows(book, "settings", path)) if "settings" in book.sheetnames else []
    return Sheets(
        list(_rows(book, "survey", path)),
        list(_rows(book, "choices", path)),
        settings[0] if settings else {},
    )


def language_of(told: str) -> str | None:
    """The code in brackets of a name such as `Spanish (es)`."""
    found = _LANGUAGE.search(told)
    return found[1] if found else None


def texts(row: Row, column: str, default: str) -> dict[str, str]:
    """By language. A column without a language is in the form's default one."""
    found: dict[str, str] = {}
    for name, cell in row.items():
        head, _, language = name.partition("::")
        if head.strip() == column and cell:
            found[language_of(language) or default] = cell
    return found


def _opened(path: Path) -> Any:
    if path.stat().st_size > MOST_BYTES:
        raise BadInput(f"{path}: The file has more than {MOST_BYTES} bytes. This is no form.")
    with zipfile.ZipFile(path) as archive:
        if sum(entry.file_size for entry in archive.infolist()) > MOST_UNPACKED:
            raise BadInput(f"{path}: Unpacked, the file is too large to be a form.")
    # From memory: a reader that breaks off leaves the file open that it opened itself.
    return openpyxl.load_workbook(io.BytesIO(path.read_bytes()), read_only=True, data_only=True)


def _rows(book: Any, name: str, path: Path) -> Iterator[dict[str, str]]:
    """Cells by the heading of their column, without rows that are empty."""
    lines = book[name].iter_rows(max_row=MOST_ROWS + 2, max_col=MOST_COLUMNS, values_only=True)
    heading = [_cell(cell) for cell in next(lines, ())]
    for number, line in enumerate(lines):
        if number >= MOST_ROWS:
            raise BadInput(f"{path}: The sheet {name} has more than {MOST_ROWS} rows. Split it.")
        row = {
            column: told
            for column, cell in zip(heading, line, strict=False)
            if column and (told := _cell(cell))
        }
        if row:
            yield row


def _cell(cell: object) -> str:
    """A code that was typed as a number comes back as 1.0."""
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    return str(cell).strip()
