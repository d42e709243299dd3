"""Rows as pyreadstat takes them, one after another, without a library of data frames.

pyreadstat asks for a frame of pandas or polars, and speaks to it through narwhals: the names and
kinds of its columns, how many rows there are, then the rows in turn. `RowFrame` answers these
questions and no other, so no frame is held in memory and neither library (170 MB) is installed. It
must call itself polars: of the two that pyreadstat admits, the one whose empty cells are None.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any, Final, Self

from narwhals.stable.v2 import Int32, Object
from narwhals.utils import Implementation

from analysis.bundle import Sink
from app.exports.answers import AnswerTable, Row

CHUNK_BYTES: Final = 1024 * 1024


@dataclass(frozen=True, slots=True)
class _Column:
    """A column of whole numbers. lettered: letters of missing answers stand among them."""

    name: str
    lettered: bool
    _version: object = None

    @property
    def dtype(self) -> Any:
        return Object() if self.lettered else Int32()

    def null_count(self) -> int:
        """Any cell may be empty."""
        return 1

    def drop_nulls(self) -> _Column:
        return self

    def __iter__(self) -> Iterator[int]:
        """Looked at only to learn that the cells are whole numbers."""
        return iter((0,))

    def __len__(self) -> int:
        return 1

    def __getitem__(self, place: int) -> int:
        return (0,)[place]

    def __narwhals_series__(self) -> Self:
        return self


@dataclass(frozen=True, slots=True)
class RowFrame:
    """rows: as many as n_rows, each with a cell a column."""

    names: Sequence[str]
    n_rows: int
    rows: Iterator[Row | Sequence[int | str | None]]
    lettered: bool = False
    _version: object = None

    _implementation = Implementation.POLARS

    @property
    def columns(self) -> list[str]:
        return list(self.names)

    def iter_columns(self) -> Iterator[_Column]:
        return (_Column(name, self.lettered, self._version) for name in self.names)

    def iter_rows(self, **_how: object) -> Iterator[Row | Sequence[int | str | None]]:
        return self.rows

    def __len__(self) -> int:
        return self.n_rows

    def __native_namespace__(self) -> object:
        return None

    def __narwhals_dataframe__(self) -> Self:
        return self

    def _with_version(self, version: object) -> Self:
        return replace(self, _version=version)


@contextmanager
def memory_file() -> Iterator[tuple[int, str]]:
    """A file that has a name and, where the system can, lies in memory alone: never on a disk."""
    if hasattr(os, "memfd_create"):
        descriptor = os.memfd_create("download")
        try:
            yield descriptor, f"/proc/self/fd/{descriptor}"
        finally:
            os.close(descriptor)
    else:
        with tempfile.NamedTemporaryFile() as file:
            yield file.fileno(), file.name


def pour(descriptor: int, sink: Sink) -> None:
    """The whole of a file, from its start."""
    os.lseek(descriptor, 0, os.SEEK_SET)
    while some := os.read(descriptor, CHUNK_BYTES):
        sink.write(some)


def exactly(table: AnswerTable) -> Iterator[Row]:
    """Both formats write the number of rows first: what comes after must agree with it."""
    number = 0
    for row in table.rows():
        number += 1
        yield row
    if number != table.n_rows:
        raise ValueError(f"{table.n_rows} rows were announced and {number} came")
