"""Routes that are met early answer, refuse and break as behind the framework's own router."""

from __future__ import annotations

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from app.errors import BadInput, Unavailable
from app.web.shell import add_shell


async def meet(request: Request) -> Response:
    match request.path_params["name"]:
        case "refused":
            raise BadInput("pages.form_token")
        case "unavailable":
            raise Unavailable("The database cannot be reached. Try again in a moment.")
        case "broken":
            raise RuntimeError("nobody foresaw this")
    return PlainTextResponse(request.path_params["name"])


def client(*, is_quick: bool) -> TestClient:
    app = FastAPI(openapi_url=None)
    routes = [Route("/met/{name}", meet, methods=["GET"])]
    add_shell(app, base_url="http://testserver", larger={}, quick=routes if is_quick else ())
    app.router.routes.extend(routes)
    return TestClient(app, raise_server_exceptions=False)


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/met/well", 200),
        ("HEAD", "/met/well", 200),
        ("GET", "/met/refused", 422),
        ("GET", "/met/unavailable", 503),
        ("GET", "/met/broken", 500),
        ("POST", "/met/well", 405),
        ("GET", "/met/well/further", 404),
    ],
)
def test_who_is_met_early_hears_the_same(method: str, path: str, status: int) -> None:
    early, late = (client(is_quick=is_quick).request(method, path) for is_quick in (True, False))
    assert early.status_code == status
    assert (early.status_code, early.headers, early.content) == (
        late.status_code,
        late.headers,
        late.content,
    )
