"""The report as a workbook: the text on the first sheet, then one table a sheet, typed numbers."""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any, Final

from xlsxwriter import Workbook
from xlsxwriter.format import Format as Look
from xlsxwriter.worksheet import Worksheet

from app.reports.formats.blocks import Block, report_blocks
from app.reports.formats.long_tables import LongTable, long_tables
from app.reports.formats.plain_text import text_lines
from app.reports.reading import ReportReading, read_report
from app.reports.reading.shown_instrument import Facts
from app.reports.reading.written import Written

# What people typed stays text: no formula, no link, no number made of it.
_OPTIONS: Final[Mapping[str, Any]] = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}
# A workbook of the same report is the same file.
_NO_DAY: Final = datetime(2000, 1, 1, tzinfo=UTC).replace(tzinfo=None)
_TEXT_WIDTH: Final = 110
_NARROW, _WIDE = 14, 44
_DECIMALS: Final = 10


def write(document: Mapping[str, Any], facts: Facts, language: str) -> bytes:
    reading = read_report(document, language, facts)
    blocks = list(report_blocks(reading))
    file = io.BytesIO()
    with Workbook(file, dict(_OPTIONS)) as workbook:
        workbook.set_properties({"title": reading.title, "created": _NO_DAY})
        looks = _Looks(workbook)
        _write_text(workbook, reading, blocks, looks)
        for table in long_tables(blocks, reading.wording):
            _write_table(_sheet(workbook, table.name, reading), table, looks)
    return file.getvalue()


class _Looks:
    """The cell formats of one workbook, each made once."""

    def __init__(self, workbook: Workbook) -> None:
        self._workbook = workbook
        self._made: dict[str, Look] = {}
        top = {"valign": "top", "text_wrap": True}
        self.text: Look = workbook.add_format(top)
        self.heading: Look = workbook.add_format(
            {**top, "bold": True, "bg_color": "#e4f1ee", "bottom": 1}
        )
        self.titles: Mapping[int, Look] = {
            level: workbook.add_format({**top, "bold": True, "font_size": size})
            for level, size in ((1, 18), (2, 14), (3, 11))
        }

    def number(self, pattern: str) -> Look:
        if pattern not in self._made:
            wanted = {"valign": "top", "num_format": pattern}
            self._made[pattern] = self._workbook.add_format(wanted)
        return self._made[pattern]


def _sheet(workbook: Workbook, name: str, reading: ReportReading) -> Worksheet:
    sheet: Worksheet = workbook.add_worksheet(name)
    if reading.wording.is_right_to_left:
        sheet.right_to_left()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    return sheet


def _write_text(
    workbook: Workbook, reading: ReportReading, blocks: Iterable[Block], looks: _Looks
) -> None:
    sheet = _sheet(workbook, reading.wording("sheet_report"), reading)
    sheet.set_column(0, 0, _TEXT_WIDTH)
    for row, (level, line) in enumerate(text_lines(blocks)):
        sheet.write_string(row, 0, line, looks.titles.get(level, looks.text))


def _write_table(sheet: Worksheet, table: LongTable, looks: _Looks) -> None:
    sheet.freeze_panes(1, 0)
    for column, title in enumerate(table.heading):
        sheet.write_string(0, column, title, looks.heading)
        sheet.set_column(column, column, _WIDE if table.is_text(column) else _NARROW)
    for row, cells in enumerate(table.rows, 1):
        for column, cell in enumerate(cells):
            if isinstance(cell, Written):
                value = round(cell.value, _DECIMALS) + 0.0  # no minus before a zero
                sheet.write_number(row, column, value, looks.number(cell.pattern))
            elif cell:
                sheet.write_string(row, column, cell, looks.text)
    sheet.autofilter(0, 0, len(table.rows), len(table.heading) - 1)
