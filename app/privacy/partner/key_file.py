"""The private key of a wave as its partner keeps it: in files, each behind the same passphrase.

    KEK  = argon2id(passphrase, salt; 64 MiB, 3 passes)
    file = public half, statement key, copy, salt, nonce,
           ChaCha20-Poly1305(KEK, nonce, private key, AAD = "partner key v1" || copy || public half)

The statement key signs what the partner says to the server (Ed25519). It is derived from the
private key, so whoever signs holds the key of the wave:

    statement key = HKDF-SHA256(private key, info = "statement v1", 32 bytes)
"""

from __future__ import annotations

import json
import secrets
import unicodedata
from dataclasses import dataclass, field
from typing import Any, Final

from argon2.low_level import Type, hash_secret_raw
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from app.errors import BadInput
from app.privacy.seal import KEY_BYTES, new_wave_keys, public_half

FORMAT: Final = "rapport.partner-key/1"
COPIES: Final = (1, 2)
LEAST_PASSPHRASE: Final = 15
_PASSES: Final = 3  # RFC 9106's second choice, as for passwords
_MEMORY_KIB: Final = 64 * 1024
_SALT_BYTES: Final = 16
_NONCE_BYTES: Final = 12
_PARTS: Final = ("public", "statement", "salt", "nonce", "wrapped")


@dataclass(frozen=True, slots=True)
class PartnerKey:
    """The private key, opened; `copy` is the number of the file that it came from."""

    private: bytes = field(repr=False)
    copy: int

    @property
    def public(self) -> bytes:
        return public_half(self.private)

    @property
    def statement_public(self) -> bytes:
        return self._statement_key().public_key().public_bytes_raw()

    def sign(self, statement: bytes) -> bytes:
        return self._statement_key().sign(statement)

    def _statement_key(self) -> Ed25519PrivateKey:
        derived = HKDF(SHA256(), KEY_BYTES, salt=None, info=b"statement v1").derive(self.private)
        return Ed25519PrivateKey.from_private_bytes(derived)


def new_key_files(passphrase: str) -> dict[int, str]:
    """One key, as the contents of its copies: any one of them opens the wave."""
    if len(passphrase) < LEAST_PASSPHRASE:
        raise BadInput("custody.passphrase", least=LEAST_PASSPHRASE, given=len(passphrase))
    private = new_wave_keys().private
    return {copy: _file_of(PartnerKey(private, copy), passphrase) for copy in COPIES}


def open_key_file(content: str, passphrase: str) -> PartnerKey:
    parts, copy = _read(content)
    kek = _kek(passphrase, parts["salt"])
    try:
        private = ChaCha20Poly1305(kek).decrypt(
            parts["nonce"], parts["wrapped"], _bound_to(copy, parts["public"])
        )
    except InvalidTag as exc:
        raise BadInput("custody.key_closed") from exc
    return PartnerKey(private, copy)


def public_part(content: str) -> dict[str, str]:
    """What the server is given of a key file, without opening it."""
    parts, _ = _read(content)
    return {"format": FORMAT, **{name: parts[name].hex() for name in ("public", "statement")}}


def read_public_part(text: str) -> tuple[bytes, bytes]:
    """The public half and the key of statements, as somebody pasted them."""
    try:
        document = _document(text)
        if "wrapped" in document:
            raise BadInput("custody.whole_key")
        public, statement = (bytes.fromhex(document[part]) for part in ("public", "statement"))
    except (ValueError, TypeError, KeyError, RecursionError) as exc:
        raise BadInput("custody.no_public_part") from exc
    if {len(public), len(statement)} != {KEY_BYTES}:
        raise BadInput("custody.public_part_cut")
    return public, statement


def _file_of(key: PartnerKey, passphrase: str) -> str:
    salt, nonce = secrets.token_bytes(_SALT_BYTES), secrets.token_bytes(_NONCE_BYTES)
    sealed = ChaCha20Poly1305(_kek(passphrase, salt)).encrypt(
        nonce, key.private, _bound_to(key.copy, key.public)
    )
    parts = (key.public, key.statement_public, salt, nonce, sealed)
    named = {name: part.hex() for name, part in zip(_PARTS, parts, strict=True)}
    return json.dumps({"format": FORMAT, "copy": key.copy, **named}, indent=1) + "\n"


def _read(content: str) -> tuple[dict[str, bytes], int]:
    try:
        document = _document(content)
        copy = COPIES[COPIES.index(document["copy"])]
        return {name: bytes.fromhex(document[name]) for name in _PARTS}, copy
    except (ValueError, TypeError, KeyError, RecursionError) as exc:
        raise BadInput("custody.no_key_file") from exc


def _document(text: str) -> dict[str, Any]:
    """Raises ValueError and its like when this is something else."""
    document: Any = json.loads(text)
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        raise ValueError("another format")
    return document


def _kek(passphrase: str, salt: bytes) -> bytes:
    composed = unicodedata.normalize("NFC", passphrase).encode()
    return hash_secret_raw(composed, salt, _PASSES, _MEMORY_KIB, 1, KEY_BYTES, Type.ID)


def _bound_to(copy: int, public: bytes) -> bytes:
    return b"partner key v1" + bytes([copy]) + public
