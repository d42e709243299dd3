"""Whatever staff can do on a page, a program can do by a call, or the page on the API says why not.

New page? Add the call beside it in app/api/routes, and a row to the table in docs/api.md.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from fastapi import APIRouter
from fastapi.routing import iter_route_contexts

from app.accounts.pages import router as accounts
from app.api.document import openapi_document
from app.api.site import router as api
from app.console import router as console
from tests.architecture.documents.pages import page

NONE = "none: "


def acts_of(routers: Iterable[APIRouter]) -> set[str]:
    return {
        context.path or ""
        for router in routers
        for context in iter_route_contexts(router.routes)
        if "POST" in (context.methods or ())
    }


def told_acts() -> dict[str, str]:
    rows = re.findall(r"^\| `(/staff[^`]*)` \| (.+) \|$", page("docs/api.md").text, re.MULTILINE)
    assert len(rows) == len(dict(rows)), "a page stands in two rows"
    return dict(rows)


def operations() -> set[str]:
    document = openapi_document(api.routes)
    return {
        f"`{method.upper()} {path}`"
        for path, methods in document["paths"].items()
        for method in methods
    }


def test_each_act_of_the_pages_has_its_call_or_a_reason() -> None:
    acts, told = acts_of([accounts, console]), told_acts()
    assert acts - told.keys() == set(), "pages without a row in docs/api.md"
    assert told.keys() - acts == set(), "rows of pages that are gone"


def test_each_call_that_the_table_names_is_there() -> None:
    calls = {by for by in told_acts().values() if not by.startswith(NONE)}
    assert calls - operations() == set()
    assert len(calls) > 20


def test_each_call_that_changes_something_stands_beside_a_page() -> None:
    beside = set(told_acts().values())
    acting = {each for each in operations() if not each.startswith("`GET ")}
    by_itself = {
        "`POST /api/v1/lint`",
        "`POST /api/v1/initiatives/{initiative_id}/population`",
    }
    assert acting - beside == by_itself, "a page shows these by itself"


def test_a_planted_act_is_seen() -> None:
    planted = APIRouter()
    planted.add_api_route("/staff/planted", lambda: None, methods=["POST"])
    assert acts_of([accounts, console, planted]) - told_acts().keys() == {"/staff/planted"}
