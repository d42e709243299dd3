"""Seals one answer sheet so that only the wave's private key opens it, once, at the count.

    key   = HKDF-SHA256(X25519(e, W), salt = E || W, info = "seal v1", 32 bytes)
    plain = length of the sheet (4 bytes, big-endian) || sheet || zeros to as many bytes as the
            wave's `room`, and to a multiple of 128
    ct    = E || ChaCha20-Poly1305(key, nonce = 12 zero bytes, plain, AAD = wave id)

The zero nonce is safe only because e is fresh for every sheet: never pass e in, never keep it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

KEY_BYTES: Final = 32
PADDING_STEP: Final = 128
_LENGTH_BYTES: Final = 4
_TAG_BYTES: Final = 16
_ZERO_NONCE: Final = bytes(12)
_INFO: Final = b"seal v1"


class SealBroken(Exception):
    """The sheet was altered, belongs to another wave, or was sealed to another key."""


@dataclass(frozen=True, slots=True)
class WaveKeys:
    private: bytes = field(repr=False)
    public: bytes


def new_wave_keys() -> WaveKeys:
    private = X25519PrivateKey.generate()
    return WaveKeys(private.private_bytes_raw(), private.public_key().public_bytes_raw())


def public_half(private_key: bytes) -> bytes:
    return X25519PrivateKey.from_private_bytes(private_key).public_key().public_bytes_raw()


def seal(sheet: bytes, public_key: bytes, wave_id: str, *, room: int = 0) -> bytes:
    """`room` is the longest that a sheet of the wave can be, so that all are of one length."""
    fresh = X25519PrivateKey.generate()
    fresh_public = fresh.public_key().public_bytes_raw()
    key = _sheet_key(fresh.exchange(_public(public_key)), fresh_public, public_key)
    return fresh_public + ChaCha20Poly1305(key).encrypt(
        _ZERO_NONCE, _pad(sheet, room), wave_id.encode()
    )


class SealOpener:
    """Opens the sheets of one wave; the private key is unpacked once."""

    def __init__(self, private_key: bytes, wave_id: str) -> None:
        self._private = X25519PrivateKey.from_private_bytes(private_key)
        self._public = self._private.public_key().public_bytes_raw()
        self._wave_id = wave_id.encode()

    def open(self, ct: bytes) -> bytes:
        if len(ct) < KEY_BYTES + PADDING_STEP + _TAG_BYTES:
            raise SealBroken("the sealed sheet is cut short")
        fresh_public = ct[:KEY_BYTES]
        try:
            shared = self._private.exchange(X25519PublicKey.from_public_bytes(fresh_public))
            key = _sheet_key(shared, fresh_public, self._public)
            plain = ChaCha20Poly1305(key).decrypt(_ZERO_NONCE, ct[KEY_BYTES:], self._wave_id)
        except (InvalidTag, ValueError) as exc:
            raise SealBroken("the sealed sheet does not open with this wave's key") from exc
        return _unpad(plain)


def open_sealed(ct: bytes, private_key: bytes, wave_id: str) -> bytes:
    return SealOpener(private_key, wave_id).open(ct)


@lru_cache(maxsize=256)
def _public(key: bytes) -> X25519PublicKey:
    return X25519PublicKey.from_public_bytes(key)


def _sheet_key(shared: bytes, fresh_public: bytes, public_key: bytes) -> bytes:
    return HKDF(SHA256(), KEY_BYTES, salt=fresh_public + public_key, info=_INFO).derive(shared)


def _pad(sheet: bytes, room: int) -> bytes:
    framed = len(sheet).to_bytes(_LENGTH_BYTES, "big") + sheet
    size = max(len(framed), _LENGTH_BYTES + room)
    return framed.ljust(size + -size % PADDING_STEP, b"\0")


def _unpad(plain: bytes) -> bytes:
    end = _LENGTH_BYTES + int.from_bytes(plain[:_LENGTH_BYTES], "big")
    if end > len(plain) or plain.count(0, end) != len(plain) - end:
        raise SealBroken("the opened sheet is not padded as sealing pads it")
    return plain[_LENGTH_BYTES:end]
