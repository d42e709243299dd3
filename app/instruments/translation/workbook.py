"""The spreadsheet that goes to a translator and comes back: XLSX, because everybody can open it."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING, Final
from zipfile import ZipFile

from openpyxl import Workbook, load_workbook
from openpyxl.styles import Alignment, Font, PatternFill, Protection

from analysis.codebook import runs_right_to_left
from app.errors import AppError, BadInput
from app.instruments.translation.judging import Delivered
from app.instruments.translation.taking import Delivery

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from openpyxl.cell.cell import Cell, MergedCell
    from openpyxl.worksheet.worksheet import Worksheet

    from app.instruments.model import Instrument
    from app.instruments.translation.rows import Row

TEXTS: Final = "Texts"
ABOUT: Final = "About"
HEADINGS: Final = ("Name", "What it is", "Source", "Translation", "Status", "Your notes")
WIDTHS: Final = (34, 30, 60, 60, 10, 30)
INSTRUMENT: Final = "Survey"
LANGUAGE: Final = "Translated into"
MOST_ROWS: Final = 5000
MOST_BYTES: Final = 5 * 1024 * 1024
MOST_SWELLING: Final = 20  # our own workbooks swell tenfold
_TRANSLATED: Final = 4  # the column that may be written in
_NOTES: Final = 6
_HEAD: Final = PatternFill("solid", fgColor="DDE7E4")
_MISSING: Final = PatternFill("solid", fgColor="FFF4D6")
_GUIDE: Final = (
    "Write into the column Translation, and nowhere else but Your notes.",
    "Say it as people here speak, as simply as the source, and in the polite form.",
    "Keep {police}, {area} and {initiative} as they are, braces and all: names are put there.",
    "An answer such as Often must stay between its neighbours: read the whole list first.",
    "Leave a row empty rather than guess. What a machine translated is a draft: say so in a note.",
)


def write_workbook(path: Path, instrument: Instrument, language: str, rows: Sequence[Row]) -> None:
    book = Workbook()
    book.remove(book.worksheets[0])
    _fill_texts(book.create_sheet(TEXTS), rows, language)
    _fill_about(book.create_sheet(ABOUT), instrument, language)
    book.save(path)


def _fill_texts(sheet: Worksheet, rows: Sequence[Row], language: str) -> None:
    sheet.append(HEADINGS)
    for row in rows:
        sheet.append((row.name, row.context, row.source, row.translation, row.status, ""))
    is_mirrored = runs_right_to_left(language)
    head, *body = sheet.iter_rows()
    for cell in head:
        cell.font, cell.fill = Font(bold=True), _HEAD
    for cells in body:
        for number, cell in enumerate(cells, start=1):
            _dress(cell, number, is_mirrored=is_mirrored)
    for column, width in zip("ABCDEF", WIDTHS, strict=True):
        sheet.column_dimensions[column].width = width
    sheet.freeze_panes = "D2"
    sheet.auto_filter.ref = sheet.dimensions
    sheet.protection.sheet = True  # against slips: there is no password
    sheet.protection.autoFilter = False
    sheet.protection.formatColumns = False


def _dress(cell: Cell | MergedCell, number: int, *, is_mirrored: bool) -> None:
    if isinstance(cell.value, str):
        cell.data_type = "s"  # words that begin with = are no formula
    is_theirs = number in {_TRANSLATED, _NOTES}
    reading = 2 if is_mirrored and number == _TRANSLATED else 1
    cell.protection = Protection(locked=not is_theirs)
    cell.alignment = Alignment(wrap_text=True, vertical="top", readingOrder=reading)
    if number == _TRANSLATED and not cell.value:
        cell.fill = _MISSING


def _fill_about(sheet: Worksheet, instrument: Instrument, language: str) -> None:
    sheet.append((INSTRUMENT, instrument.id))
    sheet.append(("Version", instrument.version))
    sheet.append(("Written in", instrument.original_language))
    sheet.append((LANGUAGE, language))
    sheet.append(())
    for line in _GUIDE:
        sheet.append((line,))
    sheet.column_dimensions["A"].width = 110
    sheet.column_dimensions["B"].width = 30
    for cell, *_ in sheet.iter_rows():
        cell.alignment = Alignment(wrap_text=True, vertical="top")
    sheet.protection.sheet = True


def read_workbook(path: Path) -> Delivery:
    """Whatever stands in cells that were not to be touched is judged with the rest."""
    try:
        _refuse_too_large(path)
        return _read(path)
    except AppError:
        raise
    except OSError as exc:
        told = exc.strerror or "it is damaged"
        raise BadInput(f"{path} cannot be read: {told}. Check the path.") from exc
    except Exception as exc:  # the reader breaks in many ways on a spoiled file
        raise BadInput(f"{path} is no XLSX workbook. Save it as XLSX, and import that.") from exc


def _refuse_too_large(path: Path) -> None:
    """Packed, and unpacked: a file of a few kilobytes may swell to gigabytes."""
    size = path.stat().st_size
    if size <= MOST_BYTES:
        with ZipFile(path) as archive:
            size = sum(entry.file_size for entry in archive.infolist()) // MOST_SWELLING
    if size > MOST_BYTES:
        raise BadInput(f"{path} is larger than {MOST_BYTES // 1024**2} MiB: no workbook of ours.")


def _read(path: Path) -> Delivery:
    # From memory: a reader that breaks off leaves the file open that it opened itself.
    book = load_workbook(BytesIO(path.read_bytes()), read_only=True, data_only=True)
    if not {TEXTS, ABOUT} <= set(book.sheetnames):
        raise BadInput(
            f"{path} lacks the sheets {TEXTS} and {ABOUT}. Import the workbook that "
            "`rapport translate export` wrote, with both sheets in it."
        )
    about = {_words(key): _words(value) for key, value, *_ in _cells(book[ABOUT], 2)}
    rows = tuple(_delivered(book[TEXTS]))
    return Delivery(about.get(INSTRUMENT, ""), about.get(LANGUAGE, ""), rows)


def _delivered(sheet: Worksheet) -> Iterator[Delivered]:
    for line, cells in enumerate(_cells(sheet, _TRANSLATED), start=1):
        name, _, source, translation = (_words(cell) for cell in cells)
        if line == 1 and (name, source, translation) != (HEADINGS[0], HEADINGS[2], HEADINGS[3]):
            raise BadInput(f"The columns of {TEXTS} were changed. Keep them as they were exported.")
        if line > 1 and name:
            yield Delivered(line, name, source, translation)


def _cells(sheet: Worksheet, columns: int) -> Iterator[tuple[object, ...]]:
    for cells in sheet.iter_rows(max_row=MOST_ROWS, max_col=columns, values_only=True):
        yield (*cells, *(None,) * (columns - len(cells)))


def _words(value: object) -> str:
    """Spreadsheets end lines in ways of their own."""
    return "" if value is None else str(value).replace("_x000D_", "").replace("\r", "").strip()
