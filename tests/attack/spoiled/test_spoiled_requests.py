"""Spoiled requests at every route: paths, queries, headers, bodies. Never a fault of our own."""

from __future__ import annotations

import random
import re
import resource
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import pytest
from fastapi import FastAPI
from fastapi.routing import iter_route_contexts
from fastapi.testclient import TestClient

from app.accounts.roles import Role
from app.db import Database
from app.main import create_app
from app.privacy.count_keys import CountKeyStore
from app.settings import Settings
from tests.attack.spoiled.spoiler import spoil
from tests.integration.accounts.people import hire
from tests.integration.pages.desk import sign_in
from tests.integration.pages.site import Fielded, field

SEED: Final = 20261121
MOST_GROWTH: Final = 50 * 2**20
METHODS: Final = (
    "GET",
    "GET",
    "HEAD",
    "POST",
    "POST",
    "PUT",
    "PATCH",
    "DELETE",
    "OPTIONS",
    "TRACE",
)
HEADERS: Final = (
    "accept",
    "accept-encoding",
    "accept-language",
    "authorization",
    "content-type",
    "cookie",
    "expect",
    "host",
    "idempotency-key",
    "if-none-match",
    "origin",
    "range",
    "referer",
    "sec-fetch-site",
    "user-agent",
    "x-forwarded-for",
)
VALUES: Final = (
    "*/*;q=x",
    "application/json",
    "application/x-www-form-urlencoded",
    "multipart/form-data; boundary=b",
    "multipart/form-data",
    "text/html;charset=utf-7",
    "gzip, br;q=0.0000001, ,;",
    "en-" + "x" * 5000,
    "ar;q=2, zh-Hant-TW;q=-1, *",
    "bytes=0-,-1",
    "Bearer " + "A" * 300,
    "same-origin",
    "__Host-staff=" + "%00" * 40,
    "null",
    "100-continue",
)
BODIES: Final = (
    b'--b\r\nContent-Disposition: form-data; name="t1"; filename="../x"\r\n\r\n3\r\n--b--\r\n',
    b"--b\r\n\r\n--b",
    b"_token=x&_lang=en&t1=3&t1=4",
    b"&".join(b"t1=3" for _ in range(3000)),
    b'{"title": {"en": "x"}, "areas": [1, 2, {}]}',
    b"%ff%00=%u0000&" * 50,
    b"\x1f\x8b\x08\x00 not gzip",
)
_PART: Final = re.compile(r"\{[^}]*\}")
ROLES: Final[Sequence[Role | None]] = (None, "owner", "fieldwork")


@pytest.fixture
def site(database_url: str, tmp_path: Path) -> FastAPI:
    return create_app(
        Settings(
            database_url=database_url,
            web_key_store=tmp_path / "web-keys",
            web_master_file=tmp_path / "secrets" / "web-master",
        )
    )


@pytest.fixture
def fielded(database: Database, count_keys: CountKeyStore) -> Fielded:
    return field(database, count_keys)


@pytest.fixture
def ways(site: FastAPI, fielded: Fielded) -> list[str]:
    """Every path that is served, as it is written and with what is really there."""
    known = fielded.path.rsplit("/", 1)[1]
    paths = sorted({context.path for context in iter_route_contexts(site.routes) if context.path})
    return [*paths, *(_PART.sub(known, path) for path in paths), fielded.path]


def spoiled_request(ways: list[str], rng: random.Random) -> dict[str, Any]:
    path = _PART.sub(
        lambda _: rng.choice(("1", "zzz", "%2e%2e", "%00", "A" * 300)), rng.choice(ways)
    )
    if rng.random() < 0.2:
        path = "/" + spoil(path.encode(), rng)[:2000].decode("latin-1").lstrip("/")
    query = spoil(b"lang=en&page=2&cursor=abc", rng)[:2000].decode("latin-1")
    names = rng.sample(HEADERS, rng.randint(0, 4))
    body = rng.choice(BODIES)
    return {
        "method": rng.choice(METHODS),
        "path": path,
        "query": query if rng.random() < 0.3 else "",
        "headers": [(name.encode(), _value(rng)) for name in names],
        "body": spoil(body, rng) if rng.random() < 0.6 else body,
    }


def _value(rng: random.Random) -> bytes:
    value = rng.choice(VALUES).encode()
    return re.sub(rb"[\r\n\0]", b"", spoil(value, rng)) if rng.random() < 0.4 else value


def send(client: TestClient, request: dict[str, Any]) -> int:
    """Past the client's own manners: as raw as a socket brings it."""
    status = 0
    whole = [{"type": "http.request", "body": request["body"], "more_body": False}]

    async def receive() -> dict[str, Any]:
        return whole.pop() if whole else {"type": "http.disconnect"}

    async def answer(message: dict[str, Any]) -> None:
        nonlocal status
        if message["type"] == "http.response.start":
            status = message["status"]

    raw = request["path"].encode("latin-1")
    scope = {
        "type": "http",
        "http_version": "1.1",
        "method": request["method"],
        "scheme": "http",
        "path": raw.decode("utf-8", "replace"),
        "raw_path": raw,
        "query_string": request["query"].encode("latin-1"),
        "headers": [*request["headers"], *cookie_of(client)],
        "client": ("203.0.113.7", 1234),
        "server": ("testserver", 80),
        "root_path": "",
        "state": {},
    }
    assert client.portal is not None
    client.portal.call(client.app, scope, receive, answer)
    return status


def cookie_of(client: TestClient) -> list[tuple[bytes, bytes]]:
    jar = "; ".join(f"{cookie.name}={cookie.value}" for cookie in client.cookies.jar)
    return [(b"cookie", jar.encode())] if jar else []


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("requests", [600, pytest.param(5000, marks=pytest.mark.proof)])
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_no_request_finds_a_fault(
    site: FastAPI,
    database: Database,
    fielded: Fielded,
    ways: list[str],
    role: Role | None,
    requests: int,
) -> None:
    rng = random.Random(f"{SEED} {role}")
    with TestClient(site, raise_server_exceptions=False) as client:
        if role is not None:
            sign_in(client, hire(database, fielded.agency_id, role))
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        statuses: Counter[int] = Counter()
        for _ in range(requests):
            request = spoiled_request(ways, rng)
            status = send(client, request)
            statuses[status] += 1
            assert 200 <= status < 500, request
    assert 1024 * (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) < MOST_GROWTH
    assert {404, 405} <= statuses.keys()
