"""What a staff browser or a one-time link holds: 256 random bits, of which we keep a hash."""

from __future__ import annotations

import hashlib
import re
import secrets
from typing import Final, NamedTuple

from app.privacy.identifiers import AGENCY_KEY_LENGTH, CROCKFORD

_SECRET_CHARACTERS: Final = 43  # 32 bytes in URL-safe base64
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
