"""Reads a request body before anything else does, and answers 413 once it grows too long.

It counts what arrives and believes no Content-Length. FastAPI's own limit answers in bare text.
Some paths take files. Who sends one is known only when it is read, so a few are in memory at once
and no more, and none may be long on its way.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Final

from starlette.requests import ClientDisconnect, Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.errors import TooLarge, Unavailable
from app.web.error_pages import answer_error

BODY_BYTES: Final = 64 * 1024
FILES_AT_ONCE: Final = 8
FILE_SECONDS: Final = 120
_BODYLESS_METHODS: Final = frozenset({"GET", "HEAD", "OPTIONS"})


class BodyLimit:
    def __init__(
        self, app: ASGIApp, limit: int = BODY_BYTES, larger: Mapping[str, int] | None = None
    ) -> None:
        """`larger` holds the paths, by how they begin, that take more."""
        self._app = app
        self._limit = limit
        self._larger = dict(larger or {})
        self._files = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] in _BODYLESS_METHODS:
            await self._app(scope, receive, send)
            return
        try:
            body, is_file = await self._read(receive, self._limit_of(scope["path"]))
        except (TooLarge, Unavailable) as refusal:
            await answer_error(Request(scope), refusal)(scope, receive, send)
            return
        except ClientDisconnect:
            return
        whole: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

        async def receive_again() -> Message:
            return whole.pop() if whole else await receive()

        try:
            await self._app(scope, receive_again, send)
        finally:
            self._files -= is_file

    def _limit_of(self, path: str) -> int:
        for start, most in self._larger.items():
            if path.startswith(start):
                return most
        return self._limit

    async def _read(self, receive: Receive, limit: int) -> tuple[bytes, bool]:
        """Whether it is a file, which holds its place until it is answered."""
        parts: list[bytes] = []
        size = 0
        while size <= self._limit:
            part, is_last = await _part(receive)
            size += len(part)
            _refuse_longer(size, limit)
            parts.append(part)
            if is_last:
                return b"".join(parts), False
        if self._files >= FILES_AT_ONCE:
            raise Unavailable("pages.many_files")
        self._files += 1
        try:
            async with asyncio.timeout(FILE_SECONDS):
                return await _rest(receive, parts, size, limit), True
        except BaseException as exc:
            self._files -= 1
            if isinstance(exc, TimeoutError):
                raise Unavailable("pages.slow_file") from exc
            raise


async def _rest(receive: Receive, parts: list[bytes], size: int, limit: int) -> bytes:
    is_last = False
    while not is_last:
        part, is_last = await _part(receive)
        size += len(part)
        _refuse_longer(size, limit)
        parts.append(part)
    return b"".join(parts)


def _refuse_longer(size: int, limit: int) -> None:
    if size > limit:
        raise TooLarge("pages.too_large", most=limit // 1024)


async def whole_body(receive: Receive) -> bytes:
    """For who stands behind the limit, which hands on one message: Request takes longer to ask."""
    return (await _part(receive))[0]


async def _part(receive: Receive) -> tuple[bytes, bool]:
    message = await receive()
    if message["type"] == "http.disconnect":
        raise ClientDisconnect
    return message.get("body", b""), not message.get("more_body", False)
