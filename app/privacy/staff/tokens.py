"""What a browser, a one-time link or a program holds: 256 random bits, of which we keep a hash."""

from __future__ import annotations

import hashlib
import re
import secrets
from typing import Final, NamedTuple

from app.privacy.identifiers import AGENCY_KEY_LENGTH, CROCKFORD

_SECRET_CHARACTERS: Final = 43  # 32 bytes in URL-safe base64
# Its own beginning lets scanners of source code find a token that somebody left there.
API_PREFIX: Final = "rapport_"
_TOKEN: Final = re.compile(
    rf"([{CROCKFORD}]{{{AGENCY_KEY_LENGTH}}})\.([A-Za-z0-9_-]{{{_SECRET_CHARACTERS}}})"
)


class StaffToken(NamedTuple):
    """Its agency, which finds the row, and the digest, which is all that the row holds."""

    agency_id: str
    digest: bytes


def new_staff_token(agency_id: str) -> str:
    return f"{agency_id}.{secrets.token_urlsafe(32)}"


def read_staff_token(text: str) -> StaffToken | None:
    """None when it cannot be one of ours."""
    found = _TOKEN.fullmatch(text)
    if found is None:
        return None
    return StaffToken(found[1], hashlib.sha256(text.encode()).digest())


def new_api_token(agency_id: str) -> str:
    return API_PREFIX + new_staff_token(agency_id)


def read_api_token(text: str) -> StaffToken | None:
    """None when it cannot be one of ours. What a browser holds is none."""
    return read_staff_token(text.removeprefix(API_PREFIX)) if text.startswith(API_PREFIX) else None
