"""Every route of the web process, read off the process itself, and who may use it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final, Literal

from fastapi import FastAPI
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute, iter_route_contexts

from app.accounts.pages.doors import WithDuty, _insider, _visitor
from app.accounts.roles import Duty
from app.api.document import openapi_document
from app.api.site import router as api_router

Door = Literal["anyone", "visitor", "insider", "program"] | Duty

# Routes that no dependency guards: each says why. A new one without its line fails the build.
OPEN: Final = {
    ("GET", "/"): "says what this is, and knows no agency",
    ("GET", "/healthz"): "says that the process answers",
    ("GET", "/readyz"): "says that an answer could be stored",
    ("GET", "/s/{public_id}"): "residents",
    ("POST", "/s/{public_id}"): "residents",
    ("GET", "/s/{public_id}/"): "residents",
    ("POST", "/s/{public_id}/"): "residents",
    ("POST", "/s/{public_id}/sealed"): "residents",
    ("GET", "/s/script/{name}"): "the same file for everyone",
    ("GET", "/s/logo/{public_id}"): "residents",
    ("GET", "/entry/script/{name}"): "the same file for everyone",
    ("GET", "/entry/{public_id}"): "its own door, in the event loop: test_entry_doors",
    ("POST", "/entry/{public_id}"): "its own door, in the event loop: test_entry_doors",
    ("GET", "/r/{public_id}"): "published reports",
    ("GET", "/r/{public_id}/bundle.zip"): "published reports",
    ("GET", "/results/{public_id}"): "published reports",
    ("GET", "/anonymity/{agency_id}"): "a published proof",
    ("GET", "/staff/sign-in"): "the way in",
    ("POST", "/staff/sign-in"): "the way in",
    ("GET", "/staff/link/{token}"): "whoever holds the link",
    ("POST", "/staff/link/{token}"): "whoever holds the link",
    ("GET", "/staff/link/{token}/oidc"): "whoever holds the link: test_foreign_identities",
    ("GET", "/staff/oidc"): "the way in",
    ("GET", "/staff/oidc/callback"): "the way in: test_foreign_identities",
    ("GET", "/staff/script/live.js"): "the same file for everyone",
    ("GET", "/api/v1/openapi.json"): "the document of the API",
    ("GET", "/api/v1/docs"): "the document of the API",
}


@dataclass(frozen=True)
class Guarded:
    """One route and its door. `sent` is a body that has the documented form."""

    method: str
    path: str
    door: Door
    sent: Any = None

    @property
    def is_call(self) -> bool:
        return self.path.startswith("/api/")

    def __str__(self) -> str:
        return f"{self.method} {self.path}"


def pages_of(app: FastAPI) -> Iterator[Guarded]:
    for context in iter_route_contexts(app.routes):
        route, path = context.original_route, context.path or ""
        if path.startswith("/api/"):
            continue
        dependant = route.dependant if isinstance(route, APIRoute) else None
        door = "anyone" if dependant is None else _door(dependant)
        for method in (context.methods or set()) - {"HEAD"}:
            yield Guarded(method, path, door)


def calls() -> Iterator[Guarded]:
    document = openapi_document(api_router.routes)
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            door = operation.get("x-scope", "program")
            yield Guarded(method.upper(), path, door, _example(document, operation))


def _door(dependant: Dependant) -> Door:
    """The strictest of all that the route depends on."""
    found = list(_asked(dependant))
    duties = [each.duty for each in found if isinstance(each, WithDuty)]
    if duties:
        return duties[0]
    if _insider in found:
        return "insider"
    return "visitor" if _visitor in found else "anyone"


def _asked(dependant: Dependant) -> Iterator[object]:
    for inner in dependant.dependencies:
        yield inner.call
        yield from _asked(inner)


def _example(document: dict[str, Any], operation: dict[str, Any]) -> Any:
    content = operation.get("requestBody", {}).get("content", {})
    if not content:
        return None
    name = content["application/json"]["schema"]["$ref"].rpartition("/")[2]
    return document["components"]["schemas"][name]["examples"][0]
