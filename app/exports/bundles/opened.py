"""The answers of a bundle as a table: every data file can be written without a database."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

from analysis.bundle import BundleError, read_bundle
from analysis.codebook import CodebookError
from app.errors import BadInput
from app.exports.answers import AnswerTable, Row

WaveName = Literal["before", "after"]


def bundle_table(file: Path, wave: WaveName) -> AnswerTable:
    """One of the two waves that a report compared, as its restricted bundle holds it."""
    try:
        bundle = read_bundle(file)
    except FileNotFoundError as exc:
        raise BadInput(f"{file}: There is no such file. Check its name and folder.") from exc
    except OSError as exc:
        raise BadInput(f"{file}: The file cannot be read ({exc.strerror}).") from exc
    except (BundleError, CodebookError) as exc:
        raise BadInput(f"{file}: This is no restricted bundle: {exc}.") from exc
    is_before = wave == "before"
    text = bundle.responses_before if is_before else bundle.responses_after
    codebook = bundle.codebook_before if is_before else bundle.codebook_after
    columns = [variable.id for variable in codebook.variables]

    def rows() -> Iterator[Row]:
        for line in csv.DictReader(io.StringIO(text, newline="")):
            yield [_number(line.get(column) or "", file, column) for column in columns]

    return AnswerTable(f"{file.name} {wave}", codebook, sum(1 for _ in rows()), rows)


def _number(cell: str, file: Path, column: str) -> int | None:
    try:
        return int(cell) if cell else None
    except ValueError as exc:
        raise BadInput(
            f"{file}: The column {column!r} holds {cell[:40]!r}, which is no whole number."
        ) from exc
