"""Opened answers as they are stored: one canonical spelling, and the hash of a whole wave."""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

from analysis.codebook import canonical_json
from app.privacy.fingerprints import hash_rows
from app.responses.sheet import Sheet

PACKED_TOGETHER: Final = 1000
FASTEST: Final = 1


class OpenedRow(NamedTuple):
    """One response without a name. `answers` is canonical JSON."""

    mode: str
    recruitment: str
    area: int | None
    language: str
    quality: int
    answers: str

    @classmethod
    def of(cls, sheet: Sheet) -> OpenedRow:
        answers = canonical_json(sheet.answers)
        return cls(
            sheet.mode, sheet.recruitment, sheet.area, sheet.language, sheet.quality, answers
        )


def canonical_row(response_id: bytes, row: OpenedRow) -> bytes:
    return json.dumps([response_id.hex(), *row], separators=(",", ":")).encode()


def wave_hash(rows: Iterable[tuple[bytes, OpenedRow]]) -> str:
    """Over the rows in the order of their ids."""
    return hash_rows(canonical_row(response_id, row) for response_id, row in rows)


class PackedRows:
    """Opened rows, in memory only and packed small: 100,000 take a few megabytes."""

    def __init__(self) -> None:
        self._packs: list[bytes] = []
        self._open: list[OpenedRow] = []
        self._length = 0

    def add(self, row: OpenedRow) -> None:
        self._open.append(row)
        self._length += 1
        if len(self._open) == PACKED_TOGETHER:
            self._pack()

    def __len__(self) -> int:
        return self._length

    def __iter__(self) -> Iterator[OpenedRow]:
        for pack in self._packs:
            yield from (OpenedRow(*row) for row in json.loads(zlib.decompress(pack)))
        yield from self._open

    def _pack(self) -> None:
        self._packs.append(zlib.compress(json.dumps(self._open).encode(), FASTEST))
        self._open = []
