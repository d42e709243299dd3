"""Backups in the age format (age-encryption.org/v1), to a public key whose other half lies apart.

Any program that reads age opens them: nobody depends on this one to get their answers back.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

import pyrage

from app import clock
from app.errors import BadInput

ENDING: Final = ".age"
_SECRET: Final = "AGE-SECRET-KEY-"  # noqa: S105 - how such a line begins, not a secret


def make_identity(file: Path) -> str:
    """Write a new private key, readable by its owner only, and return its public half."""
    identity = pyrage.x25519.Identity.generate()
    public = str(identity.to_public())
    content = f"# made: {clock.now():%Y-%m-%d}\n# public key: {public}\n{identity}\n"
    try:
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise BadInput(
            f"{file} is there already, and backups may need the key in it. Name another file."
        ) from None
    except OSError as exc:
        raise BadInput(f"{file} cannot be written: {exc.strerror or exc}.") from exc
    with os.fdopen(descriptor, "w", encoding="utf-8") as opened:
        opened.write(content)
        opened.flush()
        os.fsync(opened.fileno())
    return public


def refuse_other_recipient(recipient: str) -> None:
    _recipient(recipient)


def encrypt_file(plain: Path, sealed: Path, recipient: str) -> None:
    sealed.touch(mode=0o600)
    pyrage.encrypt_file(str(plain), str(sealed), [_recipient(recipient)])


def decrypt_file(sealed: Path, plain: Path, identity_file: Path) -> None:
    identities = _identities(identity_file)
    plain.touch(mode=0o600)
    try:
        pyrage.decrypt_file(str(sealed), str(plain), identities)
    except pyrage.DecryptError as exc:
        raise BadInput(
            f"{sealed} cannot be opened with the key in {identity_file}: it was encrypted to "
            "another key, or it is damaged. The manifest beside it names the public key."
        ) from exc


def _recipient(text: str) -> pyrage.x25519.Recipient:
    try:
        return pyrage.x25519.Recipient.from_str(text.strip())
    except pyrage.RecipientError:
        raise BadInput(
            "RAPPORT_BACKUP_RECIPIENT is no public key. Make a pair with `rapport backup-key FILE`:"
            " what it prints, age1..., belongs into the setting."
        ) from None


def _identities(file: Path) -> list[pyrage.x25519.Identity]:
    try:
        lines = file.read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as exc:
        raise BadInput(f"The key file {file} cannot be read: {exc}.") from exc
    secrets = [line.strip() for line in lines if line.startswith(_SECRET)]
    try:
        found = [pyrage.x25519.Identity.from_str(secret) for secret in secrets]
    except pyrage.IdentityError:
        found = []
    if not found:
        raise BadInput(
            f"{file} holds no private key: a line {_SECRET}... as `rapport backup-key` writes it."
        )
    return found
