"""Whatever is served, by whatever route and to whomever: every answer carries every header."""

from __future__ import annotations

import re

from fastapi import FastAPI
from fastapi.routing import iter_route_contexts
from fastapi.testclient import TestClient

from tests.integration.pages.test_shell import ALWAYS

PART = re.compile(r"\{[^}]*\}")
KEPT_FOR_LONG = "immutable"  # a script whose name holds its hash


def test_no_route_answers_without_the_headers(site: FastAPI, client: TestClient) -> None:
    paths = sorted({context.path for context in iter_route_contexts(site.routes) if context.path})
    assert len(paths) > 20
    for path in paths:
        for method in ("GET", "POST", "DELETE"):
            answer = client.request(method, PART.sub("0000000000", path), follow_redirects=False)
            missing = {
                name
                for name, value in ALWAYS.items()
                if answer.headers.get(name) != value
                and not (name == "cache-control" and KEPT_FOR_LONG in answer.headers[name])
            }
            assert not missing, (method, path, answer.status_code)
            policy = answer.headers["content-security-policy"]
            assert "default-src 'none'" in policy, (method, path)
            assert "unsafe" not in policy, (method, path)
            assert not {"server", "x-powered-by"} & set(answer.headers)
