"""Gzip for pages: whole, or with a head deflated once and a small rest added on each request."""

from __future__ import annotations

import gzip
import zlib
from dataclasses import dataclass
from struct import pack
from typing import Final

_GZIP_HEAD: Final = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\xff"
_BEST: Final = 9
_QUICK: Final = 5
_STORED_AND_LAST: Final = 1
_LONGEST_STORED: Final = 0xFFFF


def accepts_gzip(accept_encoding: str) -> bool:
    for item in accept_encoding.lower().split(","):
        coding, _, parameter = item.partition(";")
        if coding.strip() in {"gzip", "*"}:
            return parameter.replace(" ", "") not in {"q=0", "q=0.0", "q=0.00", "q=0.000"}
    return False


def compress(page: bytes) -> bytes:
    return gzip.compress(page, _QUICK, mtime=0)


@dataclass(frozen=True, slots=True)
class DeflatedHead:
    """The part of a page that all visitors share, ready to be followed by a rest of their own."""

    plain: bytes
    deflated: bytes
    checksum: int

    def followed_by(self, rest: bytes) -> bytes:
        """One gzip stream: the head's blocks, the rest stored as it is, the sum over both."""
        length = len(rest)
        if length > _LONGEST_STORED:
            raise ValueError(f"the rest is {length} bytes; at most {_LONGEST_STORED} can follow")
        size = len(self.plain) + length
        return b"".join(
            (
                _GZIP_HEAD,
                self.deflated,
                pack("<BHH", _STORED_AND_LAST, length, length ^ 0xFFFF),
                rest,
                pack("<II", zlib.crc32(rest, self.checksum), size & 0xFFFFFFFF),
            )
        )


def deflate_head(plain: bytes) -> DeflatedHead:
    deflater = zlib.compressobj(_BEST, zlib.DEFLATED, -zlib.MAX_WBITS)
    deflated = deflater.compress(plain) + deflater.flush(zlib.Z_FULL_FLUSH)
    return DeflatedHead(plain, deflated, zlib.crc32(plain))
