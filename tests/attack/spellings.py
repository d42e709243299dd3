"""How a text that must be kept nowhere could be written all the same."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Iterator, Mapping
from typing import Final

HASHES: Final[Mapping[str, Callable[[bytes], bytes]]] = {
    "md5": lambda raw: hashlib.md5(raw, usedforsecurity=False).digest(),
    "sha1": lambda raw: hashlib.sha1(raw, usedforsecurity=False).digest(),
    "sha256": lambda raw: hashlib.sha256(raw).digest(),
    "blake2b": lambda raw: hashlib.blake2b(raw).digest(),
    "blake2b, 32 bytes": lambda raw: hashlib.blake2b(raw, digest_size=32).digest(),
    "blake2b, 16 bytes": lambda raw: hashlib.blake2b(raw, digest_size=16).digest(),
    "blake2s": lambda raw: hashlib.blake2s(raw).digest(),
}
KEPT_OF_A_HASH: Final = 16  # a design that leaks may keep the beginning only
ALIGNMENTS: Final = 3


def spellings_of(canary: str) -> list[bytes]:
    """In the clear, as hexadecimal, as base 64, and as the hash that anyone could try."""
    return list(dict.fromkeys(needle for _, needle in named_spellings(canary)))


def named_spellings(canary: str) -> Iterator[tuple[str, bytes]]:
    for text in dict.fromkeys((canary, canary.lower(), canary.upper())):
        yield from spellings_of_bytes(text.encode())
        yield "in UTF-16", text.encode("utf-16-le")


def spellings_of_bytes(raw: bytes) -> Iterator[tuple[str, bytes]]:
    yield "in the clear", raw
    yield from _encoded("", raw)
    for name, digest_of in HASHES.items():
        digest = digest_of(raw)[:KEPT_OF_A_HASH]
        yield name, digest
        yield from _encoded(f"{name} ", digest)


def _encoded(of: str, raw: bytes) -> Iterator[tuple[str, bytes]]:
    yield f"{of}in hexadecimal", raw.hex().encode()
    yield f"{of}in capital hexadecimal", raw.hex().upper().encode()
    for before in range(ALIGNMENTS):
        inner = inner_base64(raw, before)
        yield f"{of}in base 64 after {before} bytes", inner
        yield f"{of}in base 64 of addresses after {before} bytes", inner.translate(_FOR_ADDRESSES)


_FOR_ADDRESSES: Final = bytes.maketrans(b"+/", b"-_")


def inner_base64(raw: bytes, before: int) -> bytes:
    """The characters that do not depend on what stands before and behind."""
    encoded = base64.b64encode(bytes(before) + raw)
    first = -(-before * 8 // 6)
    last = (before + len(raw)) * 8 // 6
    return encoded[first:last]
