"""A ticket for one sheet: worth something after a wait, or after a little work.

    body   = issue second (8 bytes)
    ticket = body || HMAC-SHA256(k_form of the issue day, "wait v1" || wave || nonce || body)[:16]
    work   = a number n with SHA-256(ticket || ":" || n) beginning with so many zero bits

The nonce is the submission id, so a ticket serves one sheet. The server keeps none of them.
"""

from __future__ import annotations

import hashlib
import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import UTC, datetime
from typing import Final

from app import clock
from app.privacy.web_keys import WebKeyStore

TICKET_CHARACTERS: Final = 32
OLDEST_SECONDS: Final = 24 * 3600
MOST_DIGITS: Final = 10
_SECOND_BYTES: Final = 8
_MAC_BYTES: Final = 16
_WORD_BITS: Final = 32


class WaitTickets:
    def __init__(self, web_keys: WebKeyStore) -> None:
        self._keys = web_keys

    def issue(self, wave_id: str, nonce: bytes) -> str:
        second = int(clock.now().timestamp())
        day, key = self._keys.form_key_to_issue()
        if day != datetime.fromtimestamp(second, UTC).date():  # midnight passed in between
            return self.issue(wave_id, nonce)
        body = second.to_bytes(_SECOND_BYTES, "big")
        return urlsafe_b64encode(body + _mac(key, wave_id, nonce, body)).decode()

    def waited(self, ticket: str, wave_id: str, nonce: bytes) -> int | None:
        """Seconds since it was issued for this sheet; None where it was not, or long ago."""
        if len(ticket) != TICKET_CHARACTERS or not ticket.isascii():
            return None
        try:
            raw = urlsafe_b64decode(ticket)
        except ValueError:
            return None
        body, mac = raw[:_SECOND_BYTES], raw[_SECOND_BYTES:]
        waited = int(clock.now().timestamp()) - int.from_bytes(body, "big")
        if not 0 <= waited <= OLDEST_SECONDS:
            return None
        day = datetime.fromtimestamp(int.from_bytes(body, "big"), UTC).date()
        key = self._keys.form_key(day)
        if key is None or not hmac.compare_digest(mac, _mac(key, wave_id, nonce, body)):
            return None
        return waited


def is_worked(ticket: str, work: str, bits: int) -> bool:
    if not (0 < len(work) <= MOST_DIGITS and work.isascii() and work.isdigit()):
        return False
    digest = hashlib.sha256(f"{ticket}:{work}".encode()).digest()
    return int.from_bytes(digest[:4], "big") >> (_WORD_BITS - bits) == 0


def _mac(key: bytes, wave_id: str, nonce: bytes, body: bytes) -> bytes:
    message = b"wait v1" + wave_id.encode() + nonce + body
    return hmac.new(key, message, "sha256").digest()[:_MAC_BYTES]
