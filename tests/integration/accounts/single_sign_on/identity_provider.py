"""A small identity provider: discovery, keys, codes with PKCE. Attacks bend what it says."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, unquote_plus, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import ECKey

from app import clock

CLIENT = "rapport at city hall"
BETWEEN_US = "between us:only"
Claims = dict[str, Any]


def new_key(kid: str) -> ECKey:
    return ECKey.generate_key("P-256", {"kid": kid, "use": "sig", "alg": "ES256"})


@dataclass
class Provider:
    """`person` is who sits at the browser; `bend` changes what is signed, `sign` how."""

    issuer: str = ""
    person: Claims = field(default_factory=lambda: {"sub": "4711"})
    key: ECKey = field(default_factory=lambda: new_key("first"))
    bend: Callable[[Claims], Claims] = lambda claims: claims
    sign: Callable[[Provider, Claims], str] | None = None
    published_issuer: str | None = None
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    asked_for_keys: int = 0

    def id_token(self, grant: dict[str, str]) -> str:
        now = int(clock.now().timestamp())
        claims = self.bend(
            {
                "iss": self.issuer,
                "aud": CLIENT,
                "iat": now,
                "exp": now + 300,
                "nonce": grant["nonce"],
                **self.person,
            }
        )
        if self.sign is not None:
            return self.sign(self, claims)
        return jwt.encode({"alg": "ES256", "kid": self.key.kid}, claims, self.key)

    def documents(self, path: str) -> Claims | None:
        if path == "/.well-known/openid-configuration":
            return {
                "issuer": self.published_issuer or self.issuer,
                "authorization_endpoint": f"{self.issuer}/authorize",
                "token_endpoint": f"{self.issuer}/token",
                "jwks_uri": f"{self.issuer}/keys",
            }
        if path == "/keys":
            self.asked_for_keys += 1
            return {"keys": [self.key.as_dict(private=False)]}
        return None

    def authorize(self, asked: dict[str, str]) -> str:
        """Where the browser goes back to, with a code for once."""
        assert (asked["response_type"], asked["client_id"]) == ("code", CLIENT)
        assert asked["code_challenge_method"] == "S256"
        assert "openid" in asked["scope"].split()
        code = secrets.token_urlsafe(16)
        self.codes[code] = asked
        back = {"code": code, "state": asked["state"], "iss": self.issuer}
        return f"{asked['redirect_uri']}?{urlencode(back)}"

    def exchange(self, form: dict[str, str], authorization: str) -> Claims | None:
        """None where client, code, place or verifier are not those of the request."""
        pair = base64.b64decode(authorization.removeprefix("Basic ")).decode()
        client, _, secret = pair.partition(":")
        grant = self.codes.pop(form["code"], None)
        if grant is None or (unquote_plus(client), unquote_plus(secret)) != (CLIENT, BETWEEN_US):
            return None
        digest = hashlib.sha256(form["code_verifier"].encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        if (challenge, form["redirect_uri"]) != (grant["code_challenge"], grant["redirect_uri"]):
            return None
        return {"access_token": "x", "token_type": "Bearer", "id_token": self.id_token(grant)}


class _Desk(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        if parts.path == "/authorize":
            self.send_response(302)
            self.send_header("Location", self._provider.authorize(dict(parse_qsl(parts.query))))
            self.end_headers()
            return
        self._send(self._provider.documents(parts.path), 404)

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        sent = dict(parse_qsl(body))
        self._send(self._provider.exchange(sent, self.headers.get("Authorization", "")), 400)

    @property
    def _provider(self) -> Provider:
        return self.server.provider  # type: ignore[attr-defined,no-any-return] # set below

    def _send(self, document: Claims | None, status: int) -> None:
        content = json.dumps(document or {"error": "invalid_grant"}).encode()
        self.send_response(status if document is None else 200)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def identity_provider() -> Iterator[Provider]:
    provider = Provider()
    with ThreadingHTTPServer(("127.0.0.1", 0), _Desk) as server:
        server.daemon_threads = True
        server.provider = provider  # type: ignore[attr-defined] # for the desk
        provider.issuer = f"http://127.0.0.1:{server.server_address[1]}"
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        try:
            yield provider
        finally:
            server.shutdown()
            thread.join()


def signed_in_there(address: str) -> str:
    """The person signs in at the provider: where it sends the browser, without the host."""
    parts = urlsplit(address)
    connection = HTTPConnection(parts.netloc, timeout=30)
    connection.request("GET", f"{parts.path}?{parts.query}")
    answer = connection.getresponse()
    assert answer.status == 302, answer.read()
    back = urlsplit(answer.getheader("Location", ""))
    connection.close()
    return f"{back.path}?{back.query}"
