"""Errors that a person, a caller or a survey author is told about."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus


class AppError(Exception):
    """Carries a stable code, a status, and a message that says what to do."""

    code = "error"
    status = HTTPStatus.INTERNAL_SERVER_ERROR

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message
        self.headers: Mapping[str, str] = {}


class NotFound(AppError):
    code = "not_found"
    status = HTTPStatus.NOT_FOUND


class Conflict(AppError):
    """The request is understood but the present state forbids it; the message gives the reason."""

    code = "conflict"
    status = HTTPStatus.CONFLICT


class BadInput(AppError):
    code = "bad_input"
    status = HTTPStatus.UNPROCESSABLE_ENTITY


class TooLarge(AppError):
    code = "too_large"
    status = HTTPStatus.REQUEST_ENTITY_TOO_LARGE


class Unavailable(AppError):
    """Nothing was stored; the same request may succeed in a moment."""

    code = "unavailable"
    status = HTTPStatus.SERVICE_UNAVAILABLE


class Misconfigured(AppError):
    """The installation cannot do this until a setting is changed; the message names it."""

    code = "misconfigured"
