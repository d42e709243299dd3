"""Failed sign-ins with addresses that nobody here has: they wait like everybody else's.

Otherwise whoever tries an address six times would see whether somebody has it. Counted in memory,
under a keyed hash whose key ends with the process, and nowhere else.
"""

from __future__ import annotations

import hmac
import secrets
import threading
from collections import OrderedDict
from datetime import datetime, timedelta
from typing import Final

MOST_ADDRESSES: Final = 10_000
FREE_FAILURES: Final = 5
FIRST_WAIT: Final = timedelta(seconds=30)
LONGEST_WAIT: Final = timedelta(minutes=15)


def wait_after(failures: int) -> timedelta | None:
    """How long after so many failures in a row; None while they are free."""
    beyond = failures - FREE_FAILURES
    return None if beyond < 0 else min(FIRST_WAIT * 2 ** min(beyond, 10), LONGEST_WAIT)


class UnknownAddresses:
    """Of one process."""

    def __init__(self) -> None:
        self._key = secrets.token_bytes(32)
        self._known: OrderedDict[bytes, tuple[int, datetime | None]] = OrderedDict()
        self._lock = threading.Lock()

    def must_wait(self, address: str, now: datetime) -> bool:
        with self._lock:
            _, until = self._known.get(self._hashed(address), (0, None))
            return until is not None and now < until

    def count_failure(self, address: str, now: datetime) -> None:
        hashed = self._hashed(address)
        with self._lock:
            failures = self._known.pop(hashed, (0, None))[0] + 1
            wait = wait_after(failures)
            self._known[hashed] = failures, None if wait is None else now + wait
            while len(self._known) > MOST_ADDRESSES:
                self._known.popitem(last=False)

    def _hashed(self, address: str) -> bytes:
        return hmac.digest(self._key, address.encode("utf-8", "surrogatepass"), "sha256")
