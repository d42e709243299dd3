"""Brotli or gzip, as the visitor asks: a whole page, or a head packed once and a rest after it."""

from __future__ import annotations

import gzip
import zlib
from dataclasses import dataclass
from struct import pack
from typing import Final, Literal

import brotli

Coding = Literal["br", "gzip"]
CODINGS: Final[tuple[Coding, ...]] = ("br", "gzip")  # the smaller first; browsers ask br over TLS
_GZIP_HEAD: Final = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\xff"
_GZIP_BEST: Final = 9
_GZIP_QUICK: Final = 5
_BROTLI_BEST: Final = 11
_BROTLI_QUICK: Final = 4
_BROTLI_STORED: Final = 1 << 19  # RFC 7932 §9.2: four nibbles of length, then "uncompressed"
_BROTLI_END: Final = b"\x03"
_STORED_AND_LAST: Final = 1
_LONGEST_STORED: Final = 0xFFFF


def choose_coding(accept_encoding: str) -> Coding | None:
    accepted: dict[str, bool] = {}
    for item in accept_encoding.lower().split(","):
        name, _, parameter = item.partition(";")
        refused = parameter.replace(" ", "") in {"q=0", "q=0.0", "q=0.00", "q=0.000"}
        accepted[name.strip()] = not refused
    others = accepted.get("*", False)
    return next((coding for coding in CODINGS if accepted.get(coding, others)), None)


def compress(page: bytes, coding: Coding) -> bytes:
    """For a page that goes out once."""
    if coding == "br":
        return bytes(brotli.compress(page, mode=brotli.MODE_TEXT, quality=_BROTLI_QUICK))
    return gzip.compress(page, _GZIP_QUICK, mtime=0)


def compress_well(file: bytes) -> dict[Coding, bytes]:
    """For a file that is packed once and goes out many times."""
    return {
        "br": brotli.compress(file, mode=brotli.MODE_TEXT, quality=_BROTLI_BEST),
        "gzip": gzip.compress(file, _GZIP_BEST, mtime=0),
    }


@dataclass(frozen=True, slots=True)
class PackedHead:
    """The part of a page that all visitors share, ready to be followed by a rest of their own."""

    plain: bytes
    deflated: bytes
    brotli: bytes
    checksum: int

    def followed_by(self, rest: bytes, coding: Coding) -> bytes:
        """One stream: the head's blocks, then the rest stored as it is."""
        if len(rest) > _LONGEST_STORED:
            raise ValueError(f"the rest is {len(rest)} bytes; at most {_LONGEST_STORED} can follow")
        if coding == "br":
            return self.brotli + _brotli_stored(rest) + _BROTLI_END
        return b"".join((_GZIP_HEAD, self.deflated, _deflate_stored(rest), self._gzip_foot(rest)))

    def _gzip_foot(self, rest: bytes) -> bytes:
        size = len(self.plain) + len(rest)
        return pack("<II", zlib.crc32(rest, self.checksum), size & 0xFFFFFFFF)


def pack_head(plain: bytes) -> PackedHead:
    deflater = zlib.compressobj(_GZIP_BEST, zlib.DEFLATED, -zlib.MAX_WBITS)
    deflated = deflater.compress(plain) + deflater.flush(zlib.Z_FULL_FLUSH)
    packer = brotli.Compressor(mode=brotli.MODE_TEXT, quality=_BROTLI_BEST)
    packed = packer.process(plain) + packer.flush()  # a flush ends on a whole byte
    return PackedHead(plain, deflated, packed, zlib.crc32(plain))


def _deflate_stored(rest: bytes) -> bytes:
    return pack("<BHH", _STORED_AND_LAST, len(rest), len(rest) ^ _LONGEST_STORED) + rest


def _brotli_stored(rest: bytes) -> bytes:
    if not rest:
        return b""
    return (_BROTLI_STORED | (len(rest) - 1) << 3).to_bytes(3, "little") + rest
