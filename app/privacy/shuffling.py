"""Order and names that carry nothing over from the order of arrival."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from typing import Final, TypeVar

RESPONSE_ID_BYTES: Final = 16

Thing = TypeVar("Thing")


def shuffled(things: Sequence[Thing]) -> list[Thing]:
    """A random order from the system's generator, which nobody can run again."""
    order = list(things)
    secrets.SystemRandom().shuffle(order)
    return order


def fresh_ids(count: int) -> list[bytes]:
    """Random ids in ascending order: given to shuffled sheets, they say nothing about them."""
    ids: set[bytes] = set()
    while len(ids) < count:
        ids.add(secrets.token_bytes(RESPONSE_ID_BYTES))
    return sorted(ids)
