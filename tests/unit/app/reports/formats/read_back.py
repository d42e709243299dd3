"""What a reader finds in a file of each format, as one text without spaces."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable, Mapping
from typing import Final

import pypdfium2

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


READ_BACK: Final[Mapping[str, Callable[[bytes], str]]] = {"pdf": _pdf, "pictures": _pictures}
