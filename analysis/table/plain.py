"""CSV that needs no quotation marks, split by whole blocks of bytes."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import NDArray

from analysis.table.column import Column, Texts

_BLOCK: Final = 1 << 20
_COMMA, _NEWLINE, _QUOTE = b',\n"'
_LONGEST_CELL: Final = 1000
# A cell of up to two bytes is one 16-bit token. 0xFFFF is no UTF-8: it stands for longer ones.
_SHORT: Final = 2
_LONG: Final = 0xFFFF
_TOKENS: Final = 1 << 16
_KEPT_BYTES: Final = np.array([0, 0xFF, 0xFFFF, 0], dtype=np.uint16)

Tokens = NDArray[np.uint16]


@dataclass(frozen=True, slots=True)
class _Block:
    """tokens: (columns, rows). starts and ends of cells: (rows, columns), in `content`."""

    content: bytes
    tokens: Tokens
    starts: NDArray[np.int64]
    ends: NDArray[np.int64]

    def long_cells(self, column: int) -> tuple[NDArray[np.int64], list[str]]:
        rows = np.flatnonzero(self.tokens[column] == _LONG)
        starts, ends = self.starts[rows, column].tolist(), self.ends[rows, column].tolist()
        content = self.content
        return rows, [
            content[start:end].decode("utf-8", "surrogatepass")
            for start, end in zip(starts, ends, strict=True)
        ]


def read_heading(text: str) -> tuple[list[str], int] | None:
    """The first row and where the next one starts; None where the row needs the careful reader."""
    end = text.find("\n")
    first = text[: end + 1]
    if not first or "\r" in first or first.count('"') % 2:
        return None
    return next(csv.reader([first], strict=True)), end + 1


def read_columns(text: str, start: int, width: int) -> list[Column] | None:
    """Columns of the rows from `start` on; None where a row is not plain."""
    if width == 1:  # an empty line could be an empty cell
        return None
    columns = [_Column() for _ in range(width)]
    for content in _blocks(text, start):
        block = _split(content, width)
        if block is None:
            return None
        for j, column in enumerate(columns):
            column.take(block, j)
    return [column.finish() for column in columns] if columns[0].parts else None


@dataclass(slots=True)
class _Column:
    """Tokens of the blocks so far; longer cells are numbered from `_TOKENS` on."""

    parts: list[NDArray[np.integer]] = field(default_factory=list)
    long: Texts = field(default_factory=Texts)

    def take(self, block: _Block, j: int) -> None:
        rows, cells = block.long_cells(j)
        numbers = block.tokens[j]
        if cells:
            numbers = numbers.astype(np.int64)
            numbers[rows] = _TOKENS + self.long.numbers(cells).astype(np.int64)
        self.parts.append(numbers)

    def finish(self) -> Column:
        tokens = np.concatenate(self.parts)
        self.parts.clear()
        stands = np.zeros(_TOKENS + len(self.long.all), dtype=np.bool_)
        stands[tokens] = True
        used = np.flatnonzero(stands)
        place = np.zeros(len(stands), dtype=np.min_scalar_type(len(used)))
        place[used] = np.arange(len(used))
        short = [_text(token) for token in used[used < _TOKENS].astype("<u2")]
        return Column(short + self.long.all, place[tokens])


def _text(token: np.uint16) -> str:
    return token.tobytes().rstrip(b"\0").decode("utf-8", "surrogatepass")


def _blocks(text: str, start: int) -> Iterator[bytes]:
    """Whole lines, about a megabyte at a time, each block ending in a newline."""
    while start < len(text):
        end = text.rfind("\n", start, start + _BLOCK) + 1 or text.find("\n", start) + 1
        end = end or len(text)
        block = text[start:end].encode("utf-8", "surrogatepass")
        yield block if block.endswith(b"\n") else block + b"\n"
        start = end


def _split(content: bytes, width: int) -> _Block | None:
    raw = np.frombuffer(content, dtype=np.uint8)
    is_newline = raw == _NEWLINE
    ends = np.flatnonzero(is_newline | (raw == _COMMA))
    rows = np.count_nonzero(is_newline)
    if len(ends) != rows * width or not is_newline[ends[width - 1 :: width]].all():
        return None
    starts = np.empty_like(ends)
    starts[0] = 0
    starts[1:] = ends[:-1] + 1
    if not _without_marks(raw, starts, ends) or (ends - starts).max() > _LONGEST_CELL:
        return None
    shape = rows, width
    tokens = _tokens(raw, starts, ends - starts).reshape(shape).T
    return _Block(content, np.ascontiguousarray(tokens), starts.reshape(shape), ends.reshape(shape))


def _without_marks(
    raw: NDArray[np.uint8], starts: NDArray[np.int64], ends: NDArray[np.int64]
) -> bool:
    """Cuts the quotation marks off; False where there are others than one at each end of a cell."""
    marks = np.count_nonzero(raw == _QUOTE)
    if marks == 0:
        return True
    is_marked = (raw[starts] == _QUOTE) & (raw[ends - 1] == _QUOTE) & (ends - starts > 1)
    starts += is_marked
    ends -= is_marked
    return bool(marks == 2 * np.count_nonzero(is_marked))


def _tokens(raw: NDArray[np.uint8], starts: NDArray[np.int64], length: NDArray[np.int64]) -> Tokens:
    pairs = raw.astype(np.uint16)
    pairs[:-1] |= pairs[1:] << 8
    tokens = pairs[starts] & _KEPT_BYTES[np.minimum(length, _SHORT + 1)]
    tokens[length > _SHORT] = _LONG
    return np.asarray(tokens)
