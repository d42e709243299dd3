"""Failed sign-ins wait longer and longer; those with addresses that nobody here has do as well.

Otherwise whoever tries an address six times would see whether somebody has it. They are counted in
the database, for all web processes together, under a keyed hash: the database holds no address.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable
from datetime import timedelta
from typing import Final

FREE_FAILURES: Final = 5
FIRST_WAIT: Final = timedelta(seconds=30)
LONGEST_WAIT: Final = timedelta(minutes=15)


def wait_after(failures: int) -> timedelta | None:
    """How long after so many failures in a row; None while they are free."""
    beyond = failures - FREE_FAILURES
    return None if beyond < 0 else min(FIRST_WAIT * 2 ** min(beyond, 10), LONGEST_WAIT)


class AddressTags:
    """Tells addresses apart for who holds the key of the web key store, and for nobody else."""

    def __init__(self, key: Callable[[], bytes]) -> None:
        self._key = key

    def tag(self, address: str) -> bytes:
        key = hmac.digest(self._key(), b"unknown address v1", "sha256")
        return hmac.digest(key, address.encode("utf-8", "surrogatepass"), "sha256")
