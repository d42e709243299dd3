"""Refuses unsafe requests that another site made in the visitor's name."""

from __future__ import annotations

from http import HTTPStatus
from typing import Final

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from app.errors import AppError
from app.web.error_pages import answer_error

_SAFE_METHODS: Final = frozenset({"GET", "HEAD", "OPTIONS"})


class ForeignOrigin(AppError):
    code = "foreign_origin"
    status = HTTPStatus.FORBIDDEN


class OriginCheck:
    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and is_foreign(scope["method"], Headers(scope=scope)):
            refusal = ForeignOrigin("pages.foreign_origin")
            await answer_error(Request(scope), refusal)(scope, receive, send)
        else:
            await self._app(scope, receive, send)


def is_foreign(method: str, headers: Headers) -> bool:
    """Our pages send no referrer, so older browsers give the origin of our own forms as `null`."""
    if method in _SAFE_METHODS:
        return False
    site = headers.get("sec-fetch-site")
    if site is not None:
        return site not in {"same-origin", "none"}
    origin = headers.get("origin", "null")
    if origin == "null":
        return "cookie" in headers
    return origin.lower().partition("://")[2] != headers.get("host", "").lower()
