"""Opens the sheets that a phone sealed because it could not send them.

    e, E  = fresh P-256 key pair of the phone          T = the wave's transport key
    key   = HKDF-SHA256(ECDH(e, T), salt = E || T, info = "transport v1", 32 bytes)
    plain = the form as it would have been posted || zeros to a multiple of 2048
    ct    = E (65) || AES-256-GCM(key, nonce = 12 zero bytes, plain, AAD = form token)

The zero nonce is safe only because e is fresh for every sheet. A browser seals with what it has
itself (WebCrypto): the curve is its own, the rest is as in `seal`. The form token names sheet and
wave, so a sealed sheet is worth nothing under another token or in another wave.
"""

from __future__ import annotations

from base64 import b64encode
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from app.errors import Unavailable
from app.privacy.key_store import KeyMissing
from app.privacy.seal import SealBroken
from app.privacy.web_keys import WebKeyStore

PRIVATE_BYTES: Final = 32
POINT_BYTES: Final = 65
_CURVE: Final = ec.SECP256R1()
_KEY_BYTES: Final = 32
_TAG_BYTES: Final = 16
_ZERO_NONCE: Final = bytes(12)
_INFO: Final = b"transport v1"
PADDING_STEP: Final = 2048


def new_transport_key() -> bytes:
    number = ec.generate_private_key(_CURVE).private_numbers().private_value
    return number.to_bytes(PRIVATE_BYTES, "big")


def transport_public(private_key: bytes) -> bytes:
    """An uncompressed point, as a browser imports it."""
    public = _unpacked(private_key).public_key()
    return public.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def split_form(body: bytes) -> tuple[bytes, bytes]:
    """The sealed form, whose length is a whole number of steps, and what was put after it."""
    spare = max(len(body) - POINT_BYTES - _TAG_BYTES, 0) % PADDING_STEP
    return body[: len(body) - spare], body[len(body) - spare :]


def open_form(ct: bytes, private_key: bytes, token: str) -> bytes:
    """Raises SealBroken."""
    length = len(ct) - POINT_BYTES - _TAG_BYTES
    if length < PADDING_STEP or length % PADDING_STEP:
        raise SealBroken("the sealed form is cut short")
    point = ct[:POINT_BYTES]
    try:
        fresh = ec.EllipticCurvePublicKey.from_encoded_point(_CURVE, point)
        shared = _unpacked(private_key).exchange(ec.ECDH(), fresh)
        key = HKDF(SHA256(), _KEY_BYTES, point + transport_public(private_key), _INFO).derive(
            shared
        )
        plain = AESGCM(key).decrypt(_ZERO_NONCE, ct[POINT_BYTES:], token.encode())
    except (InvalidTag, ValueError) as exc:
        raise SealBroken("the sealed form does not open with this wave's transport key") from exc
    return plain.rstrip(b"\0")


def _unpacked(private_key: bytes) -> ec.EllipticCurvePrivateKey:
    return ec.derive_private_key(int.from_bytes(private_key, "big"), _CURVE)


class TransportKeys:
    """The transport keys of waves, each made when the wave's page is first shown."""

    def __init__(self, web_keys: WebKeyStore) -> None:
        self._keys = web_keys
        self._public: dict[str, str] = {}

    def public(self, wave_id: str) -> str:
        """As it stands in the page; empty where no key can be kept: such a page keeps no sheets."""
        if wave_id not in self._public:
            try:
                private = self._keys.transport_key(wave_id, new_transport_key())
            except Unavailable:
                return ""
            self._public[wave_id] = b64encode(transport_public(private)).decode()
        return self._public[wave_id]

    def open(self, ct: bytes, wave_id: str, token: str) -> bytes:
        """The form that was sealed under this token. Raises SealBroken."""
        try:
            private = self._keys.transport_key(wave_id)
        except KeyMissing as exc:
            raise SealBroken("the sealed form is not one that this wave's page made") from exc
        return open_form(ct, private, token)
