"""The opened sheets as a partner hands them back: shuffled, under fresh ids, in signed parts.

A part is a signed statement in one line, then its rows, compressed. The statement names the wave,
the sealed sheets it was made from, the whole count and this part of it. Any part may come first.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from app.errors import BadInput
from app.privacy.fingerprints import hash_rows
from app.privacy.partner.statements import read_statement
from app.responses.rows import OpenedRow, ShuffledRows, WrittenWords

FORMAT: Final = "rapport.opened-sheets/1"
MOST_UNPACKED: Final = 64 * 1024 * 1024
ROW: Final = b"r"
WORDS: Final = b"w"


@dataclass(frozen=True, slots=True)
class Part:
    """`statement` is proved to be the partner's; `body` is what it names."""

    statement: Mapping[str, Any]
    body: bytes

    @property
    def number(self) -> int:
        return int(self.statement["part"])

    @property
    def parts(self) -> int:
        return int(self.statement["parts"])


def read_part(content: bytes, statement_key: bytes) -> Part:
    """Refuses what the holder of the key has not made, whole and as it is."""
    signed, _, body = content.partition(b"\n")
    statement = read_statement(signed.decode(errors="replace"), statement_key)
    if statement.get("format") != FORMAT or statement.get("body_sha256") != hash_rows([body]):
        raise BadInput("count.opened_cut")
    return Part(statement, body)


def unpack(parts: Iterable[Part]) -> tuple[ShuffledRows[OpenedRow], ShuffledRows[WrittenWords]]:
    rows, words = ShuffledRows(OpenedRow), ShuffledRows(WrittenWords)
    for part in parts:
        for line in _unpacked(part.body):
            if line[:1] == ROW:
                rows.add_canonical(line[1:])
            else:
                words.add_canonical(line[1:])
    return rows, words


def _unpacked(body: bytes) -> list[bytes]:
    unpacker = zlib.decompressobj()
    try:
        content = unpacker.decompress(body, MOST_UNPACKED)
    except zlib.error as exc:
        raise BadInput("count.not_unpacked") from exc
    if unpacker.unconsumed_tail or not unpacker.eof:
        raise BadInput("count.part_large", most=MOST_UNPACKED)
    return content.splitlines()
