"""A token in every form: proves that this server made the page, and names the sheet once.

    body  = nonce (16 bytes) || typed before (1 byte) || issue second (7 bytes)
    token = body || HMAC-SHA256(k_form of the issue day, "form v1" || wave || body)[:16]

The nonce is the submission id, so a sheet sent twice is stored once; a renewed token keeps it.
The age of a token tells how long its page was read, unless the answers came from an earlier page.
"""

from __future__ import annotations

import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Final, Literal

from app import clock
from app.errors import BadInput
from app.privacy.identifiers import NONCE_BYTES, new_nonce
from app.privacy.web_keys import WebKeyStore

FRESH_SECONDS: Final = 24 * 3600
ACCEPTED_SECONDS: Final = 72 * 3600
CLOCK_TOLERANCE_SECONDS: Final = 2 * 3600
_FLAG_BYTES: Final = 1
_SECOND_BYTES: Final = 7
_MAC_BYTES: Final = 16
_TOKEN_BYTES: Final = NONCE_BYTES + _FLAG_BYTES + _SECOND_BYTES + _MAC_BYTES
TOKEN_CHARACTERS: Final = -(-_TOKEN_BYTES * 4 // 3)

Refusal = Literal["malformed", "forged", "expired"]


class TokenRefused(BadInput):
    """The page must be fetched anew; what was typed can be kept."""

    code = "form_token"

    def __init__(self, reason: Refusal) -> None:
        super().__init__("pages.form_token")
        self.reason: Refusal = reason


@dataclass(frozen=True, slots=True)
class FormToken:
    nonce: bytes
    age_seconds: int
    is_fresh: bool
    is_typed_before: bool


class FormTokens:
    """Issues and reads form tokens with the keys of the web key store."""

    def __init__(self, web_keys: WebKeyStore) -> None:
        self._keys = web_keys

    def issue(
        self, wave_id: str, nonce: bytes | None = None, *, is_typed_before: bool = False
    ) -> str:
        """A new token; with the nonce of an older one, its renewal."""
        nonce = new_nonce() if nonce is None else nonce
        second = int(clock.now().timestamp())
        day, key = self._keys.form_key_to_issue()
        if day != _day(second):  # midnight passed between the two looks at the clock
            return self.issue(wave_id, nonce, is_typed_before=is_typed_before)
        body = nonce + bytes([is_typed_before]) + second.to_bytes(_SECOND_BYTES, "big")
        return urlsafe_b64encode(body + _mac(key, wave_id, body)).rstrip(b"=").decode()

    def read(self, token: str, wave_id: str) -> FormToken:
        raw = _decode(token)
        body, mac = raw[:-_MAC_BYTES], raw[-_MAC_BYTES:]
        second = int.from_bytes(body[NONCE_BYTES + _FLAG_BYTES :], "big")
        age = int(clock.now().timestamp()) - second
        if age > ACCEPTED_SECONDS:
            raise TokenRefused("expired")
        if age < -CLOCK_TOLERANCE_SECONDS:
            raise TokenRefused("forged")
        key = self._keys.form_key(_day(second))
        if key is None or not hmac.compare_digest(mac, _mac(key, wave_id, body)):
            raise TokenRefused("forged")
        return FormToken(
            body[:NONCE_BYTES],
            max(age, 0),
            is_fresh=age <= FRESH_SECONDS,
            is_typed_before=bool(body[NONCE_BYTES]),
        )


def _day(second: int) -> date:
    return datetime.fromtimestamp(second, UTC).date()


def _mac(key: bytes, wave_id: str, body: bytes) -> bytes:
    # hmac.digest would let go of the interpreter for each of these few bytes
    return hmac.new(key, b"form v1" + wave_id.encode() + body, "sha256").digest()[:_MAC_BYTES]


def _decode(token: str) -> bytes:
    if len(token) != TOKEN_CHARACTERS or not token.isascii():
        raise TokenRefused("malformed")
    try:
        raw = urlsafe_b64decode(token + "=" * (-len(token) % 4))
    except ValueError as exc:
        raise TokenRefused("malformed") from exc
    if len(raw) != _TOKEN_BYTES or urlsafe_b64encode(raw).rstrip(b"=").decode() != token:
        raise TokenRefused("malformed")
    return raw
