"""The codebook of a wave, for people, for spreadsheets and for archives: a line for each form."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from analysis.codebook import Codebook
from app.exports.codebooks import ddi, flat, page

Write = Callable[[Codebook, str], bytes]

CODEBOOKS: Final[Mapping[str, Write]] = {
    "codebook_html": page.write_html,
    "codebook_csv": flat.write_csv,
    "codebook_ddi": ddi.write_xml,
}
