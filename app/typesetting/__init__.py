"""Documents to print: typst sets them, with fonts that are installed beside the program.

A source is a file of `app`, and reads its document as JSON from `sys.inputs.document`: what stands
in there stays plain text. The PDF is tagged for screen readers (PDF/UA), or it is not made.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path
from typing import Any, Final

import typst

from app.errors import BadInput

ROOT: Final = Path(__file__).parent.parent
FONTS: Final = ("fontpkg_noto_sans", "fontpkg_noto_sans_arabic")
_NO_GLYPH: Final = "could not be displayed with font"
_STANDARD: Final = "ua-1"


def typeset(source: str, document: Mapping[str, Any]) -> bytes:
    """`source` is a path below `app`, such as printing/templates/poster.typ."""
    pdf = _compile(source, document, format="pdf", pdf_standards=_STANDARD)
    return pdf if isinstance(pdf, bytes) else b"".join(pdf)


def draw_pages(source: str, document: Mapping[str, Any], dots_per_inch: int) -> list[bytes]:
    """Each page as a PNG."""
    pages = _compile(source, document, format="png", ppi=dots_per_inch)
    return [pages] if isinstance(pages, bytes) else list(pages)


def _compile(source: str, document: Mapping[str, Any], **wanted: Any) -> bytes | list[bytes]:
    try:
        made: bytes | list[bytes] = typst.compile(
            str(ROOT / source),
            root=str(ROOT),
            font_paths=[str(files(package) / "files") for package in FONTS],
            ignore_system_fonts=True,
            sys_inputs={"document": json.dumps(document, ensure_ascii=False)},
            **wanted,
        )
    except typst.TypstError as fault:
        if _NO_GLYPH not in str(fault):
            raise
        raise BadInput("printing.no_letters", why=fault) from fault
    return made
