"""What a page carries from one step to the next, sealed: so that it has to be kept nowhere else.

    key     = HKDF-SHA256(ikm = form key of the day, salt = 16 random bytes, info = "carried v1")
    carried = day (4) || salt (16) || ChaCha20-Poly1305(key, nonce = 12 zero bytes, content,
              AAD = day || owner)

The zero nonce is safe because the salt, and so the key, is fresh each time. `owner` names who may
open it and for what. When the key of its day is destroyed, after three days, nobody can.
"""

from __future__ import annotations

import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import date
from typing import TYPE_CHECKING, Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

if TYPE_CHECKING:
    from app.privacy.web_keys import WebKeyStore

_DAY_BYTES: Final = 4
_SALT_BYTES: Final = 16
_NONCE: Final = bytes(12)


class CarriedUnreadable(Exception):
    """Too old, somebody else's, or altered."""


def seal_carried(keys: WebKeyStore, content: bytes, owner: str) -> str:
    today, key = keys.form_key_to_issue()
    day, salt = today.toordinal().to_bytes(_DAY_BYTES), secrets.token_bytes(_SALT_BYTES)
    sealed = _cipher(key, salt).encrypt(_NONCE, content, day + owner.encode())
    return urlsafe_b64encode(day + salt + sealed).decode()


def open_carried(keys: WebKeyStore, carried: str, owner: str) -> bytes:
    try:
        sealed = urlsafe_b64decode(carried.encode("ascii"))
        day, rest = sealed[:_DAY_BYTES], sealed[_DAY_BYTES:]
        key = keys.form_key(date.fromordinal(int.from_bytes(day)))
        if key is None:
            raise CarriedUnreadable
        cipher = _cipher(key, rest[:_SALT_BYTES])
        return cipher.decrypt(_NONCE, rest[_SALT_BYTES:], day + owner.encode())
    except (InvalidTag, ValueError, OverflowError):
        raise CarriedUnreadable from None


def _cipher(key: bytes, salt: bytes) -> ChaCha20Poly1305:
    kdf = HKDF(SHA256(), length=32, salt=salt, info=b"carried v1")
    return ChaCha20Poly1305(kdf.derive(key))
