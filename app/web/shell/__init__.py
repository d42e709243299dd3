"""What every request passes through, from the outside in, and the pages for what goes wrong."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from fastapi import FastAPI
from starlette.routing import Route

from app.web.error_pages import add_error_pages
from app.web.headers import SecurityHeaders
from app.web.shell.body_limit import BodyLimit
from app.web.shell.failures import FailureAnswer
from app.web.shell.head_requests import HeadRequests
from app.web.shell.origin import OriginCheck
from app.web.shell.quick_routes import QuickRoutes


def add_shell(
    app: FastAPI, *, base_url: str, larger: Mapping[str, int], quick: Sequence[Route] = ()
) -> None:
    """Middleware added later stands further out: the headers reach every answer of the others.

    `larger` holds the paths, by how they begin, that take longer bodies than others; `quick` the
    routes that are called far more often than others.
    """
    app.add_middleware(QuickRoutes, routes=quick)
    app.add_middleware(BodyLimit, larger=larger)
    app.add_middleware(OriginCheck)
    app.add_middleware(HeadRequests)
    app.add_middleware(FailureAnswer)
    app.add_middleware(SecurityHeaders, is_https=base_url.startswith("https://"))
    add_error_pages(app)
