"""The identity provider that an installation names: where to send people, and who they are there.

OpenID Connect, authorization code flow with PKCE. Its addresses and keys are read from its own
discovery document when first needed, and kept for an hour.
"""

from __future__ import annotations

import asyncio
import threading
import time
from base64 import b64encode
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, Final, TypeVar
from urllib.parse import quote_plus, urlencode

from app import clock
from app.accounts.single_sign_on.asking import Refused, ask_json, refuse_unsafe
from app.errors import Misconfigured, Unavailable
from app.privacy.single_sign_on.id_token import (
    Expected,
    Identity,
    IdTokenRefused,
    KeyUnknown,
    read_id_token,
)

if TYPE_CHECKING:
    from app.privacy.single_sign_on.attempts import Attempt
    from app.settings import Settings

CALLBACK: Final = "/staff/oidc/callback"
KEPT_SECONDS: Final = 3600
# A few threads of their own: a provider that hangs must not hold up a resident's answer.
AT_ONCE: Final = 4
MOST_WAITING: Final = 40
_DISCOVERY: Final = "/.well-known/openid-configuration"
_ADDRESSES: Final = ("authorization_endpoint", "token_endpoint", "jwks_uri")
Outcome = TypeVar("Outcome")


class NotProven(Exception):
    """The provider, or what came in its name, does not say who this is. The reason is for logs."""


class IdentityProvider:
    """Refuses settings that do not fit when the process starts. Asks nobody before it must."""

    def __init__(self, settings: Settings) -> None:
        refuse_unsafe(settings.oidc_issuer)
        if not settings.oidc_client_id:
            raise Misconfigured("Set RAPPORT_OIDC_CLIENT_ID to the name it knows Rapport by.")
        self.name = settings.oidc_name
        self.issuer = settings.oidc_issuer
        self._known_as = settings.oidc_client_id
        self._secret = ""
        if settings.oidc_client_secret_file is not None:
            self._secret = settings.oidc_client_secret_file.read_text("utf-8").strip()
        self._back = settings.base_url.rstrip("/") + CALLBACK
        self._kept: dict[str, tuple[float, dict[str, Any]]] = {}
        self._lock = threading.Lock()
        self._threads = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="single-sign-on")
        self._waiting = 0

    async def address_for(self, attempt: Attempt) -> str:
        """Where the browser goes to sign in."""
        return await self._in_thread(lambda: self._address_for(attempt))

    async def prove(self, attempt: Attempt, code: str) -> Identity:
        """Who brought this code. Raises NotProven."""
        return await self._in_thread(lambda: self._prove(attempt, code))

    def close(self) -> None:
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def _in_thread(self, ask: Callable[[], Outcome]) -> Outcome:
        if self._waiting >= MOST_WAITING:
            raise Unavailable("Too many people are signing in at once. Try again in a moment.")
        self._waiting += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._threads, ask)
        finally:
            self._waiting -= 1

    def _address_for(self, attempt: Attempt) -> str:
        try:
            address = self._found("authorization_endpoint")
        except Refused as exc:
            raise NotProven(str(exc)) from exc
        asked = {
            "response_type": "code",
            "client_id": self._known_as,
            "redirect_uri": self._back,
            "scope": "openid email",
            "state": attempt.state,
            "nonce": attempt.nonce,
            "code_challenge": attempt.challenge,
            "code_challenge_method": "S256",
        }
        return f"{address}{'&' if '?' in address else '?'}{urlencode(asked)}"

    def _prove(self, attempt: Attempt, code: str) -> Identity:
        expected = Expected(self.issuer, self._known_as, attempt.nonce)
        try:
            token = self._id_token(attempt, code)
            try:
                return read_id_token(token, self._keys(), expected, clock.now())
            except KeyUnknown:  # it changes its keys now and then
                return read_id_token(token, self._keys(anew=True), expected, clock.now())
        except (Refused, IdTokenRefused) as exc:
            raise NotProven(str(exc)) from exc

    def _id_token(self, attempt: Attempt, code: str) -> str:
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self._back,
            "code_verifier": attempt.verifier,
        }
        headers = {}
        if self._secret:  # RFC 6749, 2.3.1
            pair = f"{quote_plus(self._known_as)}:{quote_plus(self._secret)}"
            headers["Authorization"] = f"Basic {b64encode(pair.encode()).decode()}"
        else:
            form["client_id"] = self._known_as
        token = ask_json(self._found("token_endpoint"), form, headers).get("id_token")
        if not isinstance(token, str):
            raise Refused("the provider gave no ID token")
        return token

    def _keys(self, *, anew: bool = False) -> dict[str, Any]:
        return self._asked(self._found("jwks_uri"), anew=anew)

    def _found(self, name: str) -> str:
        document = self._asked(self.issuer.rstrip("/") + _DISCOVERY)
        if document.get("issuer") != self.issuer:
            raise Refused("the discovery document is another issuer's")
        for each in _ADDRESSES:
            if not isinstance(document.get(each), str):
                raise Refused(f"the discovery document lacks {each}")
        address = str(document[name])
        try:
            refuse_unsafe(address)
        except Misconfigured as exc:
            raise Refused(f"{name} is no safe address") from exc
        return address

    def _asked(self, address: str, *, anew: bool = False) -> dict[str, Any]:
        with self._lock:
            since, found = self._kept.get(address, (0.0, None))
            if found is not None and not anew and time.monotonic() - since < KEPT_SECONDS:
                return found
        found = ask_json(address)
        with self._lock:
            self._kept[address] = time.monotonic(), found
        return found


def identity_provider(settings: Settings) -> IdentityProvider | None:
    return IdentityProvider(settings) if settings.oidc_issuer else None
