"""The report as a text document that people can edit: real headings and tables, pictures told."""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping
from typing import Any, Final

from docx.oxml.ns import qn
from docx.shared import Emu, RGBColor

from app.reports.charts.answers import is_hatched
from app.reports.charts.standalone import tone_colour
from app.reports.formats.blocks import (
    Beside,
    Block,
    Box,
    Bullets,
    Heading,
    Line,
    Pictures,
    Terms,
    pictures_in,
    report_blocks,
)
from app.reports.formats.drawings import HALF, WHOLE, draw_pictures
from app.reports.formats.word_styles import (
    TABLE_HEADING,
    TABLE_TEXT,
    element,
    new_document,
    put,
    sized,
)
from app.reports.formats.zipped import without_times
from app.reports.reading import ReportReading, read_report
from app.reports.reading.figures import Picture
from app.reports.reading.number_tables import Table
from app.reports.reading.panels import Key
from app.reports.reading.shown_instrument import Facts

_SOFT: Final = RGBColor(0x56, 0x61, 0x68)
_EMU_A_PIXEL: Final = 9525
_SMALL: Final = 8.0
_LOOKS: Final[Mapping[str, tuple[float, bool, RGBColor | None]]] = {
    "plain": (10.0, False, None),
    "sentence": (10.5, False, None),
    "share": (10.0, True, None),
    "strong": (10.0, True, None),
    "warning": (10.0, True, None),
    "verdict": (11.0, True, None),
    "lead": (17.0, True, None),
    "kind": (10.0, False, _SOFT),
    "soft": (9.0, False, _SOFT),
}


def write(document: Mapping[str, Any], facts: Facts, language: str) -> bytes:
    reading = read_report(document, language, facts)
    blocks = list(report_blocks(reading))
    writer = _Writer(reading, blocks)
    for block in blocks:
        writer.write(block)
    file = io.BytesIO()
    writer.document.save(file)
    return without_times(file.getvalue())


def width_of(picture: Picture, blocks: Iterable[Block]) -> int:
    """Two stand side by side on a sheet."""
    pairs = [b.pictures for b in blocks if isinstance(b, Pictures) and len(b.pictures) > 1]
    return HALF if any(picture in pair for pair in pairs) else WHOLE


class _Writer:
    def __init__(self, reading: ReportReading, blocks: list[Block]) -> None:
        self.document = new_document(reading)
        self._is_turned = reading.wording.is_right_to_left
        pictures = [(one, width_of(one, blocks)) for one in pictures_in(blocks)]
        drawn = draw_pictures(pictures, reading.wording.language)
        self._drawn = {one.words.id: png for (one, _), png in zip(pictures, drawn, strict=True)}
        self._is_framed = False

    def write(self, block: Block) -> None:
        match block:
            case Heading(level, text, opens_page):
                heading = self._styled(f"Heading{level}", text)
                heading.paragraph_format.page_break_before = opens_page
                self._frame(heading)
            case Line(look, text):
                self._line(look, text)
            case Bullets(lines):
                self._bullets(lines)
            case Terms(rows):
                self._terms(rows)
            case Beside(columns):
                self._all([inner for column in columns for inner in column])
            case Box(inner):
                self._is_framed = True
                self._all(inner)
                self._is_framed = False
            case Pictures():
                self._pictures(block)
            case Table():
                self._table(block)

    def _all(self, blocks: Iterable[Block]) -> None:
        for block in blocks:
            self.write(block)

    def _styled(self, style_id: str, text: str) -> Any:
        """By the id of the style: a name is looked up in the whole sheet, each time."""
        paragraph = self.document.add_paragraph(text)
        paragraph.paragraph_format.element.style = style_id
        return paragraph

    def _bullets(self, lines: Iterable[str]) -> None:
        for line in lines:
            self._styled("ListBullet", line)

    def _terms(self, rows: Iterable[tuple[str, str]]) -> None:
        for name, said in rows:
            self._line("soft", name).paragraph_format.keep_with_next = True
            self._line("plain", said)

    def _line(self, look: str, text: str) -> Any:
        size, is_bold, colour = _LOOKS[look]
        paragraph = self.document.add_paragraph()
        run = sized(paragraph.add_run(text), size, is_bold=is_bold)
        if colour is not None:
            run.font.color.rgb = colour
        paragraph.paragraph_format.keep_with_next = look in {"lead", "verdict", "strong"}
        self._frame(paragraph)
        return paragraph

    def _frame(self, paragraph: Any) -> None:
        """The rule along what must not be overlooked."""
        if self._is_framed:
            side = "right" if self._is_turned else "left"
            border = element("pBdr")
            border.append(element(side, val="single", sz="36", space="8", color="1D2428"))
            put(paragraph.paragraph_format.element.get_or_add_pPr(), border)

    def _pictures(self, block: Pictures) -> None:
        paragraph = self.document.add_paragraph()
        paragraph.paragraph_format.keep_with_next = bool(block.key)
        width = HALF if len(block.pictures) > 1 else WHOLE
        for picture in block.pictures:
            png = io.BytesIO(self._drawn[picture.words.id])
            run = paragraph.add_run()
            run.add_picture(png, Emu(width * _EMU_A_PIXEL))
            told = run.font.element.find(f".//{qn('wp:docPr')}")
            told.set("descr", f"{picture.words.title}. {picture.words.description}")
            told.set("title", picture.words.title)
            for side in ("distT", "distB", "distL", "distR"):
                told.getparent().set(side, "0")
        if block.key:
            self._key(block.key)

    def _key(self, keys: Iterable[Key]) -> None:
        paragraph = self.document.add_paragraph()
        for key in keys:
            swatch = sized(paragraph.add_run("\u00a0\u00a0\u00a0"), _SMALL)
            pattern = "thinDiagStripe" if is_hatched(key.tone) else "clear"
            fill = tone_colour(key.tone).removeprefix("#")
            shading = element("shd", val=pattern, color="1D2428", fill=_six_digits(fill))
            put(swatch.font.element.get_or_add_rPr(), shading)
            sized(paragraph.add_run(f"\u00a0{key.label}   "), _SMALL)

    def _table(self, block: Table) -> None:
        if block.caption:
            self._line("strong", block.caption)
        self.document.add_table(rows=0, cols=len(block.heading))
        table = self.document.element.body.tbl_lst[-1]
        table.tblStyle_val = "TableGrid"
        table.append(_row(block.heading, TABLE_HEADING))
        for row in block.rows:
            table.append(_row(row, TABLE_TEXT))
        if self._is_turned:
            put(table.tblPr, element("bidiVisual"))
        self.document.add_paragraph()


def _row(texts: Iterable[str], style: str) -> Any:
    """Written as elements: the library looks up every cell of a table anew for each one."""
    row = element("tr")
    about = element("trPr")
    about.append(element("cantSplit"))
    if style == TABLE_HEADING:
        about.append(element("tblHeader"))
    row.append(about)
    for text in texts:
        row.append(_cell(text, style))
    return row


def _cell(text: str, style: str) -> Any:
    cell, about, paragraph, look = (element(name) for name in ("tc", "tcPr", "p", "pPr"))
    if style == TABLE_HEADING:
        about.append(element("shd", val="clear", color="auto", fill="E4F1EE"))
    look.append(element("pStyle", val=style))
    paragraph.append(look)
    run = element("r")
    run.text = text
    paragraph.append(run)
    cell.extend((about, paragraph))
    return cell


def _six_digits(colour: str) -> str:
    return "".join(digit * 2 for digit in colour) if len(colour) == len("rgb") else colour
