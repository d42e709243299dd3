"""How a text document looks: sheet, styles, language, direction, running lines."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

from docx import Document
from docx.document import Document as WordDocument
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor

from app.reports.reading import ReportReading
from app.reports.reading.wording import Wording

# A document of the same report is the same file.
_NO_DAY: Final = datetime(2000, 1, 1, tzinfo=UTC)
# On every machine, with Arabic and Vietnamese letters.
_FONT: Final = "Arial"
_ACCENT: Final = RGBColor(0x0D, 0x6A, 0x5E)
_INK: Final = RGBColor(0x1D, 0x24, 0x28)
_SIZES: Final = {"Normal": 10.0, "Heading 1": 20.0, "Heading 2": 14.0, "Heading 3": 11.0}
TABLE_TEXT: Final = "TableText"
TABLE_HEADING: Final = "TableHeading"
_MARGIN: Final = Mm(16)
_RUNNING: Final = 8.0
# What follows each thing that is put, as far as it occurs here (ISO/IEC 29500-1, 17.3 and 17.4).
_FOLLOWERS: Final[Mapping[str, tuple[str, ...]]] = {
    "pBdr": ("bidi", "spacing", "ind", "contextualSpacing", "jc", "outlineLvl", "rPr"),
    "bidi": ("spacing", "ind", "contextualSpacing", "jc", "outlineLvl", "rPr"),
    "bidiVisual": ("tblW", "jc", "tblLayout", "tblLook"),
    "szCs": ("u", "shd", "rtl", "cs", "lang"),
    "shd": ("rtl", "cs", "lang"),
    "rtl": ("cs", "lang"),
    "lang": (),
}


def new_document(reading: ReportReading) -> WordDocument:
    document = Document()
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.left_margin = section.right_margin = _MARGIN
    section.top_margin = section.bottom_margin = Mm(18)
    wording = reading.wording
    for name, size in _SIZES.items():
        _style(document.styles[name], size, is_heading=name != "Normal")
    _speak(document.styles["Normal"].element, wording)
    for name in (TABLE_TEXT, TABLE_HEADING):
        _table_style(document, name)
    _running_lines(section, reading)
    properties = document.core_properties
    properties.title = wording("page_title", title=reading.title)
    properties.language = wording.language
    properties.author, properties.comments = "Rapport", ""
    properties.created = properties.modified = _NO_DAY
    return document


def element(name: str, **attributes: str) -> Any:
    """A WordprocessingML element, its attributes in the same namespace."""
    made = OxmlElement(f"w:{name}")
    for key, value in attributes.items():
        made.set(qn(f"w:{key}"), value)
    return made


def put(parent: Any, child: Any) -> None:
    """Where the standard wants it among its siblings."""
    name = str(child.tag).rpartition("}")[2]
    followers = [qn(f"w:{one}") for one in _FOLLOWERS[name]]
    before = next((sibling for sibling in parent if sibling.tag in followers), None)
    if before is None:
        parent.append(child)
    else:
        before.addprevious(child)


def sized(run: Any, size: float, *, is_bold: bool = False) -> Any:
    """In Latin letters and in those of scripts that are told apart from them."""
    run.font.size, run.font.bold, run.font.cs_bold = Pt(size), is_bold, is_bold
    put(run.font.element.rPr, element("szCs", val=str(int(size * 2))))
    return run


def _style(style: Any, size: float, *, is_heading: bool) -> None:
    font = style.font
    font.name, font.size = _FONT, Pt(size)
    font.color.rgb = _ACCENT if style.name == "Heading 2" else _INK
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    for theme in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
        fonts.attrib.pop(qn(f"w:{theme}"), None)
    for script in ("ascii", "hAnsi", "cs", "eastAsia"):
        fonts.set(qn(f"w:{script}"), _FONT)
    style.element.rPr.remove_all("w:szCs")
    put(style.element.rPr, element("szCs", val=str(int(size * 2))))
    space = style.paragraph_format
    space.line_spacing = 1.1
    space.space_before, space.space_after = Pt(12 if is_heading else 0), Pt(4)
    space.keep_with_next = is_heading


def _table_style(document: WordDocument, name: str) -> None:
    style = document.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
    style.base_style = document.styles["Normal"]
    style.font.bold = style.font.cs_bold = name == TABLE_HEADING
    style.font.size = Pt(_RUNNING)
    put(style.element.rPr, element("szCs", val=str(int(_RUNNING * 2))))
    style.paragraph_format.space_before = style.paragraph_format.space_after = Pt(1.5)


def _speak(normal: Any, wording: Wording) -> None:
    """The language for spelling and for screen readers, and which way it is written."""
    tag = wording.language
    if wording.is_right_to_left:
        put(normal.get_or_add_rPr(), element("rtl"))
        put(normal.get_or_add_pPr(), element("bidi"))
    put(normal.get_or_add_rPr(), element("lang", val=tag, bidi=tag))


def _running_lines(section: Any, reading: ReportReading) -> None:
    wording = reading.wording
    header = section.header.paragraphs[0]
    run = header.add_run(wording("simulated") if reading.is_simulated else reading.title)
    sized(run, _RUNNING, is_bold=reading.is_simulated)
    footer = section.footer.paragraphs[0]
    footer.alignment = WD_ALIGN_PARAGRAPH.CENTER
    if wording.is_right_to_left:
        put(footer.paragraph_format.element.get_or_add_pPr(), element("bidi", val="0"))
    for part in ("PAGE", " / ", "NUMPAGES"):
        _field(footer, part) if part.isupper() else _left_to_right(footer.add_run(part))


def _field(paragraph: Any, name: str) -> None:
    for kind in ("begin", "", "end"):
        run = _left_to_right(paragraph.add_run())
        if kind:
            run.font.element.append(element("fldChar", fldCharType=kind))
        else:
            code = element("instrText")
            code.text = name
            run.font.element.append(code)


def _left_to_right(run: Any) -> Any:
    sized(run, _RUNNING).font.rtl = False
    return run
