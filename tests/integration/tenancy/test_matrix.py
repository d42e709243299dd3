"""Every route x every role and nobody x one's own and another agency's things."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from httpx2 import Response

from app.accounts.pages.doors import SIGN_IN
from app.accounts.roles import DUTIES, ROLES, Role
from app.db import Database
from app.main import create_app
from app.privacy.count_keys import CountKeyStore
from app.settings import Settings
from app.web.forms import FORM_TYPE
from tests.integration.tenancy.agencies import Person, Things, make_people, make_things
from tests.integration.tenancy.routes import OPEN, Guarded, calls, pages_of
from tests.scale.test_distribution import overheard, reaching_across

SITE: Final = "https://rapport.example"
# One person's own, or never asked for: foreign ones are tried here, one's own elsewhere.
ELSEWHERE: Final = (
    "/staff/tokens/{token_id}/revoke",  # test_api_tokens
    "/staff/downloads/{export_id}",  # test_downloads
    "/staff/prints/{export_id}",  # the tests of printing
    "/api/v1/downloads/{file_id}",  # the tests of the API's files
    "/api/v1/prints/{file_id}",
    "/staff/instruments/{name}/",  # the tests of the instrument pages
    "/staff/anonymity/publish",  # there is a proof only once it was run: its own tests
    "/staff/keys/{wave_id}/",  # a wave whose key a partner holds: the tests of custody
)
# Their bodies name things as well: of another agency they are not found either.
NAME_OTHERS: Final = (
    "/{initiative_id}/reports",
    "/api/v1/initiatives/{initiative_id}/downloads",
    "/api/v1/waves/{wave_id}/prints",
)
# These end or change what the other rows stand on; their own tests try them.
DISTURB: Final = {
    ("POST", "/staff/sign-out"),
    ("POST", "/staff/sign-out-elsewhere"),
    ("POST", "/staff/password"),
}


class Visitor:
    def __init__(self, client: TestClient) -> None:
        self._client = client

    def ask(
        self, route: Guarded, person: Person | None, place: Things, named: Things | None = None
    ) -> Response:
        """`place` fills the address, `named` the ids that the body names."""
        path, named = place.filled(route.path), named or place
        headers = {"sec-fetch-site": "same-origin", "accept-language": "en"}
        self._client.cookies.clear()
        if route.is_call:
            if person is not None:
                headers["authorization"] = f"Bearer {person.token}"
            return self._client.request(
                route.method,
                path,
                json=named.named(route.sent),
                params=named.query if route.path.endswith("/differences") else None,
                headers=headers,
                follow_redirects=False,
            )
        if person is not None:
            headers["cookie"] = f"__Host-sid={person.cookie}"
        headers["content-type"] = FORM_TYPE
        return self._client.request(
            route.method, path, content=named.form, headers=headers, follow_redirects=False
        )


@pytest.fixture
def app(database: Database, tmp_path: Path) -> FastAPI:
    return create_app(
        Settings(
            database_url=database.url.render_as_string(hide_password=False),
            base_url=SITE,
            web_key_store=tmp_path / "web-keys",
            web_master_file=tmp_path / "secrets" / "web-master",
            api_calls_a_minute=10**9,
        )
    )


@pytest.fixture
def visitor(app: FastAPI) -> Iterator[Visitor]:
    with TestClient(app, base_url=SITE) as client:
        yield Visitor(client)


def _routes(app: FastAPI) -> list[Guarded]:
    every = [*pages_of(app), *calls()]
    return [route for route in every if (route.method, route.path) not in DISTURB]


def _may(role: Role, route: Guarded) -> bool:
    return route.door in {"visitor", "insider", "program"} or route.door in DUTIES[role]


def _refused_to_nobody(route: Guarded, answer: Response) -> bool:
    if route.is_call:
        return answer.status_code == 401
    return answer.status_code == 303 and answer.headers["location"] == SIGN_IN


def test_every_unguarded_route_is_one_that_we_know(app: FastAPI) -> None:
    unguarded = {(route.method, route.path) for route in pages_of(app) if route.door == "anyone"}
    known = {key for key in OPEN if not key[1].startswith("/api/")}
    assert unguarded == known, "guard the new route, or say in routes.py why anyone may use it"


def test_the_walk_sees_pages_and_calls(app: FastAPI) -> None:
    routes = _routes(app)
    assert len([route for route in routes if route.is_call]) >= 28
    assert len([route for route in routes if not route.is_call]) >= 50
    assert {"manage_staff", "run_waves", "publish_reports"} <= {route.door for route in routes}


def test_a_planted_route_without_a_door_is_seen(app: FastAPI) -> None:
    app.add_api_route("/staff/planted", lambda: None)
    planted = [route for route in pages_of(app) if route.path == "/staff/planted"]
    assert [route.door for route in planted] == ["anyone"]
    assert ("GET", "/staff/planted") not in OPEN


def test_each_route_is_there_for_whom_it_is_meant_and_for_nobody_else(
    app: FastAPI, visitor: Visitor, database: Database, count_keys: CountKeyStore
) -> None:
    ours = make_things(database, count_keys, "Riverside")
    theirs = make_things(database, count_keys, "Hillside")
    people = make_people(database, ours.agency_id)
    with overheard() as statements:
        for route in _routes(app):
            if route.door == "anyone":
                continue
            answer = visitor.ask(route, None, ours)
            assert _refused_to_nobody(route, answer), (str(route), answer.status_code)
            for role in ROLES:
                _hold(visitor, route, role, people[role], ours, theirs)
    assert len(statements) > 80
    assert reaching_across(statements) == [], "it names no agency: docs/scale.md"


def _hold(
    visitor: Visitor, route: Guarded, role: Role, person: Person, ours: Things, theirs: Things
) -> None:
    told = f"{route} as {role}"
    away = 403 if route.is_call else 404
    if "{" in route.path:
        foreign = visitor.ask(route, person, theirs).status_code
        assert foreign == (404 if _may(role, route) else away), (told, foreign)
    if route.method == "POST" and route.path.endswith(NAME_OTHERS):
        named = visitor.ask(route, person, ours, theirs).status_code
        assert named == (404 if _may(role, route) else away), (told, named)
    own = visitor.ask(route, person, ours).status_code
    if not _may(role, route):
        assert own == away, (told, own)
    else:
        assert own < 500, (told, own)
        assert route.path.startswith(ELSEWHERE) or own not in {401, 403, 404}, (told, own)
