"""Reads the ID token of an identity provider: who signed in there, by which of its signed words.

Checked here: the signature by one of the provider's own keys (never a shared one, never none), the
issuer, the audience, the nonce of this very attempt, the times. OpenID Connect Core 1.0, 3.1.3.7.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

# Signed with a key that the provider alone holds. The shared ones (HS256) and none are not here.
ALGORITHMS: Final = (
    *("RS256", "RS384", "RS512", "PS256", "PS384", "PS512"),
    *("ES256", "ES384", "ES512"),
)
LEEWAY_SECONDS: Final = 60
OLDEST_SECONDS: Final = 600
LONGEST_SUBJECT: Final = 255
# RFC 8176: several factors were used. What single factors are worth, providers do not agree on.
SEVERAL_FACTORS: Final = "mfa"


class IdTokenRefused(Exception):
    """Carries no part of the token: what it says may be logged."""


class KeyUnknown(IdTokenRefused):
    """The provider may have changed its keys since they were fetched."""


@dataclass(frozen=True, slots=True)
class Expected:
    issuer: str
    audience: str
    nonce: str


@dataclass(frozen=True, slots=True)
class Identity:
    """Who it is there. `digest` stands for issuer and subject, and never changes.

    `email` only where the provider says that it was verified.
    """

    digest: bytes
    email: str | None
    has_second_factor: bool


def read_id_token(
    text: str, keys: Mapping[str, Any], expected: Expected, now: datetime
) -> Identity:
    """Raises IdTokenRefused. `keys` is the provider's key set (RFC 7517)."""
    from authlib.oidc.core import CodeIDToken  # noqa: PLC0415 - 0.2 s, for few processes
    from joserfc.errors import JoseError  # noqa: PLC0415 - as above

    header, claims = _signed(text, keys)
    token = CodeIDToken(
        claims,
        header,
        options={
            "iss": {"essential": True, "value": expected.issuer},
            "aud": {"essential": True, "value": expected.audience},
            "nonce": {"essential": True, "value": expected.nonce},
        },
        params={"nonce": expected.nonce, "client_id": expected.audience},
    )
    try:
        token.validate(now=int(now.timestamp()), leeway=LEEWAY_SECONDS)
    except JoseError as exc:
        raise IdTokenRefused(f"claim refused: {exc.error}") from exc
    if token["iat"] < now.timestamp() - OLDEST_SECONDS:
        raise IdTokenRefused("the token is old")
    return _identity(claims, expected.issuer)


def _signed(text: str, keys: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    from joserfc import jwt  # noqa: PLC0415 - as above
    from joserfc.errors import InvalidKeyIdError, JoseError  # noqa: PLC0415 - as above
    from joserfc.jwk import KeySet  # noqa: PLC0415 - as above
    from joserfc.jws import JWSRegistry  # noqa: PLC0415 - as above

    registry = JWSRegistry(algorithms=ALGORITHMS, strict_check_header=False)
    try:
        key_set = KeySet.import_key_set({"keys": list(keys["keys"])})
        token = jwt.decode(text, key_set, registry=registry)
    except InvalidKeyIdError as exc:
        raise KeyUnknown("signed with an unknown key") from exc
    except (JoseError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as exc:
        raise IdTokenRefused(f"signature refused: {type(exc).__name__}") from exc
    return token.header, token.claims


def _identity(claims: Mapping[str, Any], issuer: str) -> Identity:
    subject, email, methods = claims["sub"], claims.get("email"), claims.get("amr")
    if not 0 < len(subject) <= LONGEST_SUBJECT:
        raise IdTokenRefused("the subject is empty or too long")
    if not isinstance(email, str) or claims.get("email_verified") is not True:
        email = None
    return Identity(
        digest=identity_digest(issuer, subject),
        email=None if email is None else email.strip().lower(),
        has_second_factor=isinstance(methods, list) and SEVERAL_FACTORS in methods,
    )


def identity_digest(issuer: str, subject: str) -> bytes:
    named = f"identity v1\n{issuer}\n{subject}"
    return hashlib.sha256(named.encode("utf-8", "surrogatepass")).digest()
