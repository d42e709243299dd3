"""Passwords of staff: NIST SP 800-63B-4 says what is asked of one, argon2id keeps it.

Length instead of composition: 15 characters alone, 8 where a second factor stands beside it. What
leaked in bulk before, and the agency's own name, are refused.
"""

from __future__ import annotations

import threading
import unicodedata
from collections.abc import Collection
from functools import cache
from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError

from app.errors import BadInput

LEAST_ALONE: Final = 15
LEAST_WITH_SECOND_FACTOR: Final = 8
MOST_CHARACTERS: Final = 256
_LONGEST_TYPED: Final = 4 * MOST_CHARACTERS  # letters may be typed as several that are composed
# RFC 9106's second choice. One takes 64 MiB and a fifth of a second: no more than two at once.
_HASHER: Final = PasswordHasher(time_cost=3, memory_cost=64 * 1024, parallelism=1)
_AT_ONCE: Final = threading.BoundedSemaphore(2)


class PasswordRefused(BadInput):
    code = "password"


def refuse_weak(password: str, least: int, own_words: Collection[str]) -> None:
    """`own_words`: names that anyone would try first, such as the agency's."""
    password = _composed(password)
    if not least <= len(password) <= MOST_CHARACTERS:
        raise PasswordRefused(
            "accounts.password_length", least=least, most=MOST_CHARACTERS, length=len(password)
        )
    plain = password.casefold()
    if plain in _leaked() or len(set(plain)) < LEAST_WITH_SECOND_FACTOR // 2:
        raise PasswordRefused("accounts.password_leaked")
    for word in own_words:
        if plain == word.casefold() or plain.replace(" ", "") == word.casefold().replace(" ", ""):
            raise PasswordRefused("accounts.password_own_word")


def hash_password(password: str) -> str:
    with _AT_ONCE:
        return _HASHER.hash(_composed(password))


def is_password(password: str, kept: str | None) -> bool:
    """Takes as long for somebody unknown: whether an address is known cannot be timed."""
    known = kept if len(password) <= _LONGEST_TYPED else None
    try:
        with _AT_ONCE:
            _HASHER.verify(known or _nobodys(), _composed(password[:_LONGEST_TYPED]))
    except (Argon2Error, InvalidHashError):
        return False
    return known is not None


def needs_new_hash(kept: str) -> bool:
    return _HASHER.check_needs_rehash(kept)


def _composed(password: str) -> str:
    """The same letters typed on another keyboard are the same password."""
    return unicodedata.normalize("NFC", password)


@cache
def _leaked() -> frozenset[str]:
    from zxcvbn.frequency_lists import FREQUENCY_LISTS  # noqa: PLC0415 - read when one is chosen

    return frozenset(w for w in FREQUENCY_LISTS["passwords"] if len(w) >= LEAST_WITH_SECOND_FACTOR)


@cache
def _nobodys() -> str:
    return _HASHER.hash("nobody has this password")
