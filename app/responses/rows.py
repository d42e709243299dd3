"""Opened answers as they are stored: one canonical spelling, and the hash of a whole wave."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Final, Generic, NamedTuple, TypeVar

from pydantic_core import from_json, to_json

from app.errors import BadInput
from app.privacy.fingerprints import hash_rows
from app.privacy.identifiers import RESPONDENT_ID_BYTES as ID_BYTES
from app.privacy.identifiers import new_response_id
from app.responses.sheet import Sheet

PACKED_TOGETHER: Final = 64
READ_TOGETHER: Final = 200  # one call of the reader for each row took as long as the reading
DRAWERS: Final = 256  # one for each first byte of an id
FASTEST: Final = 1
_BREAK: Final = b"\n"  # stands in no canonical row


class OpenedRow(NamedTuple):
    """One response without a name. `answers` is what analysis.codebook.canonical_json spells."""

    mode: str
    recruitment: str
    area: int | None
    language: str
    quality: int
    answers: str

    @classmethod
    def of(cls, sheet: Sheet) -> OpenedRow:
        answers = to_json({name: sheet.answers[name] for name in sorted(sheet.answers)}).decode()
        return cls(
            sheet.mode, sheet.recruitment, sheet.area, sheet.language, sheet.quality, answers
        )


def canonical_row(response_id: bytes, row: OpenedRow | WrittenWords) -> bytes:
    return to_json((response_id.hex(), *row))


def wave_hash(rows: Iterable[tuple[bytes, OpenedRow | WrittenWords]]) -> str:
    """Over the rows in the order of their ids."""
    return hash_rows(canonical_row(response_id, row) for response_id, row in rows)


class WrittenWords(NamedTuple):
    """What one respondent wrote in answer to one question; nothing says whose it is."""

    question: str
    text: str


class OpenedSheet(NamedTuple):
    """The two parts of a sheet, which are stored without a tie between them."""

    row: OpenedRow
    words: tuple[WrittenWords, ...]
    tags: tuple[str, ...] = ()

    @classmethod
    def of(cls, sheet: Sheet) -> OpenedSheet:
        words = tuple(map(WrittenWords._make, sheet.words.items()))
        return cls(OpenedRow.of(sheet), words, tuple(sheet.tags))


Row = TypeVar("Row", OpenedRow, WrittenWords)


class ShuffledRows(Generic[Row]):
    """Opened rows under fresh random ids, handed out in the order of these ids: shuffled.

    In memory only, and packed small: 100,000 take about twenty megabytes. Rows fall into drawers by
    the first byte of their id, so that only one drawer at a time is unpacked to be sorted. They
    wait in their canonical spelling, which begins with the id: as bytes, which the garbage
    collector does not look through again and again.
    """

    def __init__(self, kind: type[Row]) -> None:
        self._kind: type[Row] = kind
        self._packs: list[list[bytes]] = [[] for _ in range(DRAWERS)]
        self._open: list[list[bytes]] = [[] for _ in range(DRAWERS)]
        self._length = 0

    def add(self, row: Row) -> bytes:
        """The fresh id that the row has got."""
        response_id = new_response_id()
        self._keep(response_id, canonical_row(response_id, row))
        return response_id

    def add_canonical(self, line: bytes) -> None:
        """A row that has its id already, in its canonical spelling; another one is refused."""
        try:
            name, *parts = from_json(line)
            response_id, row = bytes.fromhex(name), self._kind._make(parts)
        except (ValueError, TypeError):
            response_id, row = b"", None
        if row is None or len(response_id) != ID_BYTES or canonical_row(response_id, row) != line:
            raise BadInput("count.misspelt_row")
        self._keep(response_id, line)

    def _keep(self, response_id: bytes, line: bytes) -> None:
        drawer = response_id[0]
        self._open[drawer].append(line)
        self._length += 1
        if len(self._open[drawer]) == PACKED_TOGETHER:
            self._packs[drawer].append(zlib.compress(_BREAK.join(self._open[drawer]), FASTEST))
            self._open[drawer] = []

    def add_all(self, rows: Iterable[Row]) -> None:
        for row in rows:
            self.add(row)

    def __len__(self) -> int:
        return self._length

    def __iter__(self) -> Iterator[tuple[bytes, Row]]:
        lines = self._lines()
        while some := list(islice(lines, READ_TOGETHER)):
            for name, *row in from_json(b"[" + b",".join(some) + b"]", cache_strings=False):
                yield bytes.fromhex(name), self._kind._make(row)

    def hash(self) -> str:
        """What `wave_hash` makes of these rows."""
        return hash_rows(self._lines())

    def _lines(self) -> Iterator[bytes]:
        for packs, still_open in zip(self._packs, self._open, strict=True):
            lines = list(still_open)
            for pack in packs:
                lines += zlib.decompress(pack).split(_BREAK)
            yield from sorted(lines)
