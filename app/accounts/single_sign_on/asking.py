"""Asks an identity provider over HTTP: nobody else is asked, no redirect is followed."""

from __future__ import annotations

import http.client
import json
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import SplitResult, urlencode, urlsplit

from app.errors import Misconfigured
from app.privacy.staff.tls import verified_tls

SECONDS: Final = 10
MOST_BYTES: Final = 512 * 1024
LOOPBACK: Final = frozenset({"127.0.0.1", "::1", "localhost"})


class Refused(Exception):
    """No answer that can be used. Says why, for logs."""


def refuse_unsafe(address: str) -> None:
    """Without TLS anybody on the way could say who somebody is; on one machine there is no way."""
    if not _is_safe(address):
        raise Misconfigured(
            f"{address[:200]} is no address of an identity provider: it must begin with https://."
        )


def _is_safe(address: str) -> bool:
    try:
        parts, _ = urlsplit(address), urlsplit(address).port
    except ValueError:
        return False
    is_private = parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOOPBACK)
    return is_private and bool(parts.hostname) and parts.username is None


def ask_json(
    address: str, form: Mapping[str, str] | None = None, headers: Mapping[str, str] | None = None
) -> dict[str, Any]:
    """A JSON object; with `form`, it is posted."""
    refuse_unsafe(address)
    parts = urlsplit(address)
    body = None if form is None else urlencode(form)
    sent = {"Accept": "application/json", "Connection": "close", **(headers or {})}
    if body is not None:
        sent["Content-Type"] = "application/x-www-form-urlencoded"
    connection = _connected(parts)
    try:
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        connection.request("GET" if body is None else "POST", path, body, sent)
        answer = connection.getresponse()
        status, content = answer.status, answer.read(MOST_BYTES + 1)
    except (OSError, http.client.HTTPException, ValueError) as exc:  # ValueError: no such address
        raise Refused(f"the provider cannot be reached: {type(exc).__name__}") from exc
    finally:
        connection.close()
    return _object(status, content)


def _connected(parts: SplitResult) -> http.client.HTTPConnection:
    host = parts.hostname or ""
    if parts.scheme == "http":
        return http.client.HTTPConnection(host, parts.port, timeout=SECONDS)
    return http.client.HTTPSConnection(host, parts.port, timeout=SECONDS, context=verified_tls())


def _object(status: int, content: bytes) -> dict[str, Any]:
    if status != http.client.OK or len(content) > MOST_BYTES:
        raise Refused(f"the provider answered {status}, {len(content)} bytes")
    try:
        found = json.loads(content)
    except (ValueError, RecursionError) as exc:
        raise Refused("the provider answered with no JSON") from exc
    if not isinstance(found, dict):
        raise Refused("the provider answered with no JSON object")
    return found
