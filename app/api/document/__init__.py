"""The OpenAPI document of the API, made from the routes themselves."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from fastapi.openapi.utils import get_openapi
from starlette.routing import BaseRoute

from app.api.problems import Problem

VERSION: Final = "1"
_ABOUT: Final = (
    "Everything that staff do on the pages, for their programs. A token is made on the page "
    "Programs; it may do what its scopes say and its owner may."
)

_ALLOWANCE: Final = {
    "RateLimit-Policy": {
        "description": "How many calls (q) the token may make in so many seconds (w).",
        "schema": {"type": "string", "examples": ['"token";q=300;w=60']},
    },
    "RateLimit": {
        "description": "How many calls are left (r), and after how many seconds all are again (t).",
        "schema": {"type": "string", "examples": ['"token";r=299;t=1']},
    },
}


def openapi_document(routes: Sequence[BaseRoute]) -> dict[str, Any]:
    document = get_openapi(title="Rapport", version=VERSION, description=_ABOUT, routes=routes)
    components = document["components"]
    schemas = components["schemas"]
    schemas["Problem"] = Problem.model_json_schema()
    schemas.pop("HTTPValidationError", None)
    schemas.pop("ValidationError", None)
    components["securitySchemes"] = {
        "token": {"type": "http", "scheme": "bearer", "description": "Bearer rapport_..."}
    }
    for operation in _operations(document):
        operation["security"] = [{"token": []}]
        for status, answer in operation["responses"].items():
            if status.startswith("2"):
                answer["headers"] = answer.get("headers", {}) | _ALLOWANCE
        if "application/json" in operation["responses"].get("422", {}).get("content", {}):
            del operation["responses"]["422"]  # FastAPI's own, which is never sent here
    return document


def _operations(document: dict[str, Any]) -> list[dict[str, Any]]:
    return [each for path in document["paths"].values() for each in path.values()]
