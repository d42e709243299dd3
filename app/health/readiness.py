"""Can this process take an answer in right now?"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Final

from app.db import Database
from app.errors import AppError, Unavailable
from app.health import store
from app.privacy.web_keys import WebKeyStore

KEPT_SECONDS: Final = 1.0


class Readiness:
    """Asked anew at most once a second: who asks often must not keep residents waiting."""

    def __init__(
        self,
        database: Database,
        web_keys: WebKeyStore,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._database = database
        self._web_keys = web_keys
        self._now = now
        self._lock = threading.Lock()
        self._found: tuple[str, ...] = ()
        self._until = float("-inf")

    def problems(self) -> tuple[str, ...]:
        """Out of `database`, `disk` and `keys`, what stands in the way of an answer."""
        with self._lock:
            if self._now() >= self._until:
                self._found = tuple(self._look())
                self._until = self._now() + KEPT_SECONDS
            return self._found

    def _look(self) -> list[str]:
        checks = {"database": self._write, "disk": self._find_room, "keys": self._find_keys}
        return [name for name, check in checks.items() if _fails(check)]

    def _write(self) -> None:
        with self._database.writing() as session:
            if not store.takes_writes(session, is_sqlite=self._database.is_sqlite):
                raise Unavailable("The database takes no writes.")

    def _find_room(self) -> None:
        self._database.refuse_full_disk()

    def _find_keys(self) -> None:
        self._web_keys.refuse_lost()


def _fails(check: Callable[[], None]) -> bool:
    try:
        check()
    except (AppError, OSError):
        return True
    return False
