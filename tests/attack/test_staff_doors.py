"""Attacks on the doors of the staff: guessing, telling addresses apart, planting, going around."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import pytest
from argon2 import PasswordHasher
from fastapi import FastAPI
from fastapi.testclient import TestClient
from httpx2 import Response
from sqlalchemy import select, update

from app.accounts import store
from app.accounts.signing_in import signed_in_by
from app.accounts.staff import (
    change_roles,
    choose_password,
    create_owner,
    send_reset,
    set_active,
)
from app.accounts.tables import Staff
from app.db import Database
from app.main import create_app
from app.privacy.staff import passwords
from app.privacy.staff.attempts import FREE_FAILURES
from app.settings import Settings
from app.web.forms import FORM_TYPE
from tests.factories import make_agency
from tests.integration.accounts.people import (
    OWNER_PASSWORD,
    STAFF_PASSWORD,
    Owner,
    enter,
    hire,
)
from tests.integration.tenancy.routes import Guarded, pages_of

SITE: Final = "https://rapport.example"
NOBODY: Final = "nobody@city.example"


@dataclass
class CountedHasher:
    """The library as it is, with its calls counted: the work, whatever the machine's load."""

    real: PasswordHasher
    calls: list[str] = field(default_factory=list)

    def verify(self, kept: str, password: str) -> bool:
        self.calls.append("verify")
        return self.real.verify(kept, password)

    def hash(self, password: str) -> str:
        self.calls.append("hash")
        return self.real.hash(password)

    def check_needs_rehash(self, kept: str) -> bool:
        return self.real.check_needs_rehash(kept)


@pytest.fixture
def owner(database: Database) -> Owner:
    with database.writing() as session:
        agency_id = make_agency(session).agency_id
        who = {"email": "ana@city.example", "name": "Ana Ruiz", "password": OWNER_PASSWORD}
        staff = create_owner(session, agency_id, **who)
        return Owner(agency_id, staff.id, staff.email)


@pytest.fixture
def hasher(monkeypatch: pytest.MonkeyPatch) -> CountedHasher:
    passwords.is_password("x", None)  # nobody's own hash is made once in a process
    counted = CountedHasher(passwords._HASHER)
    monkeypatch.setattr(passwords, "_HASHER", counted)
    return counted


@pytest.fixture
def settings(database: Database, tmp_path: Path) -> Settings:
    return Settings(
        database_url=database.url.render_as_string(hide_password=False),
        base_url=SITE,
        web_key_store=tmp_path / "web-keys",
        web_master_file=tmp_path / "secrets" / "web-master",
    )


@pytest.fixture
def app(settings: Settings) -> FastAPI:
    return create_app(settings)


def _client(app: FastAPI) -> TestClient:
    return TestClient(app, base_url=SITE, follow_redirects=False)


@pytest.fixture
def client(app: FastAPI) -> Iterator[TestClient]:
    with _client(app) as client:
        yield client


def _try(client: TestClient, email: str, password: str, cookie: str = "") -> Response:
    headers = {"content-type": FORM_TYPE, "sec-fetch-site": "same-origin"}
    if cookie:
        headers["cookie"] = f"__Host-sid={cookie}"
    client.cookies.clear()
    fields = {"email": email, "password": password}
    return client.post("/staff/sign-in", data=fields, headers=headers)


def _get(client: TestClient, path: str, cookie: str) -> Response:
    client.cookies.clear()
    return client.get(path, headers={"cookie": f"__Host-sid={cookie}"})


@pytest.mark.usefixtures("held_clock")
def test_the_same_work_and_the_same_words_for_addresses_that_are_known_and_not(
    client: TestClient, database: Database, owner: Owner, hasher: CountedHasher
) -> None:
    shut_out = hire(database, owner.agency_id, "author")
    with database.writing() as session:
        ((agency_id, staff_id),) = store.staff_with_email(session, shut_out)
        set_active(session, agency_id, owner.staff_id, staff_id, is_active=False)
    for _ in range(FREE_FAILURES + 2):
        seen = set()
        for email in (owner.email, shut_out, NOBODY):
            hasher.calls.clear()
            answer = _try(client, email, "wrong, as it happens")
            assert hasher.calls == ["verify"], email
            seen.add((answer.status_code, answer.text.replace(email, "ADDRESS")))
        assert len(seen) == 1
    assert seen.pop()[0] == 429


@pytest.mark.parametrize("email", ["ana@city.example", NOBODY])
@pytest.mark.usefixtures("owner")
def test_nobody_waits_while_a_password_is_judged(
    client: TestClient,
    database: Database,
    hasher: CountedHasher,
    monkeypatch: pytest.MonkeyPatch,
    email: str,
) -> None:
    """It takes a tenth of a second and more: a few who try at once would shut residents out."""
    judge = hasher.verify

    def write_and_judge(kept: str, password: str) -> bool:
        with database.writing() as session:
            session.execute(update(Staff).values(partner="Meanwhile"))
        return judge(kept, password)

    monkeypatch.setattr(hasher, "verify", write_and_judge)
    assert _try(client, email, "wrong, as it happens").status_code == 422
    with database.reading() as session:
        assert set(session.scalars(select(Staff.partner))) == {"Meanwhile"}


@pytest.mark.usefixtures("held_clock")
def test_two_web_processes_and_a_restart_tell_no_more_than_one(
    settings: Settings, owner: Owner
) -> None:
    told: dict[str, list[int]] = {owner.email: [], NOBODY: []}
    for _ in range(2):
        with _client(create_app(settings)) as one, _client(create_app(settings)) as other:
            for email, statuses in told.items():
                for client in (one, other):
                    statuses += [_try(client, email, "wrong").status_code for _ in range(2)]
    assert told[owner.email] == told[NOBODY] == [422] * FREE_FAILURES + [429] * 3


def test_a_planted_cookie_is_worth_nothing_after_signing_in(
    client: TestClient, database: Database, owner: Owner
) -> None:
    email = hire(database, owner.agency_id, "analyst")
    planted = enter(database, email, STAFF_PASSWORD)
    for cookie in (planted, f"{owner.agency_id}.{'A' * 43}"):
        entered = _try(client, email, STAFF_PASSWORD, cookie)
        given = entered.cookies["__Host-sid"]
        assert given not in {planted, cookie}
    invented = f"{owner.agency_id}.{'A' * 43}"
    assert _get(client, "/staff", invented).headers["location"] == "/staff/sign-in"


def _guarded(app: FastAPI) -> list[Guarded]:
    return [
        route
        for route in pages_of(app)
        if route.door not in {"anyone", "visitor"} and route.path.startswith("/staff")
    ]


def test_a_password_alone_opens_no_page_that_asks_for_the_second_step(
    app: FastAPI, client: TestClient, database: Database, owner: Owner
) -> None:
    cookie = enter(database, owner.email, OWNER_PASSWORD)
    routes = _guarded(app)
    assert len(routes) > 40
    for route in routes:
        client.cookies.clear()
        path = route.path.replace("{", "").replace("}", "")
        answer = client.request(
            route.method,
            path,
            headers={
                "cookie": f"__Host-sid={cookie}",
                "sec-fetch-site": "same-origin",
                "content-type": FORM_TYPE,
            },
        )
        assert answer.status_code == 303, str(route)
        assert answer.headers["location"] == "/staff/second-factor", str(route)


Revoke = Callable[[Database, Owner, str], None]


def _change_roles(database: Database, owner: Owner, staff_id: str) -> None:
    with database.writing() as session:
        change_roles(session, owner.agency_id, owner.staff_id, staff_id, ["auditor"])


def _shut_out(database: Database, owner: Owner, staff_id: str) -> None:
    with database.writing() as session:
        set_active(session, owner.agency_id, owner.staff_id, staff_id, is_active=False)


def _new_password(database: Database, owner: Owner, staff_id: str) -> None:
    with database.writing() as session:
        link = send_reset(session, owner.agency_id, owner.staff_id, staff_id)
        choose_password(session, link, "another river at noon")


@pytest.mark.parametrize("revoke", [_change_roles, _shut_out, _new_password])
def test_what_takes_power_away_signs_out_at_once(
    database: Database, owner: Owner, revoke: Revoke
) -> None:
    email = hire(database, owner.agency_id, "analyst")
    cookie = enter(database, email, STAFF_PASSWORD)
    with database.writing() as session:
        found = signed_in_by(session, cookie)
    assert found is not None
    revoke(database, owner, found.staff_id)
    with database.writing() as session:
        assert signed_in_by(session, cookie) is None
