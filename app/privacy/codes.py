"""Codes on cards and flyers: made here, told once, and known again by a keyed hash alone.

    code = 10 random characters of Crockford's base 32 (50 bits) || check character
    tag  = HMAC-SHA256(k_ledger of the wave, "code v1" || collector || code)[:16]

The check character is a sum over GF(32) with a new power of 2 at each place: it notices any one
wrong character and any two that changed places. Without k_ledger nobody can try codes against the
tags; the key goes when the wave has ended, and the tags are deleted when it is counted.
"""

from __future__ import annotations

import hmac
import unicodedata
from typing import Final

from app.privacy.identifiers import CROCKFORD, random_characters
from app.privacy.web_keys import WebKeyStore

RANDOM_CHARACTERS: Final = 10
CODE_CHARACTERS: Final = RANDOM_CHARACTERS + 1
LONGEST_TYPED: Final = 64
TAG_BYTES: Final = 16
_GROUP: Final = 4
_SIZE: Final = 32
_POLYNOMIAL: Final = 0b100101  # x^5 + x^2 + 1: its powers of 2 run through all 31 others
_MEANT: Final = str.maketrans({"o": "0", "i": "1", "l": "1"})
_BETWEEN: Final = frozenset("-\N{HYPHEN}\N{NON-BREAKING HYPHEN}\N{EN DASH}\N{EM DASH}_.")


def new_code() -> str:
    body = random_characters(RANDOM_CHARACTERS)
    return body + _check_character(body)


def spell_code(code: str) -> str:
    """As it stands on a card: 7K3F-9QXM-2TA."""
    places = range(0, CODE_CHARACTERS, _GROUP)
    return "-".join(code[place : place + _GROUP] for place in places).upper()


def read_code(typed: str) -> str | None:
    """However it was typed: case, spaces, hyphens, O for 0 and the digits of any script.

    None: nobody was ever given this code, it is a mistake in typing.
    """
    if len(typed) > LONGEST_TYPED:
        return None
    code = "".join(map(_plain, unicodedata.normalize("NFKC", typed))).translate(_MEANT)
    if len(code) != CODE_CHARACTERS or not set(code) <= set(CROCKFORD):
        return None
    return code if _check_character(code[:-1]) == code[-1] else None


class CodeTags:
    """Knows codes again by the ledger keys of the web key store."""

    def __init__(self, web_keys: WebKeyStore) -> None:
        self._keys = web_keys

    def tag(self, wave_id: str, collector_id: str, code: str) -> bytes:
        message = f"code v1{collector_id}{code}".encode()
        return hmac.new(self._keys.ledger_key(wave_id), message, "sha256").digest()[:TAG_BYTES]


def _plain(sign: str) -> str:
    if sign in _BETWEEN or sign.isspace() or unicodedata.category(sign) == "Cf":
        return ""
    digit = unicodedata.digit(sign, None)
    return sign.lower() if digit is None else str(digit)


def _check_character(body: str) -> str:
    total = 0
    for sign in body:
        total = _doubled(total ^ CROCKFORD.index(sign))
    return CROCKFORD[total]


def _doubled(number: int) -> int:
    number <<= 1
    return number ^ _POLYNOMIAL if number & _SIZE else number
