"""Random names of things: they tell nothing about order, time or number."""

from __future__ import annotations

import hashlib
import secrets
from typing import Final

CROCKFORD: Final = "0123456789abcdefghjkmnpqrstvwxyz"
BITS_PER_CHARACTER: Final = 5
ID_LENGTH: Final = 10
AGENCY_KEY_LENGTH: Final = 6
PUBLIC_ID_LENGTH: Final = AGENCY_KEY_LENGTH + ID_LENGTH
RESPONDENT_ID_BYTES: Final = 16
NONCE_BYTES: Final = 16


def new_id() -> str:
    return random_characters(ID_LENGTH)


def new_agency_key() -> str:
    return random_characters(AGENCY_KEY_LENGTH)


def new_nonce() -> bytes:
    """What makes a page's sheet one sheet, however often it is sent."""
    return secrets.token_bytes(NONCE_BYTES)


def new_response_id() -> bytes:
    """Given when a sheet is opened: the order of these ids says nothing about any other order."""
    return secrets.token_bytes(RESPONDENT_ID_BYTES)


def intake_id(nonce: bytes) -> bytes:
    """The database never holds what the respondent's page holds."""
    return hashlib.sha256(nonce).digest()[:RESPONDENT_ID_BYTES]


def random_order(number: int) -> list[int]:
    """So many places, in an order that nobody can guess."""
    return secrets.SystemRandom().sample(range(number), number)


def random_characters(length: int) -> str:
    number = secrets.randbits(length * BITS_PER_CHARACTER)
    return "".join(
        CROCKFORD[(number >> (position * BITS_PER_CHARACTER)) & 0b11111]
        for position in range(length)
    )
