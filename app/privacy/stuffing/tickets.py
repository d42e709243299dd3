"""A ticket for one sheet: worth something after a wait, or after a little work.

    body   = came too fast (1 byte) || issue second (7 bytes)
    ticket = body || HMAC-SHA256(k_form of the issue day, "wait v1" || wave || nonce || body)[:16]
    work   = a number n with SHA-256(ticket || ":" || n) beginning with so many zero bits

The nonce is the submission id, so a ticket serves one sheet. The server keeps none of them. A sheet
that came faster than anyone reads says so still when it has waited.
"""

from __future__ import annotations

import hashlib
import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from app import clock
from app.privacy.web_keys import WebKeyStore

TICKET_CHARACTERS: Final = 32
OLDEST_SECONDS: Final = 24 * 3600
MOST_DIGITS: Final = 10
_FLAG_BYTES: Final = 1
_SECOND_BYTES: Final = 7
_BODY_BYTES: Final = _FLAG_BYTES + _SECOND_BYTES
_MAC_BYTES: Final = 16
_WORD_BITS: Final = 32


@dataclass(frozen=True, slots=True)
class Waited:
    seconds: int
    is_fast: bool


class WaitTickets:
    def __init__(self, web_keys: WebKeyStore) -> None:
        self._keys = web_keys

    def issue(self, wave_id: str, nonce: bytes, *, is_fast: bool = False) -> str:
        second = int(clock.now().timestamp())
        day, key = self._keys.form_key_to_issue()
        if day != datetime.fromtimestamp(second, UTC).date():  # midnight passed in between
            return self.issue(wave_id, nonce, is_fast=is_fast)
        body = bytes([is_fast]) + second.to_bytes(_SECOND_BYTES, "big")
        return urlsafe_b64encode(body + _mac(key, wave_id, nonce, body)).decode()

    def waited(self, ticket: str, wave_id: str, nonce: bytes) -> Waited | None:
        """Since it was issued for this sheet; None where it was not, or long ago."""
        if len(ticket) != TICKET_CHARACTERS or not ticket.isascii():
            return None
        try:
            raw = urlsafe_b64decode(ticket)
        except ValueError:
            return None
        body, mac = raw[:_BODY_BYTES], raw[_BODY_BYTES:]
        second = int.from_bytes(body[_FLAG_BYTES:], "big")
        waited = int(clock.now().timestamp()) - second
        if not 0 <= waited <= OLDEST_SECONDS:
            return None
        day = datetime.fromtimestamp(second, UTC).date()
        key = self._keys.form_key(day)
        if key is None or not hmac.compare_digest(mac, _mac(key, wave_id, nonce, body)):
            return None
        return Waited(waited, is_fast=bool(body[0]))


def is_worked(ticket: str, work: str, bits: int) -> bool:
    if not (0 < len(work) <= MOST_DIGITS and work.isascii() and work.isdigit()):
        return False
    digest = hashlib.sha256(f"{ticket}:{work}".encode()).digest()
    return int.from_bytes(digest[:4], "big") >> (_WORD_BITS - bits) == 0


def _mac(key: bytes, wave_id: str, nonce: bytes, body: bytes) -> bytes:
    message = b"wait v1" + wave_id.encode() + nonce + body
    return hmac.new(key, message, "sha256").digest()[:_MAC_BYTES]
