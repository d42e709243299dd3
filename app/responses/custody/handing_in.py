"""Writes the opened sheets for the server, on the partner's own computer."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Final

from app.privacy.fingerprints import hash_rows
from app.privacy.partner.statements import sign_statement
from app.responses.custody.opened_sheets import FORMAT, ROW, WORDS
from app.responses.rows import canonical_row

if TYPE_CHECKING:
    from app.privacy.partner.key_file import PartnerKey
    from app.responses.count.opening import Opened
    from app.responses.custody.sealed_intake import SealedIntake

PART_BYTES: Final = 400 * 1024  # compressed: what a proxy and a body limit let through


def write_parts(opened: Opened, intake: SealedIntake, key: PartnerKey) -> Iterator[bytes]:
    bodies = list(_bodies(_lines(opened)))
    manifest = opened.manifest()
    for number, body in enumerate(bodies, 1):
        statement = {
            "format": FORMAT,
            "wave": intake.wave_id,
            "ids_sha256": intake.ids_hash,
            "manifest": manifest,
            "part": number,
            "parts": len(bodies),
            "body_sha256": hash_rows([body]),
        }
        yield sign_statement(key, statement).encode() + body


def _lines(opened: Opened) -> Iterator[bytes]:
    for response_id, row in opened.rows:
        yield ROW + canonical_row(response_id, row) + b"\n"
    for text_id, words in opened.words:
        yield WORDS + canonical_row(text_id, words) + b"\n"


def _bodies(lines: Iterable[bytes]) -> Iterator[bytes]:
    """At least one, for a wave in which nobody answered."""
    packer, packed = zlib.compressobj(), b""
    for line in lines:
        packed += packer.compress(line)
        if len(packed) >= PART_BYTES:
            yield packed + packer.flush()
            packer, packed = zlib.compressobj(), b""
    yield packed + packer.flush()
