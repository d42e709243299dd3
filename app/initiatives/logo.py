"""A logo that staff bring: read as a plain PNG, bounded, and written anew.

Only its pixels and colours survive. Text, places, dates, colour profiles and whatever hangs behind
the end of the file do not, and no other format is ever served: an SVG can hold a script.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from app.errors import BadInput, Phrase

MOST_FILE_BYTES: Final = 48 * 1024
MOST_WIDTH: Final = 640
MOST_HEIGHT: Final = 240
_SIGNATURE: Final = b"\x89PNG\r\n\x1a\n"
_KEPT: Final = (b"PLTE", b"tRNS")
_CHANNELS: Final = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}  # by colour type, PNG specification, table 11.1
_DEPTHS: Final = {0: (1, 2, 4, 8, 16), 2: (8, 16), 3: (1, 2, 4, 8), 4: (8, 16), 6: (8, 16)}
_FILTERS: Final = 5
_HEADER: Final = struct.Struct(">IIBBBBB")
_MOST_COLOURS: Final = 3 * 256


@dataclass(frozen=True, slots=True)
class Logo:
    width: int
    height: int
    picture: bytes


def read_logo(file: bytes) -> Logo:
    if len(file) > MOST_FILE_BYTES:
        raise _refused(Phrase("initiatives.logo_large", most=MOST_FILE_BYTES // 1024))
    if not file.startswith(_SIGNATURE):
        raise _refused(Phrase("initiatives.logo_no_png"))
    try:
        chunks = list(_chunks(file))
        return _written_anew(chunks)
    except (struct.error, zlib.error) as exc:
        raise _refused(Phrase("initiatives.logo_damaged")) from exc


def _chunks(file: bytes) -> Iterator[tuple[bytes, bytes]]:
    place = len(_SIGNATURE)
    while True:
        size, kind = struct.unpack_from(">I4s", file, place)
        content = file[place + 8 : place + 8 + size]
        (checksum,) = struct.unpack_from(">I", file, place + 8 + size)
        if checksum != zlib.crc32(kind + content):
            raise _refused(Phrase("initiatives.logo_damaged"))
        yield kind, content
        if kind == b"IEND":
            return
        place += 12 + size


def _written_anew(chunks: list[tuple[bytes, bytes]]) -> Logo:
    if chunks[0][0] != b"IHDR":
        raise _refused(Phrase("initiatives.logo_damaged"))
    width, height, depth, colour, *rest = _HEADER.unpack(chunks[0][1])
    if not 0 < width <= MOST_WIDTH or not 0 < height <= MOST_HEIGHT:
        raise _refused(
            Phrase(
                "initiatives.logo_measures",
                width=width,
                height=height,
                most_wide=MOST_WIDTH,
                most_high=MOST_HEIGHT,
            )
        )
    if depth not in _DEPTHS.get(colour, ()) or any(rest):
        raise _refused(Phrase("initiatives.logo_rare"))
    row = 1 + (width * depth * _CHANNELS[colour] + 7) // 8
    pixels = _unpacked(b"".join(c for kind, c in chunks if kind == b"IDAT"), row * height)
    if any(filtered >= _FILTERS for filtered in pixels[::row]):
        raise _refused(Phrase("initiatives.logo_damaged"))
    kept = [(kind, c) for kind, c in chunks if kind in _KEPT and len(c) <= _MOST_COLOURS]
    header = _HEADER.pack(width, height, depth, colour, 0, 0, 0)
    written = [(b"IHDR", header), *kept, (b"IDAT", zlib.compress(pixels, 9)), (b"IEND", b"")]
    return Logo(width, height, _SIGNATURE + b"".join(_chunk(*each) for each in written))


def _unpacked(packed: bytes, size: int) -> bytes:
    """Never more than the picture needs, however much a file claims to hold."""
    pixels = zlib.decompressobj().decompress(packed, size + 1)
    if len(pixels) != size:
        raise _refused(Phrase("initiatives.logo_damaged"))
    return pixels


def _chunk(kind: bytes, content: bytes) -> bytes:
    return (
        struct.pack(">I4s", len(content), kind)
        + content
        + struct.pack(">I", zlib.crc32(kind + content))
    )


def _refused(why: Phrase) -> BadInput:
    return BadInput(
        "initiatives.logo",
        why=why,
        width=MOST_WIDTH,
        height=MOST_HEIGHT,
        most=MOST_FILE_BYTES // 1024,
    )
