"""One attempt to sign in elsewhere, kept by the browser that began it, sealed to this installation.

    key    = HKDF-SHA256(ikm = staff key of the web store, info = "single sign-on v1")
    cookie = base64url(nonce || ChaCha20-Poly1305(key, nonce, JSON, AAD = "attempt"))

No process needs to remember it, and an answer that another browser brings fits no cookie.
"""

from __future__ import annotations

import hmac
import json
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from app.privacy.web_keys import WebKeyStore

LASTS: Final = timedelta(minutes=10)
_NONCE_BYTES: Final = 12
_LABEL: Final = b"attempt"


@dataclass(frozen=True, slots=True)
class Attempt:
    """`verifier` proves to the provider that who brings the code also asked for it (RFC 7636)."""

    state: str
    nonce: str
    verifier: str
    to: str
    link: str
    began: int

    @property
    def challenge(self) -> str:
        from authlib.oauth2.rfc7636 import create_s256_code_challenge  # noqa: PLC0415 - 0.2 s

        return str(create_s256_code_challenge(self.verifier))

    def is_answered_by(self, state: str) -> bool:
        return hmac.compare_digest(self.state.encode(), state.encode("utf-8", "replace"))


def new_attempt(to: str, link: str, now: datetime) -> Attempt:
    """`to`: where the person was going; `link`: the token of the invitation they hold, or none."""
    state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
    return Attempt(state, nonce, verifier, to, link, int(now.timestamp()))


def seal_attempt(attempt: Attempt, keys: WebKeyStore) -> str:
    nonce = secrets.token_bytes(_NONCE_BYTES)
    sealed = _cipher(keys).encrypt(nonce, json.dumps(asdict(attempt)).encode(), _LABEL)
    return urlsafe_b64encode(nonce + sealed).decode().rstrip("=")


def open_attempt(cookie: str, keys: WebKeyStore, now: datetime) -> Attempt | None:
    """None when it is none of ours, or too old."""
    try:
        raw = urlsafe_b64decode(cookie.encode() + b"==")
        plain = _cipher(keys).decrypt(raw[:_NONCE_BYTES], raw[_NONCE_BYTES:], _LABEL)
    except (ValueError, InvalidTag):
        return None
    attempt = Attempt(**json.loads(plain))
    is_fresh = 0 <= now.timestamp() - attempt.began < LASTS.total_seconds()
    return attempt if is_fresh else None


def _cipher(keys: WebKeyStore) -> ChaCha20Poly1305:
    kdf = HKDF(SHA256(), length=32, salt=None, info=b"single sign-on v1")
    return ChaCha20Poly1305(kdf.derive(keys.staff_key()))
