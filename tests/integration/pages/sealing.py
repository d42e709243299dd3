"""Seals a sheet as a phone does that cannot send it: written anew, not with the code it tests."""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Mapping

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from tests.integration.pages.reading import ReadPage

TOKEN_CHARACTERS = 54


def transport_key(page: ReadPage) -> bytes:
    return b64decode(page.attributes["form"]["data-key"] or "")


def sealed(plain: bytes, key: bytes, token: str) -> bytes:
    fresh = ec.generate_private_key(ec.SECP256R1())
    point = fresh.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    wave = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), key)
    shared = fresh.exchange(ec.ECDH(), wave)
    secret = HKDF(SHA256(), 32, point + key, b"transport v1").derive(shared)
    padded = plain + bytes(2048 - len(plain) % 2048)
    return point + AESGCM(secret).encrypt(bytes(12), padded, token.encode())


def queued(page: ReadPage, answers: Mapping[str, str | list[str]]) -> bytes:
    """What waits on the phone, and is posted when there is a connection."""
    fields = page.form.with_answers({**answers, "_token": []})
    return page.form.token.encode() + sealed(fields, transport_key(page), page.form.token)
