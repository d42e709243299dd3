"""What a caller is told when a call is refused: RFC 9457, the same form everywhere."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, Final

from pydantic import BaseModel, ConfigDict, Field

from app.errors import AppError
from app.web.error_pages import PROBLEM, PROBLEM_TYPE

_WHEN: Final[Mapping[int, str]] = {
    400: "The call does not have the form that is documented.",
    401: "No token was sent, or it has ended or was revoked.",
    403: "The token has no scope for this, or its owner no longer has the role.",
    404: "There is no such thing in this agency.",
    409: "The present state of things forbids it; the detail gives the reason.",
    413: "The call is too long.",
    422: "The form is right, and what it says is not; the detail says what to change.",
    429: "The token has called too often; wait as long as Retry-After says.",
    503: "Nothing was done; the same call may succeed after Retry-After seconds.",
}
_RETRY_AFTER: Final = {
    "Retry-After": {
        "description": "Seconds to wait before the next call.",
        "schema": {"type": "integer", "minimum": 0},
    }
}
_EXTRA_HEADERS: Final[Mapping[int, Mapping[str, Any]]] = {
    401: {
        "WWW-Authenticate": {
            "description": "How to sign in: Bearer.",
            "schema": {"type": "string"},
        }
    },
    429: _RETRY_AFTER,
    503: _RETRY_AFTER,
}


class Problem(BaseModel):
    """Why a call was refused."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "type": f"{PROBLEM_TYPE}waves.none",
                    "title": "Not Found",
                    "status": 404,
                    "detail": "There is no such wave. Look for it in the list of waves.",
                    "code": "not_found",
                }
            ]
        }
    )

    type: str = Field(description="Which problem it is: stable, whatever the words of `detail`.")
    title: str = Field(description="The words of the status.")
    status: int = Field(ge=400, le=599)
    detail: str = Field(description="What is wrong, and what to do about it.")
    code: str = Field(description="A word for programs, such as not_found or conflict.")


class NotSignedIn(AppError):
    code = "no_token"
    status = HTTPStatus.UNAUTHORIZED

    def __init__(self) -> None:
        super().__init__("api.no_token")
        self.headers = {"www-authenticate": "Bearer"}


class OutOfScope(AppError):
    code = "out_of_scope"
    status = HTTPStatus.FORBIDDEN


class TooManyCalls(AppError):
    code = "too_many_calls"
    status = HTTPStatus.TOO_MANY_REQUESTS

    def __init__(self, seconds: int) -> None:
        super().__init__("api.many_calls", seconds=seconds)
        self.headers = {"retry-after": str(seconds)}


def refusals(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """For the OpenAPI document: the problems that an operation may answer with."""
    return {
        status: {
            "description": _WHEN[status],
            "content": {PROBLEM: {"schema": {"$ref": "#/components/schemas/Problem"}}},
        }
        | ({"headers": dict(_EXTRA_HEADERS[status])} if status in _EXTRA_HEADERS else {})
        for status in sorted(statuses)
    }
