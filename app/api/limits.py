"""How often one token may call: steadily, with a minute's worth at once at most."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from typing import Final

MINUTE: Final = 60.0
MOST_TOKENS: Final = 10_000


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
        self._share = MINUTE * processes / calls_a_minute
        self._now = now
        self._spoken_for: OrderedDict[str, float] = OrderedDict()
        self._lock = threading.Lock()

    def seconds_to_wait(self, token_id: str) -> float:
        """0 where the call may be answered, and is counted."""
        with self._lock:
            now = self._now()
            until = max(self._spoken_for.pop(token_id, now), now) + self._share
            wait = until - now - max(MINUTE, self._share)
            self._spoken_for[token_id] = until if wait <= 0 else until - self._share
            while len(self._spoken_for) > MOST_TOKENS:
                self._spoken_for.popitem(last=False)
            return max(wait, 0.0)
