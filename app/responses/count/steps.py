"""The twelve steps of a count by name. Each may be the last thing a dying worker does."""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum


class Step(Enum):
    CLOSE = "close"
    CLAIM = "claim"
    BACKUP_BEFORE = "backup_before"
    UNLOCK = "unlock"
    OPEN = "open"
    CHECK = "check"
    MATCH = "match"
    SHUFFLE = "shuffle"
    WRITE = "write"
    SCRUB = "scrub"
    BACKUP_AFTER = "backup_after"
    DESTROY = "destroy"


Report = Callable[[Step, str], None]
