"""XLSX: a sheet of answers as typed numbers and a sheet that says what they mean."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import IO, Any, Final, cast

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from analysis.bundle import Sink
from app.errors import BadInput
from app.exports.answers import AnswerTable
from app.exports.codebooks.flat import HEADING, codebook_rows
from app.exports.formats.scratch import scratch_folder
from app.exports.text_cells import inert

MOST_ROWS: Final = 1_048_575  # a sheet of XLSX, less the heading
# Equal answers give equal bytes: a zip holds no date before this one.
_ALWAYS: Final = datetime(1980, 1, 1, tzinfo=UTC).replace(tzinfo=None)
_NARROW, _WIDE = 14, 48


def write_xlsx(table: AnswerTable, language: str, sink: Sink) -> None:
    """Row by row through files of its own, in a folder that is gone afterwards."""
    if table.n_rows > MOST_ROWS:
        raise BadInput("downloads.many_rows", most=MOST_ROWS, rows=table.n_rows)
    with scratch_folder() as folder:
        options = {
            "constant_memory": True,
            "tmpdir": folder,
            "strings_to_formulas": False,
            "strings_to_numbers": False,
            "strings_to_urls": False,
        }
        book = xlsxwriter.Workbook(cast("IO[bytes]", sink), options)
        book.set_properties({"created": _ALWAYS})
        strong = book.add_format({"bold": True})
        _write_answers(book.add_worksheet("answers"), table, strong)
        _write_codebook(book.add_worksheet("codebook"), table, language, strong)
        book.close()


def _write_answers(sheet: Worksheet, table: AnswerTable, strong: Format) -> None:
    sheet.freeze_panes(1, 0)
    sheet.set_column(0, len(table.columns) - 1, _NARROW)
    for place, variable in enumerate(table.columns):
        sheet.write_string(0, place, inert(variable.id), strong)
    write_number = sheet.write_number
    for number, row in enumerate(table.rows(), 1):
        for place, cell in enumerate(row):
            if cell is not None:
                write_number(number, place, cell)


def _write_codebook(sheet: Worksheet, table: AnswerTable, language: str, strong: Format) -> None:
    sheet.freeze_panes(1, 0)
    sheet.set_column(0, len(HEADING) - 1, _NARROW)
    sheet.set_column(1, 1, _WIDE)
    for place, name in enumerate(HEADING):
        sheet.write_string(0, place, name, strong)
    for number, row in enumerate(codebook_rows(table.codebook, language), 1):
        for place, cell in enumerate(row):
            _write_cell(sheet, number, place, cell)


def _write_cell(sheet: Worksheet, row: int, column: int, cell: Any) -> None:
    if isinstance(cell, int):
        sheet.write_number(row, column, cell)
    elif cell:
        sheet.write_string(row, column, inert(cell))
