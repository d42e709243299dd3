"""How often one token may call: steadily, with a minute's worth at once at most."""

from __future__ import annotations

import math
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

MINUTE: Final = 60.0
MOST_TOKENS: Final = 10_000


_ROUNDING: Final = 1e-6  # sixty seconds in three shares of twenty are three calls, not two


@dataclass(frozen=True, slots=True)
class Allowance:
    """What a token may still do: `left` of `most` calls; all of them again after `full_in` seconds.

    wait: how many seconds this call comes too early; 0 where it is answered.
    """

    most: int
    left: int
    full_in: float
    wait: float

    def headers(self) -> list[tuple[bytes, bytes]]:
        """As the IETF's draft on RateLimit headers for HTTP names them."""
        policy = f'"token";q={self.most};w={MINUTE:.0f}'
        standing = f'"token";r={self.left};t={math.ceil(self.full_in)}'
        return [(b"ratelimit-policy", policy.encode()), (b"ratelimit", standing.encode())]


class CallLimits:
    """Of one process; the limit is shared out among `processes` of them.

    Each token has a moment up to which its calls are spoken for. Every call moves it on by one
    share of a minute; once it lies a whole minute ahead, the caller has to wait.
    """

    def __init__(
        self,
        calls_a_minute: int,
        processes: int = 1,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._most = max(1, calls_a_minute // processes)
        self._share = MINUTE * processes / calls_a_minute
        self._now = now
        self._spoken_for: OrderedDict[str, float] = OrderedDict()
        self._lock = threading.Lock()

    def count(self, token_id: str) -> Allowance:
        """One more call. One that has to wait is not counted."""
        with self._lock:
            now, room = self._now(), max(MINUTE, self._share)
            ahead = max(self._spoken_for.pop(token_id, now) - now, 0.0) + self._share
            wait = max(ahead - room, 0.0)
            ahead -= self._share if wait else 0.0
            self._spoken_for[token_id] = now + ahead
            while len(self._spoken_for) > MOST_TOKENS:
                self._spoken_for.popitem(last=False)
        left = 0 if wait else int((room - ahead) / self._share + _ROUNDING)
        return Allowance(self._most, left, ahead, wait)
