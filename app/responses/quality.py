"""The quality bits of a sheet: what was noticed as it came, never how long or from where."""

from __future__ import annotations

from enum import IntFlag
from typing import Final

from app.privacy.form_tokens import FormToken

FASTEST_HONEST_SECONDS: Final = 3  # privacy.md §9: quicker than this, nobody has read the page


class Quality(IntFlag):
    """`TEST_CARD` marks a sheet that the count drops; the others are told in the report."""

    TOO_FAST = 1
    TRAP_FILLED = 2
    CROWDED = 4
    OVER_CAP = 8
    TEST_CARD = 16


def was_read(token: FormToken) -> bool:
    return token.is_typed_before or token.age_seconds >= FASTEST_HONEST_SECONDS


def quality_of(*, is_fast: bool, is_trap_filled: bool, is_crowded: bool) -> Quality:
    quality = Quality(0)
    if is_fast:
        quality |= Quality.TOO_FAST
    if is_trap_filled:
        quality |= Quality.TRAP_FILLED
    if is_crowded:
        quality |= Quality.CROWDED
    return quality
