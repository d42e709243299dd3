"""A folder of keys, one file each, wrapped under a master secret that lies elsewhere.

    KEK = HKDF-SHA256(master, info = "wrap v1" || name)
    file = public part, nonce, ChaCha20-Poly1305(KEK, nonce, key, AAD = name || public part)

Wrapping makes a copied store, and what a flash disk keeps of a deleted file, worthless. The store
is never part of a database backup: a backup must not hold both the sealed sheets and their key.
"""

from __future__ import annotations

import json
import os
import re
import secrets
from contextlib import suppress
from pathlib import Path
from stat import S_IMODE
from typing import Final, NamedTuple

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from app.errors import Misconfigured, Unavailable

MASTER_BYTES: Final = 32
_NONCE_BYTES: Final = 12
_FORMAT: Final = "rapport wrapped key 1"
_NAME: Final = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_SUFFIX: Final = ".key"
_OTHERS_MAY_READ: Final = 0o007
_NOT_ONLY_OWNER: Final = 0o077


class KeyMissing(Misconfigured):
    """The store holds no key of this name."""


class KeyBroken(Misconfigured):
    """The file does not unwrap: another master, another public part, or it was altered."""


class _WrappedKey(NamedTuple):
    public: bytes
    nonce: bytes
    wrapped: bytes

    def to_bytes(self) -> bytes:
        parts = {part: content.hex() for part, content in self._asdict().items()}
        return json.dumps({"format": _FORMAT, **parts}, indent=1).encode() + b"\n"

    @classmethod
    def from_bytes(cls, content: bytes) -> _WrappedKey:
        """Raises ValueError when this is not a whole key file."""
        document: object = json.loads(content)
        if not isinstance(document, dict) or document.get("format") != _FORMAT:
            raise ValueError("not a key file of a known format")
        parts = [document.get(part) for part in cls._fields]
        if not all(isinstance(part, str) for part in parts):
            raise ValueError("the key file lacks a part")
        return cls(*(bytes.fromhex(str(part)) for part in parts))


class KeyStore:
    """Wrapped keys by name. Several processes may share one store."""

    def __init__(self, folder: Path, master_file: Path) -> None:
        self._folder = folder.absolute()
        _refuse_inside(master_file, self._folder)
        _prepare_folder(self._folder)
        self._master = _read_or_make_master(master_file.absolute(), self._folder)

    def keep(self, name: str, key: bytes, public: bytes = b"") -> bool:
        """Store a key for good, on disk before this returns. False: the name is taken."""
        nonce = secrets.token_bytes(_NONCE_BYTES)
        wrapped = ChaCha20Poly1305(self._kek(name)).encrypt(nonce, key, name.encode() + public)
        content = _WrappedKey(public, nonce, wrapped).to_bytes()
        try:
            return _write_once(self._path(name), content)
        except OSError as exc:
            raise Unavailable(
                f"A key cannot be written to {self._folder}: {exc.strerror}. Nothing was changed; "
                "free space or grant access, then try again."
            ) from exc

    def get(self, name: str) -> bytes:
        kept = self._read(name)
        try:
            return ChaCha20Poly1305(self._kek(name)).decrypt(
                kept.nonce, kept.wrapped, name.encode() + kept.public
            )
        except (InvalidTag, ValueError) as exc:
            raise KeyBroken(
                f"The key {name!r} in {self._folder} does not open with the present master secret. "
                "Put back the master secret that this store was made with."
            ) from exc

    def public(self, name: str) -> bytes:
        return self._read(name).public

    def refuse_lost(self) -> None:
        """What is kept in memory may hide for a day that the folder is gone."""
        if not os.access(self._folder, os.R_OK | os.W_OK | os.X_OK):
            raise Unavailable(f"The key store {self._folder} is gone, or cannot be written.")

    def names(self) -> list[str]:
        return sorted(path.stem for path in self._folder.glob("*" + _SUFFIX))

    def destroy(self, name: str) -> bool:
        """Delete a key for good. False: it was gone already."""
        try:
            self._path(name).unlink()
        except FileNotFoundError:
            return False
        finally:
            _sync_folder(self._folder)
        return True

    def _read(self, name: str) -> _WrappedKey:
        path = self._path(name)
        try:
            return _WrappedKey.from_bytes(path.read_bytes())
        except FileNotFoundError:
            raise KeyMissing(f"There is no key {name!r} in {self._folder}.") from None
        except OSError as exc:
            raise KeyBroken(f"The key file {path} cannot be read: {exc.strerror}.") from exc
        except ValueError as exc:
            raise KeyBroken(f"The key file {path} is damaged.") from exc

    def _kek(self, name: str) -> bytes:
        return HKDF(SHA256(), MASTER_BYTES, salt=None, info=b"wrap v1" + name.encode()).derive(
            self._master
        )

    def _path(self, name: str) -> Path:
        if not _NAME.fullmatch(name):
            raise ValueError(f"{name!r} cannot name a key")
        return self._folder / (name + _SUFFIX)


def _refuse_inside(master_file: Path, folder: Path) -> None:
    if master_file.resolve().is_relative_to(folder.resolve()):
        raise Misconfigured(
            f"The master secret {master_file} lies inside the key store {folder}: a copy of the "
            "folder would open everything. Keep the master secret in another folder."
        )


def _prepare_folder(folder: Path) -> None:
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        mode = S_IMODE(folder.stat().st_mode)
    except OSError as exc:
        raise Misconfigured(f"The key store {folder} cannot be used: {exc.strerror}.") from exc
    if mode & _NOT_ONLY_OWNER:
        raise Misconfigured(
            f"The key store {folder} is open to other accounts of this machine. "
            f"Run: chmod 700 {folder}"
        )


def _read_or_make_master(master_file: Path, folder: Path) -> bytes:
    with suppress(FileNotFoundError):
        return _read_master(master_file)
    if any(folder.glob("*" + _SUFFIX)):
        raise Misconfigured(
            f"The key store {folder} holds keys, but its master secret {master_file} is missing. "
            "Put the master secret back; a new one could not open these keys."
        )
    try:
        master_file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        _write_once(master_file, secrets.token_hex(MASTER_BYTES).encode() + b"\n")
    except OSError as exc:
        raise Misconfigured(
            f"The master secret {master_file} cannot be written: {exc.strerror}."
        ) from exc
    return _read_master(master_file)  # of two processes that made one, the first one's stands


def _read_master(master_file: Path) -> bytes:
    try:
        with master_file.open("rb") as file:
            mode = S_IMODE(os.fstat(file.fileno()).st_mode)
            text = file.read(4096)
    except PermissionError as exc:
        raise Misconfigured(f"The master secret {master_file} cannot be read.") from exc
    if mode & _OTHERS_MAY_READ:
        raise Misconfigured(
            f"The master secret {master_file} is open to every account of this machine. "
            f"Run: chmod 600 {master_file}"
        )
    try:
        master = bytes.fromhex(text.decode())
    except ValueError:
        master = b""
    if len(master) != MASTER_BYTES:
        raise Misconfigured(
            f"The master secret {master_file} must hold {2 * MASTER_BYTES} hexadecimal digits."
        )
    return master


def _write_once(path: Path, content: bytes) -> bool:
    """Whole or not at all, and never over another: the name appears after the content is safe."""
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    try:
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        try:
            path.hardlink_to(draft)
        except FileExistsError:
            return False
    finally:
        draft.unlink(missing_ok=True)
        _sync_folder(path.parent)
    return True


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
