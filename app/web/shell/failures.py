"""Answers what nobody foresaw, before the server would log it with all it holds."""

from __future__ import annotations

from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.web.error_pages import Broken, answer_error, log_failure


class FailureAnswer:
    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        has_started = False

        async def send_and_note(message: Message) -> None:
            nonlocal has_started
            has_started = True
            await send(message)

        try:
            await self._app(scope, receive, send_and_note)
        except Exception as exc:  # noqa: BLE001 - the last place before the server's own log
            log_failure(scope, exc)
            if not has_started:
                answer = answer_error(Request(scope), Broken("pages.broken"))
                await answer(scope, receive, send)
