"""A reading on its way from one page to the next: small, and without what is never imported."""

from __future__ import annotations

import json
import zlib

from app.imports.reading.table import Column, Reading


def pack(reading: Reading) -> bytes:
    columns = [
        [c.key, c.question, c.part, c.filled, list(c.cells), c.never] for c in reading.columns
    ]
    document = [reading.tool, reading.read_as, columns]
    return zlib.compress(json.dumps(document, ensure_ascii=False).encode())


def unpack(content: bytes) -> Reading:
    """What `pack` made; only what was sealed here comes this way."""
    tool, read_as, columns = json.loads(zlib.decompress(content))
    return Reading(
        tool=tool,
        read_as=read_as,
        columns=tuple(
            Column(key, question, part, filled, tuple(cells), never)
            for key, question, part, filled, cells, never in columns
        ),
    )
