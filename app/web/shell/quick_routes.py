"""Calls that come by the thousand are met before the framework's own way to its routes."""

from __future__ import annotations

from collections.abc import Sequence

from starlette.requests import Request
from starlette.routing import Match, Route
from starlette.types import ASGIApp, Receive, Scope, Send

from app.errors import AppError
from app.web.error_pages import answer_refusal


class QuickRoutes:
    """The way past them costs a twentieth of a sheet; what they refuse is told as elsewhere."""

    def __init__(self, app: ASGIApp, routes: Sequence[Route]) -> None:
        self._app = app
        self._routes = tuple(routes)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        route = self._met(scope) if scope["type"] == "http" else None
        if route is None:
            await self._app(scope, receive, send)
            return
        try:
            await route.app(scope, receive, send)
        except AppError as refusal:
            await answer_refusal(Request(scope), refusal)(scope, receive, send)

    def _met(self, scope: Scope) -> Route | None:
        for route in self._routes:
            match, found = route.matches(scope)
            if match is Match.FULL:
                scope.update(found)
                return route
        return None
