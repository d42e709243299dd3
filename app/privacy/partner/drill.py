"""The restore drill: each copy of a partner's key opens a sealed challenge before a wave may open.

    secret   = 32 random bytes, sealed to the wave's public key like an answer sheet
    answer n = HMAC-SHA256(secret, "copy n"), its first 80 bits in Crockford's base 32

The server keeps the sealed secret and a hash of each answer: it cannot answer by itself.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from app.privacy.identifiers import BITS_PER_CHARACTER, CROCKFORD
from app.privacy.partner.key_file import COPIES
from app.privacy.seal import open_sealed, seal

if TYPE_CHECKING:
    from app.privacy.partner.key_file import PartnerKey

ANSWER_CHARACTERS: Final = 16
_GROUP: Final = 4
_SECRET_BYTES: Final = 32
_READ_AS: Final = str.maketrans({"o": "0", "i": "1", "l": "1"})


@dataclass(frozen=True, slots=True)
class Drill:
    """`answers`: for each copy the hash by which its answer is known."""

    challenge: bytes
    answers: dict[int, str]


def new_drill(public_key: bytes, wave_id: str) -> Drill:
    secret = secrets.token_bytes(_SECRET_BYTES)
    answers = {copy: _hash_of(_answer(secret, copy)) for copy in COPIES}
    return Drill(seal(secret, public_key, _place(wave_id)), answers)


def answer_drill(key: PartnerKey, challenge: bytes, wave_id: str) -> str:
    """Raises SealBroken."""
    answer = _answer(open_sealed(challenge, key.private, _place(wave_id)), key.copy)
    return "-".join(answer[at : at + _GROUP] for at in range(0, ANSWER_CHARACTERS, _GROUP)).upper()


def confirmed_copy(answers: dict[int, str], typed: str) -> int | None:
    """The number of the copy that gave this answer; None when no copy did."""
    plain = "".join(typed.split()).replace("-", "").lower().translate(_READ_AS)
    found = [c for c, kept in answers.items() if hmac.compare_digest(_hash_of(plain), kept)]
    return found[0] if found else None


def _answer(secret: bytes, copy: int) -> str:
    digest = hmac.new(secret, b"copy %d" % copy, "sha256").digest()
    number = int.from_bytes(digest, "big")
    return "".join(
        CROCKFORD[(number >> (place * BITS_PER_CHARACTER)) & 0b11111]
        for place in range(ANSWER_CHARACTERS)
    )


def _hash_of(answer: str) -> str:
    return hashlib.sha256(answer.encode()).hexdigest()


def _place(wave_id: str) -> str:
    """A challenge can never be taken for a sheet of the wave."""
    return f"drill {wave_id}"
