"""The order in which one respondent sees options: drawn from their form's secret, kept nowhere."""

from __future__ import annotations

import hashlib
from typing import Final

_KEY_BYTES: Final = 8


def order_key(seed: bytes, question_id: str, code: int) -> bytes:
    """What to sort by. Who knows the seed can repeat the order; nobody else can guess it."""
    return hashlib.blake2b(
        f"{question_id}/{code}".encode(), key=seed, digest_size=_KEY_BYTES, person=b"option order"
    ).digest()
