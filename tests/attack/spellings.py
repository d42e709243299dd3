"""How a text that must be kept nowhere could be written all the same."""

from __future__ import annotations

import base64
import hashlib


def spellings_of(canary: str) -> list[bytes]:
    """In the clear, as hexadecimal, as base 64, and as the hash that anyone could try."""
    found: list[bytes] = []
    for raw in dict.fromkeys((canary.encode(), canary.lower().encode(), canary.upper().encode())):
        found += [raw, raw.hex().encode(), base64.b64encode(raw).rstrip(b"=")]
        for name in ("md5", "sha1", "sha256"):
            digest = hashlib.new(name, raw, usedforsecurity=False).digest()
            found += [digest[:16], digest.hex()[:32].encode(), base64.b64encode(digest)[:20]]
    return found
