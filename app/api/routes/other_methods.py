"""A path that knows GET and POST says so to whoever sends DELETE.

The framework names in `Allow` only the methods of the first route that has the path.
"""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus
from typing import Final

from fastapi import APIRouter
from fastapi.routing import iter_route_contexts
from starlette.responses import Response

from app.errors import AppError

METHODS: Final = frozenset({"GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"})


class MethodNotAllowed(AppError):
    code = "method_not_allowed"
    status = HTTPStatus.METHOD_NOT_ALLOWED

    def __init__(self, allowed: str) -> None:
        super().__init__("api.other_method", allowed=allowed)
        self.headers = {"allow": allowed}


def answer_other_methods(router: APIRouter) -> None:
    known: dict[str, set[str]] = {}
    for route in iter_route_contexts(router.routes):
        known.setdefault(route.path or "", set()).update(route.methods or ())
    for path, methods in known.items():
        router.add_api_route(
            path.removeprefix(router.prefix),
            _refusal(", ".join(sorted(methods))),
            methods=sorted(METHODS - methods),
            include_in_schema=False,
        )


def _refusal(allowed: str) -> Callable[[], Response]:
    def refuse() -> Response:
        raise MethodNotAllowed(allowed)

    return refuse
