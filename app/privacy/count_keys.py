"""The private keys of waves. The worker alone imports this module; the web process never does."""

from __future__ import annotations

from pathlib import Path

from app.privacy.key_store import KeyBroken, KeyStore
from app.privacy.seal import new_wave_keys, public_half


class CountKeyStore:
    """Makes, opens and destroys the private keys of waves."""

    def __init__(self, folder: Path, master_file: Path) -> None:
        self._store = KeyStore(folder, master_file)

    def make_keys(self, wave_id: str) -> bytes:
        """The wave's public key. Asked again, it answers the same: a killed opening is repeated."""
        keys = new_wave_keys()
        if self._store.keep(wave_id, keys.private, keys.public):
            return keys.public
        public = self._store.public(wave_id)
        self.unlock(wave_id, public)
        return public

    def unlock(self, wave_id: str, public_key: bytes) -> bytes:
        """The private key, proved to belong to the public key that the sheets were sealed to."""
        private = self._store.get(wave_id)
        if public_half(private) != public_key:
            raise KeyBroken(
                f"The stored key of wave {wave_id} does not belong to the public key its sheets "
                "were sealed to. Put back the key store of this installation."
            )
        return private

    def holds(self, wave_id: str) -> bool:
        return wave_id in self._store.names()

    def destroy(self, wave_id: str) -> bool:
        return self._store.destroy(wave_id)
