"""The OpenAPI document tells every operation, with examples that hold; page and docs follow it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest
from fastapi.testclient import TestClient
from jsonschema import Draft202012Validator

from app.accounts.api_tokens import SCOPES
from app.api.document import openapi_document
from app.api.site import router

DOCUMENT: Final = openapi_document(router.routes)
DOCS: Final = Path("docs/api.md")
OPERATIONS: Final = [
    (path, method, operation)
    for path, methods in DOCUMENT["paths"].items()
    for method, operation in methods.items()
]
IDS: Final = [operation["operationId"] for _, _, operation in OPERATIONS]


def _resolved(schema: dict[str, Any]) -> dict[str, Any]:
    name = schema.get("$ref", "").rpartition("/")[2]
    return DOCUMENT["components"]["schemas"][name] if name else schema


def _forms(operation: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """What is sent, and what comes back; of a list, the form of its entries."""
    contents = [operation.get("requestBody", {}).get("content", {})]
    contents += [a.get("content", {}) for s, a in operation["responses"].items() if s[0] == "2"]
    for content in contents:
        if "application/json" in content:
            form = _resolved(content["application/json"]["schema"])
            items = form["properties"].get("items")
            yield _resolved(items["items"]) if items else form


@pytest.mark.parametrize(("path", "method", "operation"), OPERATIONS, ids=IDS)
def test_every_form_has_an_example_that_holds(
    path: str, method: str, operation: dict[str, Any]
) -> None:
    forms = list(_forms(operation))
    assert forms or path.endswith("/content") or "204" in operation["responses"]
    for form in forms:
        assert form.get("examples"), (method, path, form["title"])
        whole = form | {"components": DOCUMENT["components"]}
        for example in form["examples"]:
            Draft202012Validator(whole).validate(example)


@pytest.mark.parametrize(("path", "method", "operation"), OPERATIONS, ids=IDS)
def test_every_operation_says_what_it_is_for_who_may_call_it_and_what_is_refused(
    path: str, method: str, operation: dict[str, Any]
) -> None:
    assert operation["description"].endswith(".")
    assert operation["security"] == [{"token": []}]
    assert ("x-scope" in operation) == (path != "/api/v1/token")
    refused = {status for status in operation["responses"] if status[0] in "45"}
    assert refused >= {"400", "401", "429", "503"}
    for status in refused:
        assert list(operation["responses"][status]["content"]) == ["application/problem+json"]
    creates = "201" in operation["responses"]
    keyed = any(p["name"] == "Idempotency-Key" for p in operation.get("parameters", ()))
    assert keyed or not creates, (method, path)


# They ask for what stands in the path to become something, or read what is sent: again is the same.
UNKEYED_POSTS: Final = {
    "/api/v1/lint",
    "/api/v1/initiatives/{initiative_id}/population",
    "/api/v1/imports/{wave_id}/reading",
    "/api/v1/waves/{wave_id}/opening",
    "/api/v1/waves/{wave_id}/closing",
    "/api/v1/waves/{wave_id}/call-off",
    "/api/v1/collectors/{public_id}/stop",
    "/api/v1/collectors/{public_id}/resume",
    "/api/v1/reports/{public_id}/proposal",
    "/api/v1/reports/{public_id}/publication",
    "/api/v1/reports/{public_id}/withdrawal",
    "/api/v1/initiatives/{initiative_id}/erasure",
}
OPAQUE: Final = {"cursor"}  # what a list told before; nobody makes one up


def _parameters(operation: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {told["name"]: told for told in operation.get("parameters", ())}


def _answered(operation: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for status, answer in operation["responses"].items():
        if status[0] == "2" and "application/json" in answer.get("content", {}):
            yield _resolved(answer["content"]["application/json"]["schema"])


@pytest.mark.parametrize(("path", "method", "operation"), OPERATIONS, ids=IDS)
def test_every_list_comes_in_pages_and_every_parameter_has_an_example(
    path: str, method: str, operation: dict[str, Any]
) -> None:
    parameters = _parameters(operation)
    is_list = any("items" in form["properties"] for form in _answered(operation))
    assert is_list == ({"limit", "cursor"} <= parameters.keys())
    ends_in_name = path.rpartition("/")[2].strip("{}") in parameters
    assert not (is_list and (ends_in_name or method != "get")), path
    for name in parameters.keys() - OPAQUE:
        told = parameters[name]
        assert told.get("examples") or told["schema"].get("examples"), (path, name)


def test_what_is_posted_has_a_key_or_is_the_same_when_it_is_sent_again() -> None:
    posted = {path: operation for path, method, operation in OPERATIONS if method == "post"}
    unkeyed = {
        p for p, operation in posted.items() if "Idempotency-Key" not in _parameters(operation)
    }
    assert unkeyed == UNKEYED_POSTS


@pytest.mark.parametrize(("path", "method", "operation"), OPERATIONS, ids=IDS)
def test_every_operation_names_its_scope_and_how_long_to_wait(
    path: str, method: str, operation: dict[str, Any]
) -> None:
    assert operation.get("x-scope", SCOPES[0]) in SCOPES, (method, path)
    for status, answer in operation["responses"].items():
        headers = answer.get("headers", {}).keys()
        assert status not in {"429", "503"} or headers == {"Retry-After"}
        assert status[0] != "2" or headers >= {"RateLimit", "RateLimit-Policy"}


def test_the_document_is_served_as_it_is_made(client: TestClient) -> None:
    assert client.get("/api/v1/openapi.json").json() == DOCUMENT


def test_the_page_tells_every_operation_and_loads_nothing(client: TestClient) -> None:
    page = client.get("/api/v1/docs")
    assert page.status_code == 200
    for path, _, operation in OPERATIONS:
        assert f'id="{operation["operationId"]}"' in page.text
        assert path in page.text
    assert "<script" not in page.text
    assert re.findall(r'(?:src|href)="([^"#]+)"', page.text) == ["data:,", "/api/v1/openapi.json"]
    policy = page.headers["content-security-policy"]
    assert "default-src 'none'" in policy


def test_the_written_page_lists_the_operations_as_they_are() -> None:
    rows = re.findall(
        r"^\| `(GET|POST|PUT|DELETE) (\S+)` \| (?:`([a-z_]+)`|none) \| (.+) \|$",
        DOCS.read_text("utf-8"),
        re.MULTILINE,
    )
    told = [
        (method.upper(), path, operation.get("x-scope", ""), operation["description"])
        for path, method, operation in OPERATIONS
    ]
    assert rows == told
