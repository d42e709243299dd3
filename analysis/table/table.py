"""CSV text as columns, each cell a position among its column's distinct texts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analysis.refusals import Refusal
from analysis.table import plain, quoted
from analysis.table.column import Column, shown


@dataclass(frozen=True, slots=True)
class Table:
    """rows: the row of the file each came from (the heading is row 1)."""

    name: str
    columns: Mapping[str, Column]
    rows: Sequence[int] | NDArray[np.int64]

    def column(self, name: str) -> Column:
        """Empty cells where the file does not have the column."""
        empty = Column(("",), np.zeros(len(self.rows), dtype=np.uint8))
        return self.columns.get(name, empty)

    def where(self, name: str, row: int) -> str:
        """How a message names a cell."""
        return f"{self.name}: column {name!r}, row {self.rows[row]}"


def read_table(name: str, text: str) -> Table:
    """What stands in each column of a CSV file with a heading?

    Plain files (one line a row, no comma or quotation mark inside a cell) are split by whole blocks
    of bytes. All others, and whatever that does not understand, go through Python's `csv`, which
    says what is wrong and in which row. Where both can read a file they agree.

    Refuses (`Refusal`): no heading, no row, a column without a name or twice, separators other than
    commas, a row of the wrong length, text that is no CSV.
    """
    body = text.removeprefix("\ufeff")
    return _plain(name, body) or _quoted(name, body)


def _plain(name: str, text: str) -> Table | None:
    text = text.replace("\r\n", "\n")
    found = plain.read_heading(text)
    if found is None or "\r" in text:
        return None
    row, start = found
    heading = _heading(name, row)
    columns = plain.read_columns(text, start, len(heading))
    if columns is None:
        return None
    rows = range(2, 2 + len(columns[0].number))
    return Table(name, dict(zip(heading, columns, strict=True)), rows)


def _quoted(name: str, text: str) -> Table:
    rows = quoted.rows_of(name, text)
    _, first = next(rows, (1, []))
    heading = _heading(name, first)
    columns, lines = quoted.read_columns(name, rows, heading)
    return Table(name, dict(zip(heading, columns, strict=True)), lines)


def _heading(name: str, row: Sequence[str]) -> list[str]:
    heading = [cell.strip() for cell in row]
    if not any(heading):
        raise Refusal(f"{name}: the file has no heading; the first row must hold the column names")
    if len(heading) == 1 and (";" in heading[0] or "\t" in heading[0]):
        raise Refusal(
            f"{name}: the columns are not separated by commas; save the file as CSV with commas"
        )
    seen: set[str] = set()
    for position, column in enumerate(heading):
        if not column:
            raise Refusal(f"{name}: column {position + 1} has no name; name or remove it")
        if column in seen:
            raise Refusal(f"{name}: column {shown(column)} stands twice in the heading; remove one")
        seen.add(column)
    return heading
