"""The second factor: time-based one-time codes (RFC 6238), and recovery codes for a lost phone."""

from __future__ import annotations

import hashlib
import secrets
from base64 import b32encode
from collections.abc import Sequence
from datetime import datetime
from typing import Final
from urllib.parse import quote, urlencode

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.hotp import HOTP

from app.privacy.identifiers import CROCKFORD
from app.privacy.key_store import KeyBroken
from app.privacy.web_keys import WebKeyStore

SECRET_BYTES: Final = 20
STEP_SECONDS: Final = 30
DIGITS: Final = 6
RECOVERY_CODES: Final = 10
_RECOVERY_CHARACTERS: Final = 26
_STEPS_AROUND: Final = (-1, 0, 1)  # a phone's clock may be half a minute off
_NONCE_BYTES: Final = 12


class OneTimeCodes:
    """Secrets lie in the database wrapped under a key of the web key store."""

    def __init__(self, web_keys: WebKeyStore) -> None:
        self._keys = web_keys

    def new_secret(self, owner: str) -> bytes:
        nonce = secrets.token_bytes(_NONCE_BYTES)
        wrapped = self._cipher().encrypt(nonce, secrets.token_bytes(SECRET_BYTES), owner.encode())
        return nonce + wrapped

    def matching_step(self, kept: bytes, owner: str, code: str, now: datetime) -> int | None:
        """The time step whose code this is; who keeps it refuses the same code a second time."""
        hotp = HOTP(self._secret(kept, owner), DIGITS, SHA1())  # noqa: S303 - RFC 6238, all phones
        present = int(now.timestamp()) // STEP_SECONDS
        given = "".join(code.split()).encode()
        for step in (present + around for around in _STEPS_AROUND):
            if secrets.compare_digest(hotp.generate(step), given):
                return step
        return None

    def shown_secret(self, kept: bytes, owner: str) -> str:
        """To be typed into an authenticator program by hand."""
        return b32encode(self._secret(kept, owner)).decode()

    def address(self, kept: bytes, owner: str, account: str) -> str:
        """What an authenticator program reads from a QR code."""
        asked = urlencode({"secret": self.shown_secret(kept, owner), "issuer": "Rapport"})
        return f"otpauth://totp/Rapport:{quote(account)}?{asked}"

    def _secret(self, kept: bytes, owner: str) -> bytes:
        try:
            return self._cipher().decrypt(kept[:_NONCE_BYTES], kept[_NONCE_BYTES:], owner.encode())
        except InvalidTag as exc:
            raise KeyBroken("accounts.second_factor_key") from exc

    def _cipher(self) -> ChaCha20Poly1305:
        return ChaCha20Poly1305(self._keys.staff_key())


def new_recovery_codes() -> list[str]:
    """Each is good once. 130 random bits need no slow hash."""
    return [
        "".join(secrets.choice(CROCKFORD) for _ in range(_RECOVERY_CHARACTERS))
        for _ in range(RECOVERY_CODES)
    ]


def recovery_digest(code: str) -> str:
    plain = "".join(character for character in code.lower() if character.isalnum())
    return hashlib.sha256(b"recovery v1" + plain.encode()).hexdigest()


def remaining_recovery_codes(kept: Sequence[str], code: str) -> list[str] | None:
    """Those left after this one is used; None when it is none of them."""
    used = recovery_digest(code)
    return [digest for digest in kept if digest != used] if used in kept else None
