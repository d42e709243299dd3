"""Reads a request body before anything else does, and answers 413 once it grows too long.

It counts what arrives and believes no Content-Length. FastAPI's own limit answers in bare text.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from starlette.requests import ClientDisconnect, Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.errors import TooLarge
from app.web.error_pages import answer_error

BODY_BYTES: Final = 64 * 1024
_BODYLESS_METHODS: Final = frozenset({"GET", "HEAD", "OPTIONS"})


class BodyLimit:
    def __init__(
        self, app: ASGIApp, limit: int = BODY_BYTES, larger: Mapping[str, int] | None = None
    ) -> None:
        """`larger` holds the paths, by how they begin, that take more."""
        self._app = app
        self._limit = limit
        self._larger = dict(larger or {})

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] in _BODYLESS_METHODS:
            await self._app(scope, receive, send)
            return
        try:
            body = await self._read(receive, self._limit_of(scope["path"]))
        except TooLarge as refusal:
            await answer_error(Request(scope), refusal)(scope, receive, send)
            return
        except ClientDisconnect:
            return
        whole: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

        async def receive_again() -> Message:
            return whole.pop() if whole else await receive()

        await self._app(scope, receive_again, send)

    def _limit_of(self, path: str) -> int:
        found = (most for start, most in self._larger.items() if path.startswith(start))
        return next(found, self._limit)

    async def _read(self, receive: Receive, limit: int) -> bytes:
        parts: list[bytes] = []
        size = 0
        while True:
            message = await receive()
            if message["type"] == "http.disconnect":
                raise ClientDisconnect
            part: bytes = message.get("body", b"")
            size += len(part)
            if size > limit:
                raise TooLarge("pages.too_large", most=limit // 1024)
            parts.append(part)
            if not message.get("more_body", False):
                return b"".join(parts)
