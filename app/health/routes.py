"""What a load balancer or a watchman asks of the web process."""

from __future__ import annotations

from http import HTTPStatus

from fastapi import APIRouter, Request
from starlette.responses import PlainTextResponse

from app.health.readiness import Readiness

router = APIRouter()


@router.get("/healthz")
async def healthz() -> PlainTextResponse:
    """The process answers. It says nothing about the database."""
    return PlainTextResponse("ok\n")


@router.get("/readyz")
def readyz(request: Request) -> PlainTextResponse:
    """An answer sent now would be stored: database, disk and keys are there."""
    readiness: Readiness = request.app.state.readiness
    problems = readiness.problems()
    if not problems:
        return PlainTextResponse("ready\n")
    return PlainTextResponse(
        f"not ready: {', '.join(problems)}\n", HTTPStatus.SERVICE_UNAVAILABLE, {"retry-after": "5"}
    )
