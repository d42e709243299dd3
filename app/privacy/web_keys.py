"""The web processes' own keys: for forms one a day, for each wave two, for staff one.

A form key is kept as long as a queued sheet may wait, the keys of a wave until it has ended. Each
download has a key of its own, kept until the download is removed.
"""

from __future__ import annotations

import secrets
from contextlib import suppress
from datetime import date, timedelta
from pathlib import Path
from typing import Final

from app import clock
from app.privacy.key_store import KeyMissing, KeyStore
from app.privacy.seal import new_wave_keys

FORM_KEY_BYTES: Final = 32
KEPT_DAYS: Final = 3  # the key of a day is last needed 72 hours after that day ends
_PREFIX: Final = "form-"
_TRANSPORT: Final = "transport-"
_STAFF: Final = "staff"
_STAFF_KEY_BYTES: Final = 32
_LEDGER: Final = "ledger-"
_DOWNLOAD: Final = "download-"
LEDGER_KEY_BYTES: Final = 32
_LINK: Final = "link-"
LINK_KEY_BYTES: Final = 32


class WebKeyStore:
    """Shared by the web processes of an installation through its folder."""

    def __init__(self, folder: Path, master_file: Path) -> None:
        self._store = KeyStore(folder, master_file)
        self._form_keys: dict[date, bytes] = {}
        self._ledger_keys: dict[str, bytes] = {}
        self._link_keys: dict[str, bytes] = {}

    def form_key_to_issue(self) -> tuple[date, bytes]:
        """Today's key, made by the first process that asks for it."""
        today = clock.now().date()
        if today not in self._form_keys:
            self._store.keep(_name(today), secrets.token_bytes(FORM_KEY_BYTES))
            self._form_keys[today] = self._store.get(_name(today))
            self._forget(today - timedelta(days=KEPT_DAYS))
        return today, self._form_keys[today]

    def form_key(self, day: date) -> bytes | None:
        """The key tokens of that day were made with, as long as it is kept."""
        if day < clock.now().date() - timedelta(days=KEPT_DAYS):
            return None
        if day not in self._form_keys:
            with suppress(KeyMissing):
                self._form_keys[day] = self._store.get(_name(day))
        return self._form_keys.get(day)

    def transport_key(self, wave_id: str, made: bytes | None = None) -> bytes:
        """The wave's key; where there is none, the one just made. Raises KeyMissing."""
        name = _TRANSPORT + wave_id
        if made is not None and name not in self._store.names():
            self._store.keep(name, made)  # of two processes that made one, the first one's stands
        return self._store.get(name)

    def ledger_key(self, wave_id: str) -> bytes:
        """What turns the codes of a wave into their tags; made when first asked for."""
        if wave_id not in self._ledger_keys:
            name = _LEDGER + wave_id
            if name not in self._store.names():
                self._store.keep(name, secrets.token_bytes(LEDGER_KEY_BYTES))
            self._ledger_keys[wave_id] = self._store.get(name)
        return self._ledger_keys[wave_id]

    def refuse_lost(self) -> None:
        self._store.refuse_lost()

    def link_key(self, initiative_id: str) -> bytes:
        """What turns the codes of an initiative's people into tags; made when first asked for."""
        name = _LINK + initiative_id
        if name not in self._link_keys:
            if name not in self._store.names():
                self._store.keep(name, secrets.token_bytes(LINK_KEY_BYTES))
            self._link_keys[name] = self._store.get(name)
        return self._link_keys[name]

    def linked_initiatives(self) -> set[str]:
        names = self._store.names()
        return {name.removeprefix(_LINK) for name in names if name.startswith(_LINK)}

    def destroy_link_key(self, initiative_id: str) -> None:
        """From then on nobody can try codes against the tags, whoever has kept them."""
        self._link_keys.pop(_LINK + initiative_id, None)
        self._store.destroy(_LINK + initiative_id)

    def waves(self) -> set[str]:
        """Those with a key here, of whatever process."""
        return {
            name.removeprefix(prefix)
            for name in self._store.names()
            for prefix in (_TRANSPORT, _LEDGER)
            if name.startswith(prefix)
        }

    def destroy_wave_keys(self, wave_id: str) -> None:
        """For waves that have ended. Says nothing where they are gone already."""
        self._ledger_keys.pop(wave_id, None)
        held = self._store.names()
        for name in (_TRANSPORT + wave_id, _LEDGER + wave_id):
            if name in held:
                self._store.destroy(name)

    def staff_key(self) -> bytes:
        """Wraps what staff accounts hold in the database; made by the first who asks for it."""
        if _STAFF not in self._store.names():
            self._store.keep(_STAFF, secrets.token_bytes(_STAFF_KEY_BYTES))
        return self._store.get(_STAFF)

    def make_download_key(self, file: str) -> bytes:
        """The public half, for the worker; what it seals with that, only this store opens."""
        keys = new_wave_keys()
        self._store.keep(_DOWNLOAD + file, keys.private, keys.public)
        return keys.public

    def download_key(self, file: str) -> bytes:
        """The private half. Raises KeyMissing once it was destroyed."""
        return self._store.get(_DOWNLOAD + file)

    def downloads(self) -> set[str]:
        """The files that a key is kept for."""
        return {
            name.removeprefix(_DOWNLOAD)
            for name in self._store.names()
            if name.startswith(_DOWNLOAD)
        }

    def destroy_download_key(self, file: str) -> bool:
        return self._store.destroy(_DOWNLOAD + file)

    def _forget(self, oldest_kept: date) -> None:
        for name in self._store.names():
            if name.startswith(_PREFIX) and name < _name(oldest_kept):
                self._store.destroy(name)
        for day in list(self._form_keys):
            if day < oldest_kept:
                self._form_keys.pop(day, None)


def _name(day: date) -> str:
    return _PREFIX + day.isoformat()
