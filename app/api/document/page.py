"""The OpenAPI document as a page to read: no script, nothing from elsewhere."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final, NamedTuple

from jinja2 import Environment, PackageLoader
from starlette.requests import Request
from starlette.responses import Response

from app.web.locales import Locale, read_room_locales
from app.web.replies import page_reply
from app.web.style import Style, make_style, page_sheet, read_sheet
from app.web.templates import make_environment

ROOM: Final = "app.api.document"
_LOCALE: Final = Path(__file__).parent / "locale"
Document = Mapping[str, Any]


class OperationShown(NamedTuple):
    """One operation as the page tells it."""

    name: str
    tag: str
    method: str
    path: str
    about: str
    scope: str
    parameters: list[Mapping[str, Any]]
    sent: str
    answered: str
    status: str
    problems: list[tuple[str, str]]


def docs_page(request: Request, document: Document) -> Response:
    html = (
        _environment()
        .get_template("api/docs.html")
        .render(
            t=_locale(),
            style=_style(),
            document=document,
            operations=list(operations_of(document)),
        )
    )
    return page_reply(request, html, _style())


def operations_of(document: Document) -> Iterator[OperationShown]:
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield _shown(document, path, method, operation)


def _shown(document: Document, path: str, method: str, operation: Document) -> OperationShown:
    answers = operation["responses"]
    status = next(status for status in answers if status.startswith("2"))
    body = operation.get("requestBody", {}).get("content", {})
    return OperationShown(
        name=operation["operationId"],
        tag=operation["tags"][0],
        method=method.upper(),
        path=path,
        about=operation["description"],
        scope=operation.get("x-scope", ""),
        parameters=operation.get("parameters", []),
        sent=_example(document, body),
        answered=_example(document, answers[status].get("content", {})),
        status=status,
        problems=[(s, a["description"]) for s, a in sorted(answers.items()) if s[0] in "45"],
    )


def _example(document: Document, content: Mapping[str, Any]) -> str:
    """The first example of the form; of a list, one entry."""
    if "application/json" not in content:
        return ""
    found = _first(document, content["application/json"]["schema"])
    return json.dumps(found, indent=2, ensure_ascii=False)


def _first(document: Document, schema: Document) -> Any:
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        return _first(document, document["components"]["schemas"][name])
    if schema.get("examples"):
        return schema["examples"][0]
    properties = schema.get("properties", {})
    if "items" in properties:  # a page of a list
        return {"items": [_first(document, properties["items"]["items"])], "next": None}
    return {name: _first(document, part) for name, part in properties.items()}


@cache
def _environment() -> Environment:
    return make_environment({"api": PackageLoader(ROOM)})


@cache
def _locale() -> Locale:
    return read_room_locales(_LOCALE)["en"]


@cache
def _style() -> Style:
    return make_style(page_sheet(), read_sheet(ROOM, "docs.css"))
