"""Errors that a person, a caller or a survey author is told about."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus

from app.errors.sentences import SOURCE_LANGUAGE, Phrase, is_key

__all__ = [
    "AppError",
    "BadInput",
    "Conflict",
    "Misconfigured",
    "NotFound",
    "Phrase",
    "TooLarge",
    "Unavailable",
]


class AppError(Exception):
    """Carries a stable code, a status, and a sentence that says what to do.

    `told` is the key of a sentence in `locale`, whose places `values` fill, or both as a phrase;
    at a terminal, where all is English, the sentence itself.
    """

    code = "error"
    status = HTTPStatus.INTERNAL_SERVER_ERROR

    def __init__(self, told: str | Phrase, /, **values: object) -> None:
        super().__init__(told)
        if isinstance(told, str):
            self.phrase = Phrase(told, **values) if is_key(told) else None
        else:
            self.phrase = told
        self.headers: Mapping[str, str] = {}

    @property
    def message(self) -> str:
        return self.told_in(SOURCE_LANGUAGE)

    def told_in(self, language: str) -> str:
        return self.phrase.told_in(language) if self.phrase else str(self.args[0])

    @property
    def kept(self) -> str:
        """As a job keeps its problem for those who ask later, in whichever language."""
        return (self.phrase or Phrase("jobs.in_english", what=self.message)).kept()

    def __str__(self) -> str:
        return self.message


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
