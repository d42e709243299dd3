"""Files are longer than other bodies: few at once are read, and none for ever."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest
from starlette.types import Message, Receive, Scope, Send

from app.web.shell import body_limit
from app.web.shell.body_limit import BODY_BYTES, FILES_AT_ONCE, BodyLimit

LONG = b"x" * (BODY_BYTES + 1)


def scope(path: str) -> Scope:
    return {"type": "http", "method": "POST", "path": path, "headers": [], "query_string": b""}


async def sent(limit: BodyLimit, path: str, receive: Receive) -> int:
    statuses: list[int] = []

    async def send(message: Message) -> None:
        if message["type"] == "http.response.start":
            statuses.append(message["status"])

    await limit(scope(path), receive, send)
    return statuses[0]


async def echo(_scope: Scope, receive: Receive, send: Send) -> None:
    message = await receive()
    status = 200 if len(message["body"]) else 204
    await send({"type": "http.response.start", "status": status, "headers": []})
    await send({"type": "http.response.body", "body": b""})


def arriving(*parts: bytes) -> Receive:
    coming: Iterator[tuple[int, bytes]] = iter(enumerate(parts, 1))

    async def receive() -> Message:
        number, body = next(coming)
        return {"type": "http.request", "body": body, "more_body": number < len(parts)}

    return receive


def test_a_few_files_are_read_at_once_and_short_bodies_always() -> None:
    async def drill() -> None:
        limit, go_on = BodyLimit(echo, larger={"/files": 10 * BODY_BYTES}), asyncio.Event()

        async def stalled() -> int:
            first = True

            async def receive() -> Message:
                nonlocal first
                if first:
                    first = False
                    return {"type": "http.request", "body": LONG, "more_body": True}
                await go_on.wait()
                return {"type": "http.request", "body": b"x", "more_body": False}

            return await sent(limit, "/files", receive)

        waiting = [asyncio.create_task(stalled()) for _ in range(FILES_AT_ONCE)]
        await asyncio.sleep(0)
        assert await sent(limit, "/files", arriving(LONG, b"x")) == 503
        assert await sent(limit, "/files", arriving(b"x" * BODY_BYTES)) == 200
        assert await sent(limit, "/other", arriving(LONG)) == 413
        go_on.set()
        assert await asyncio.gather(*waiting) == [200] * FILES_AT_ONCE
        assert await sent(limit, "/files", arriving(LONG, b"x")) == 200
        assert await sent(limit, "/files", arriving(LONG * 11)) == 413
        assert await sent(limit, "/files", arriving(LONG, b"x")) == 200

    asyncio.run(drill())


def test_a_file_that_never_ends_gives_its_place_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(body_limit, "FILE_SECONDS", 0)

    async def drill() -> None:
        limit = BodyLimit(echo, larger={"/files": 10 * BODY_BYTES})

        async def endless() -> Message:
            await asyncio.sleep(0)
            return {"type": "http.request", "body": b"x" * 5000, "more_body": True}

        for _ in range(FILES_AT_ONCE + 1):
            assert await sent(limit, "/files", endless) == 503
        monkeypatch.setattr(body_limit, "FILE_SECONDS", 200)
        assert await sent(limit, "/files", arriving(LONG, b"x")) == 200

    asyncio.run(drill())
