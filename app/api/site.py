"""The API as part of the web process: its operations, its document, its page."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any, Final

from fastapi import APIRouter, FastAPI
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from app.accounts.api_tokens import SCOPES, Caller
from app.api.callers import ALWAYS, CallerDep
from app.api.document import openapi_document
from app.api.document.page import docs_page
from app.api.limits import CallLimits
from app.api.problems import refusals
from app.api.routes import router as operations
from app.api.routes.other_methods import answer_other_methods
from app.api.shapes.imports import LONGEST_BASE64
from app.api.shapes.token import TokenShown
from app.privacy.codes import CodeTags
from app.privacy.web_keys import WebKeyStore
from app.settings import Settings

PREFIX: Final = "/api/v1"
# A survey file may have 256 KiB; JSON writes some of its signs with two.
LARGER_CALLS: Final[Mapping[str, int]] = {
    f"{PREFIX}/instruments": 512 * 1024,
    f"{PREFIX}/lint": 512 * 1024,
    f"{PREFIX}/imports": LONGEST_BASE64 + 1024 * 1024,
}
router = APIRouter(prefix=PREFIX, generate_unique_id_function=lambda route: route.name)


@router.get("/token", tags=["Token"], responses=refusals(*ALWAYS))
def read_the_token(caller: CallerDep) -> TokenShown:
    """What the token that is sent may do."""
    return _shown(caller)


def _shown(caller: Caller) -> TokenShown:
    return TokenShown(
        id=caller.token_id,
        agency_id=caller.agency_id,
        scopes=[scope for scope in SCOPES if caller.may(scope)],
    )


router.include_router(operations)
answer_other_methods(router)


@router.get("/openapi.json", include_in_schema=False)
def show_document() -> Response:
    return JSONResponse(_document())


@router.get("/docs", include_in_schema=False)
def show_docs(request: Request) -> Response:
    return docs_page(request, _document())


@cache
def _document() -> dict[str, Any]:
    return openapi_document(router.routes)


def add_api(app: FastAPI, settings: Settings, web_keys: WebKeyStore) -> None:
    """What calls stand on for as long as the process runs."""
    app.state.call_limits = CallLimits(settings.api_calls_a_minute, settings.web_processes)
    app.state.code_tags = CodeTags(web_keys)
