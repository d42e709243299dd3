"""What a reader finds in a file of each format, as one text without spaces."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable, Mapping
from typing import Final

import docx
import openpyxl
import pypdfium2
from docx.oxml.ns import qn

# Spaces break where lines do, and marks of direction are not letters.
_UNSEEN: Final = str.maketrans("", "", "\u00ad\u200b\u200e\u200f\u2066\u2067\u2069\ufffe\x02")

_PAGE_NUMBER: Final = re.compile(r"\d+ / \d+")


def squeezed(text: str) -> str:
    return "".join(text.translate(_UNSEEN).split())


def _pdf(content: bytes) -> str:
    document = pypdfium2.PdfDocument(content)
    pages = [page.get_textpage().get_text_range() for page in document]
    document.close()
    return "\n".join(_without_running_lines(page) for page in pages)


def _without_running_lines(page: str) -> str:
    """Header and footer stand between the halves of a sentence that goes over two pages."""
    lines = page.splitlines()[1:]
    return "\n".join(line for line in lines if not _PAGE_NUMBER.fullmatch(line.strip()))


def _pictures(content: bytes) -> str:
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        return packed.read("report.txt").decode()


def _docx(content: bytes) -> str:
    """Every text run in the order of the file, body and tables alike."""
    runs = docx.Document(io.BytesIO(content)).element.body.iter(qn("w:t"))
    return "".join(run.text or "" for run in runs)


def _xlsx(content: bytes) -> str:
    """Numbers with the format that they are written in."""
    workbook = openpyxl.load_workbook(io.BytesIO(content))
    cells = [cell for sheet in workbook for row in sheet.iter_rows() for cell in row]
    assert {cell.data_type for cell in cells} <= {"s", "n"}
    return " ".join(
        number(cell.value, cell.number_format) if cell.data_type == "n" else cell.value
        for cell in cells
        if cell.value is not None
    )


def number(value: float, pattern: str) -> str:
    return f"[{value:.10g} {pattern}]"


READ_BACK: Final[Mapping[str, Callable[[bytes], str]]] = {
    "pdf": _pdf,
    "docx": _docx,
    "xlsx": _xlsx,
    "pictures": _pictures,
}
