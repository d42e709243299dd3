"""The quality bits of a sheet: what its writer did, in whole bits, never how long it took."""

from __future__ import annotations

from enum import IntFlag
from typing import Final

FASTEST_HONEST_SECONDS: Final = 3  # privacy.md §9: quicker than this, nobody has read the page


class Quality(IntFlag):
    TOO_FAST = 1


def quality_of(age_seconds: int) -> Quality:
    return Quality.TOO_FAST if age_seconds < FASTEST_HONEST_SECONDS else Quality(0)
