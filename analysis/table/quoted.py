"""Any CSV, through Python's `csv`: the reader that knows what is wrong with a file, and where."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Final

import numpy as np
from numpy.typing import NDArray

from analysis.refusals import Refusal
from analysis.table.column import Column, Texts

_BLOCK: Final = 2000  # more rows at once fall out of the processor's cache
_LINE: Final = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+\Z")

Rows = Iterator[tuple[int, list[str]]]


def rows_of(name: str, text: str) -> Rows:
    """Each row with the line it ends on; lines without anything are passed over, but for the first.

    `io.StringIO` would cost four bytes a character; lines are cut where it cuts them.
    """
    reader = csv.reader((line.group() for line in _LINE.finditer(text)), strict=True)
    while True:
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error as exc:
            raise Refusal(
                f"{name}: row {reader.line_num} is not CSV ({exc}); save it again"
            ) from exc
        yield reader.line_num, row


def read_columns(
    name: str, rows: Rows, heading: Sequence[str]
) -> tuple[list[Column], NDArray[np.int64]]:
    """The columns under a heading, and the line of each row."""
    texts = [Texts() for _ in heading]
    numbers: list[list[NDArray[np.integer]]] = [[] for _ in heading]
    lines: list[int] = []
    filled = ((line, row) for line, row in rows if row)
    while block := list(islice(filled, _BLOCK)):
        _refuse_ragged(name, block, len(heading))
        lines.extend(line for line, _ in block)
        for j, cells in enumerate(zip(*(row for _, row in block), strict=True)):
            numbers[j].append(texts[j].numbers(cells))
    if not lines:
        raise Refusal(f"{name}: the wave is empty, there is no row under the heading")
    columns = [
        Column(known.all, np.concatenate(parts))
        for known, parts in zip(texts, numbers, strict=True)
    ]
    return columns, np.array(lines)


def _refuse_ragged(name: str, block: Sequence[tuple[int, list[str]]], width: int) -> None:
    for line, row in block:
        if len(row) != width:
            raise Refusal(
                f"{name}: row {line} has {len(row)} fields where the heading has {width}; check "
                "for missing or extra commas"
            )
