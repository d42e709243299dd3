"""What a partner states to the server, signed by the key that only the holder of the wave has."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from analysis.codebook import canonical_json
from app.errors import BadInput

if TYPE_CHECKING:
    from collections.abc import Mapping

    from app.privacy.partner.key_file import PartnerKey


def sign_statement(key: PartnerKey, statement: Mapping[str, Any]) -> str:
    """A text to hand over: the statement, and its signature."""
    signature = key.sign(canonical_json(statement).encode())
    return json.dumps({"statement": dict(statement), "signature": signature.hex()}) + "\n"


def read_statement(text: str, statement_key: bytes) -> dict[str, Any]:
    """What was stated; refused when it is not signed by this key."""
    try:
        document: Any = json.loads(text)
        statement: dict[str, Any] = dict(document["statement"])
        signature = bytes.fromhex(document["signature"])
        Ed25519PublicKey.from_public_bytes(statement_key).verify(
            signature, canonical_json(statement).encode()
        )
    except (ValueError, TypeError, KeyError, RecursionError) as exc:
        raise BadInput("custody.no_statement") from exc
    except InvalidSignature as exc:
        raise BadInput("custody.not_signed") from exc
    return statement
