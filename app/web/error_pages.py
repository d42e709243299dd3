"""What people and callers get when a request cannot be answered."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Mapping, Sequence
from functools import cache
from http import HTTPStatus
from typing import Final

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from jinja2 import Environment
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import Scope

from app.errors import AppError, BadInput, Phrase
from app.errors.misfits import told_misfit
from app.errors.sentences import LANGUAGES
from app.web.languages import choose_language
from app.web.locales import Locale, read_locales
from app.web.replies import page_reply
from app.web.style import Style, make_style, page_sheet
from app.web.templates import make_environment

RETRY_SECONDS: Final = 20
SHOWN_FAULTS: Final = 10
FOR_PROGRAMS: Final = "/api/"  # whatever they say they accept, a page is no answer to them
FOR_STAFF: Final = "/staff"  # they are told the reason itself, and find the way back
PROBLEM: Final = "application/problem+json"
PROBLEM_TYPE: Final = "urn:problem-type:rapport:"  # and the key of the sentence (RFC 9457, 3.1.1)
_JSON_TYPES: Final = ("application/json", PROBLEM)
_TOLD: Final[Mapping[int, str]] = {
    HTTPStatus.NOT_FOUND: "not_found",
    HTTPStatus.FORBIDDEN: "foreign_origin",
    HTTPStatus.METHOD_NOT_ALLOWED: "method",
    HTTPStatus.CONFLICT: "conflict",
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "too_large",
    HTTPStatus.UNPROCESSABLE_ENTITY: "bad_input",
    HTTPStatus.BAD_REQUEST: "bad_input",
    HTTPStatus.SERVICE_UNAVAILABLE: "unavailable",
    HTTPStatus.TOO_MANY_REQUESTS: "unavailable",
}
_WITH_REASON: Final = {HTTPStatus.NOT_FOUND, HTTPStatus.CONFLICT, HTTPStatus.UNPROCESSABLE_ENTITY}
_log = logging.getLogger("rapport.web")


class Broken(AppError):
    """A fault of the program. What it was stands in the log, never in the answer."""

    code = "broken"


def answer_error(
    request: Request, error: AppError, headers: Mapping[str, str] | None = None
) -> Response:
    """A page that says what to do; callers who ask for JSON get a problem document (RFC 9457)."""
    sent = dict(headers or {})
    if error.status in {HTTPStatus.SERVICE_UNAVAILABLE, HTTPStatus.TOO_MANY_REQUESTS}:
        sent.setdefault("retry-after", str(RETRY_SECONDS))
    if wants_json(request):
        return JSONResponse(_problem(error), error.status, sent, PROBLEM)
    is_staff = request.scope["path"].startswith(FOR_STAFF)
    locale = _locale(request, LANGUAGES if is_staff else None)
    told = _TOLD.get(error.status, "broken")
    has_reason = error.status in _WITH_REASON and error.phrase is not None
    html = (
        _environment()
        .get_template("web/error.html")
        .render(
            t=locale,
            told=told,
            reason=error.told_in(locale.language) if is_staff and has_reason else None,
            way_back=FOR_STAFF if is_staff else None,
            style=_style(),
        )
    )
    return page_reply(request, html, _style(), status=error.status, headers=sent)


def wants_json(request: Request) -> bool:
    if request.scope["path"].startswith(FOR_PROGRAMS):
        return True
    accept = request.headers.get("accept", "").lower()
    return "text/html" not in accept and any(kind in accept for kind in _JSON_TYPES)


def _problem(error: AppError) -> dict[str, object]:
    return {
        "type": f"{PROBLEM_TYPE}{error.phrase.key}" if error.phrase else "about:blank",
        "title": error.status.phrase,
        "status": error.status.value,
        "detail": error.message,
        "code": error.code,
    }


def _locale(request: Request, offered: Sequence[str] | None) -> Locale:
    """Staff are told in a language in which errors are written."""
    locales = _locales()
    wanted = request.headers.get("accept-language", "")
    return locales[choose_language(wanted, offered or list(locales))]


@cache
def _locales() -> dict[str, Locale]:
    return read_locales()


@cache
def _environment() -> Environment:
    return make_environment({})


@cache
def _style() -> Style:
    return make_style(page_sheet())


def add_error_pages(app: FastAPI) -> None:
    app.add_exception_handler(AppError, _on_app_error)
    app.add_exception_handler(HTTPException, _on_http_exception)
    app.add_exception_handler(RequestValidationError, _on_validation_error)


async def _on_app_error(request: Request, exc: Exception) -> Response:
    if not isinstance(exc, AppError):
        raise exc
    return answer_refusal(request, exc)


def answer_refusal(request: Request, refusal: AppError) -> Response:
    if refusal.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        log_failure(request.scope, refusal)
    return answer_error(request, refusal, refusal.headers)


async def _on_http_exception(request: Request, exc: Exception) -> Response:
    if not isinstance(exc, HTTPException):
        raise exc
    error = AppError(str(exc.detail))
    error.status = HTTPStatus(exc.status_code)
    error.code = error.status.name.lower()
    return answer_error(request, error, exc.headers)


async def _on_validation_error(request: Request, exc: Exception) -> Response:
    if not isinstance(exc, RequestValidationError):
        raise exc
    places = [
        Phrase(
            "pages.place",
            place=".".join(str(part) for part in found["loc"]),
            why=told_misfit(found),
        )
        for found in exc.errors()[:SHOWN_FAULTS]
    ]
    refusal = BadInput("pages.not_understood", places=places)
    if request.scope["path"].startswith(FOR_PROGRAMS):  # 422 is kept for what means nothing here
        refusal.status, refusal.code = HTTPStatus.BAD_REQUEST, "not_the_form"
    return answer_error(request, refusal)


def log_failure(scope: Scope, exc: BaseException) -> None:
    """Where it broke, and nothing that was sent: no address, path, message or local variable."""
    endpoint = getattr(scope.get("endpoint"), "__name__", "no route")  # plain routes leave no path
    route = getattr(scope.get("route"), "path", endpoint)
    frames = "\n".join(
        f"  {frame.filename}:{frame.lineno} {frame.name}"
        for frame in traceback.extract_tb(exc.__traceback__, limit=-20)
    )
    _log.error("%s %s: %s\n%s", scope["method"], route, type(exc).__name__, frames)
