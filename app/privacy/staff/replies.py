"""Replies kept for a caller that may ask again: only the caller's own token opens them.

    key  = HKDF-SHA256(ikm = token, salt = 16 random bytes, info = "reply v1")
    kept = salt || ChaCha20-Poly1305(key, nonce = 12 zero bytes, reply, AAD = the caller's key)

The zero nonce is safe because the salt, and so the key, is fresh for each reply. A reply may hold
codes that are told once: whoever holds the database alone must not read them there.
"""

from __future__ import annotations

import secrets
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

_SALT_BYTES: Final = 16
_NONCE: Final = bytes(12)


class ReplyUnreadable(Exception):
    """Another token or another key sealed it, or it was altered."""


def keep_reply(reply: bytes, token: str, key: str) -> bytes:
    salt = secrets.token_bytes(_SALT_BYTES)
    return salt + _cipher(token, salt).encrypt(_NONCE, reply, key.encode())


def open_reply(kept: bytes, token: str, key: str) -> bytes:
    salt, sealed = kept[:_SALT_BYTES], kept[_SALT_BYTES:]
    try:
        return _cipher(token, salt).decrypt(_NONCE, sealed, key.encode())
    except InvalidTag:
        raise ReplyUnreadable from None


def _cipher(token: str, salt: bytes) -> ChaCha20Poly1305:
    kdf = HKDF(SHA256(), length=32, salt=salt, info=b"reply v1")
    return ChaCha20Poly1305(kdf.derive(token.encode()))
