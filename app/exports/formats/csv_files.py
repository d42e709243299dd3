"""CSV: codes under column names, or labels under questions; never both in one cell."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Final

from analysis.bundle import Sink
from analysis.codebook import Variable
from app.exports.answers import AnswerTable, Row
from app.exports.text_cells import inert
from app.exports.words import in_language

ROWS_A_TIME: Final = 2000
_BYTE_ORDER_MARK: Final = b"\xef\xbb\xbf"  # without it Excel takes the file for Latin-1


def write_codes(table: AnswerTable, _language: str, sink: Sink) -> None:
    """For programs: names in the first row, then numbers alone."""
    _write(sink, [inert(variable.id) for variable in table.columns], table.rows())


def write_labels(table: AnswerTable, language: str, sink: Sink) -> None:
    """For people: questions in the first row, then answers as they were offered."""
    sink.write(_BYTE_ORDER_MARK)
    labels = [_labels(variable, language) for variable in table.columns]
    _write(
        sink,
        [inert(in_language(variable.text, language)) for variable in table.columns],
        (
            [named.get(code, code) for named, code in zip(labels, row, strict=True)]
            for row in table.rows()
        ),
    )


def _labels(variable: Variable, language: str) -> dict[int | None, str]:
    """A number without a label stays the number that it is."""
    return {c.code: inert(in_language(c.label, language)) for c in variable.categories}


def _write(
    sink: Sink, heading: Sequence[str], rows: Iterable[Row | Sequence[str | int | None]]
) -> None:
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(heading)
    for some in _in_chunks(rows):
        writer.writerows(some)
        sink.write(text.getvalue().encode())
        text.seek(0)
        text.truncate()
    sink.write(text.getvalue().encode())


def _in_chunks(
    rows: Iterable[Row | Sequence[str | int | None]],
) -> Iterator[list[Row | Sequence[str | int | None]]]:
    rest = iter(rows)
    while some := list(islice(rest, ROWS_A_TIME)):
        yield some
