"""A codebook as a flat table: a row for each code, and one for each column without codes."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from typing import Final

from analysis.codebook import Codebook
from app.exports.text_cells import inert
from app.exports.words import in_language

HEADING: Final = (
    *("column", "text", "level", "role", "code", "label", "is_missing", "is_favourable", "scales"),
    "comparability_key",
)
Cell = str | int


def write_csv(codebook: Codebook, language: str) -> bytes:
    """With the mark without which Excel takes UTF-8 for Latin-1."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(HEADING)
    for row in codebook_rows(codebook, language):
        writer.writerow([inert(cell) if isinstance(cell, str) else cell for cell in row])
    return text.getvalue().encode("utf-8-sig")


def codebook_rows(codebook: Codebook, language: str) -> Iterator[tuple[Cell, ...]]:
    """Texts in one language; is_missing and is_favourable are 1 or 0."""
    for variable in codebook.variables:
        scales = " ".join(
            f"{scale.id}{'(reversed)' if variable.id in scale.reverse else ''}"
            for scale in codebook.scales
            if variable.id in scale.items
        )
        about = (variable.id, in_language(variable.text, language), variable.level, variable.role)
        last = (scales, variable.comparability_key)
        if not variable.categories:
            yield *about, "", "", "", "", *last
        for category in variable.categories:
            yield (
                *about,
                category.code,
                in_language(category.label, language),
                int(category.is_missing),
                int(category.code in variable.favourable),
                *last,
            )
