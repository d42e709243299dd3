"""From a released document to each file, beside the bare writer with the same content."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterator, Mapping
from importlib.resources import files
from typing import Any, Final

import docx
import typst
from xlsxwriter import Workbook

from app.reports.formats import FORMATS
from app.reports.formats.blocks import Block, report_blocks
from app.reports.formats.long_tables import long_tables
from app.reports.formats.plain_text import text_lines
from app.reports.reading import read_report
from app.reports.reading.number_tables import Table
from app.reports.reading.shown_instrument import Facts
from app.reports.reading.wording import read_wording
from app.reports.reading.written import Written
from app.typesetting import FONTS
from tests.bench.measure import Measure
from tests.bench.report_page import QUICK_ROWS, ROWS, milliseconds, released_core_trust

# typst remembers what it laid out, so only the first time is that of a worker that was started.
REPEATS: Final = 1
MOST_MILLISECONDS: Final = 2000.0
BARE_PDF: Final = b"""
#set text(font: "Noto Sans", size: 9pt)
#let d = json(bytes(sys.inputs.document))
#for line in d.lines [#line #parbreak()]
#for rows in d.tables { table(columns: rows.first().len(), ..rows.flatten()) }
"""


def measure_report_files(*, is_quick: bool = False) -> Iterator[Measure]:
    document = released_core_trust(QUICK_ROWS if is_quick else ROWS)
    blocks = list(report_blocks(read_report(document)))
    for kind in FORMATS:
        bare = BARE.get(kind.name)
        yield Measure(
            f"report as .{kind.file_ending}",
            milliseconds(lambda: kind.write(document, Facts(), "en"), REPEATS),  # noqa: B023 - called at once
            "ms",
            reference="the bare writer, text and tables alone" if bare else "",
            reference_figure=milliseconds(lambda: bare(blocks), REPEATS) if bare else None,  # noqa: B023 - called at once
            at_most=MOST_MILLISECONDS,
        )


def _bare_pdf(blocks: list[Block]) -> object:
    lines = [text for _, text in text_lines(blocks)]
    tables = [[list(b.heading), *map(list, b.rows)] for b in blocks if isinstance(b, Table)]
    return typst.compile(
        BARE_PDF,
        format="pdf",
        font_paths=[str(files(package) / "files") for package in FONTS],
        ignore_system_fonts=True,
        sys_inputs={"document": json.dumps({"lines": lines, "tables": tables})},
    )


def _bare_docx(blocks: list[Block]) -> object:
    document = docx.Document()
    for _, text in text_lines(blocks):
        document.add_paragraph(text)
    for block in blocks:
        if isinstance(block, Table):
            table = document.add_table(rows=0, cols=len(block.heading))
            for row in (block.heading, *block.rows):
                for cell, text in zip(table.add_row().cells, row, strict=True):
                    cell.text = text
    return document.save(io.BytesIO())


def _bare_xlsx(blocks: list[Block]) -> object:
    with Workbook(io.BytesIO(), {"in_memory": True, "strings_to_formulas": False}) as workbook:
        sheet = workbook.add_worksheet()
        for row, (_, text) in enumerate(text_lines(blocks)):
            sheet.write_string(row, 0, text)
        for table in long_tables(blocks, read_wording("en")):
            sheet = workbook.add_worksheet()
            for row, cells in enumerate((table.heading, *table.rows)):
                for column, cell in enumerate(cells):
                    value: Any = cell.value if isinstance(cell, Written) else cell
                    sheet.write(row, column, value)
    return None


BARE: Final[Mapping[str, Callable[[list[Block]], object]]] = {
    "pdf": _bare_pdf,
    "docx": _bare_docx,
    "xlsx": _bare_xlsx,
}
