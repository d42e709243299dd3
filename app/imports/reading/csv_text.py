"""CSV: a stated encoding and a delimiter that fits every line, or a refusal that says which not."""

from __future__ import annotations

import codecs
import csv
import io
from dataclasses import dataclass
from typing import Final

from app.errors import BadInput, Phrase
from app.errors.misfits import told_csv_fault
from app.imports.reading.table import Rows, Table

_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig", "UTF-8"),
    (codecs.BOM_UTF16_LE, "utf-16", "UTF-16"),
    (codecs.BOM_UTF16_BE, "utf-16", "UTF-16"),
)
_DELIMITERS: Final = {",": "comma", ";": "semicolon", "\t": "tab"}
_LEAST_COLUMNS: Final = 2


@dataclass(frozen=True, slots=True)
class _Attempt:
    name: str
    rows: Rows
    fault: Phrase | None

    @property
    def columns(self) -> int:
        return len(self.rows[0]) if self.rows else 0


def read_csv(content: bytes) -> Table:
    text, encoding = _decoded(content)
    if "\0" in text:
        raise BadInput("imports.no_csv")
    attempts = [_attempt(text, mark, name) for mark, name in _DELIMITERS.items()]
    fitting = [a for a in attempts if a.fault is None and a.columns >= _LEAST_COLUMNS]
    if not fitting:
        raise _none_fits(attempts)
    best = max(fitting, key=lambda attempt: attempt.columns)
    if sum(attempt.columns == best.columns for attempt in fitting) > 1:
        raise BadInput("imports.which_separator")
    return Table(best.rows, f"CSV, {encoding}, {best.name}")


def _decoded(content: bytes) -> tuple[str, str]:
    """By the mark at its start; without one UTF-8, and what is no UTF-8 is Windows-1252."""
    for mark, encoding, name in _MARKS:
        if content.startswith(mark):
            try:
                return content.decode(encoding), name
            except UnicodeDecodeError as exc:
                raise BadInput("imports.wrong_encoding", encoding=name, byte=exc.start + 1) from exc
    for encoding, name in (("utf-8", "UTF-8"), ("cp1252", "Windows-1252")):
        try:
            return content.decode(encoding), name
        except UnicodeDecodeError:
            continue
    raise BadInput("imports.no_encoding")


def _attempt(text: str, delimiter: str, name: str) -> _Attempt:
    """Every line must have as many cells as the first; lines without any content are no lines."""
    rows: Rows = []
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        for row in reader:
            if not any(cell.strip() for cell in row):
                continue
            if rows and len(row) != len(rows[0]):
                wrong = {"line": reader.line_num, "cells": len(row), "first": len(rows[0])}
                return _Attempt(name, rows, Phrase("imports.line_of_cells", **wrong))
            rows.append(row)
    except csv.Error as exc:
        why = Phrase("imports.line_broken", line=reader.line_num, why=told_csv_fault(exc))
        return _Attempt(name, rows, why)
    return _Attempt(name, rows, None)


def _none_fits(attempts: list[_Attempt]) -> BadInput:
    told = [
        Phrase(f"imports.with_{attempt.name}", fault=attempt.fault)
        for attempt in attempts
        if attempt.fault is not None and attempt.columns >= _LEAST_COLUMNS
    ]
    if not told:
        return BadInput("imports.one_column")
    return BadInput("imports.lines_differ", attempts=told)
