"""Paper sheets are entered by staff of the agency who may; whoever is signed out loses nothing."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import quote

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import text

from app.accounts.roles import DUTIES, ROLES, Role
from app.accounts.signing_in import IDLE
from app.db import Database
from app.initiatives.fielding import close_wave, end_grace
from app.privacy.count_keys import CountKeyStore
from tests.conftest import HeldClock
from tests.factories import make_agency
from tests.integration.accounts.people import STAFF_PASSWORD, hire
from tests.integration.accounts.staff_site import Browser, enter_enrolled
from tests.integration.pages.desk import SHEET, Desk, sign_in
from tests.integration.pages.site import Fielded, opened, stored
from tests.integration.pages.test_trouble import unreachable

SIGN_IN = "/staff/sign-in"


def sign_everybody_out(database: Database) -> None:
    with database.writing() as session:
        session.execute(text("DELETE FROM sign_in"))


def test_nobody_sees_the_page_without_signing_in(client: TestClient, paper: Fielded) -> None:
    for path in (paper.path, "/entry/0000000000000000"):
        answer = client.get(path, follow_redirects=False)
        onward = f"{SIGN_IN}?to={quote(path, safe='')}"
        assert (answer.status_code, answer.headers["location"]) == (303, onward)


@pytest.mark.parametrize("role", ROLES)
def test_the_page_is_there_for_the_roles_whose_duty_it_is(
    client: TestClient, database: Database, paper: Fielded, role: Role
) -> None:
    email, browser = hire(database, paper.agency_id, role), Browser(client)
    sign_in(client, email)
    if browser.get("/staff").url.path == "/staff/second-factor":
        unfinished = client.get(paper.path, follow_redirects=False)
        assert unfinished.headers["location"].startswith("/staff/second-factor?to=")
        enter_enrolled(browser, email, STAFF_PASSWORD)
    expected = 200 if "enter_paper" in DUTIES[role] else 404
    desk = Desk(client, paper.path)
    assert desk.answer.status_code == expected
    assert desk.press(SHEET).status_code == expected
    assert desk.press(SHEET, _step="second").status_code == expected


@pytest.mark.parametrize("whose", ["of another role", "of another agency"])
def test_whoever_else_signs_in_meanwhile_gets_the_sheet_back_and_stores_nothing(
    client: TestClient,
    fieldworker: str,
    paper: Fielded,
    database: Database,
    count_keys: CountKeyStore,
    whose: str,
) -> None:
    sign_in(client, fieldworker)
    desk = Desk(client, paper.path)
    desk.press(SHEET)
    agency = paper.agency_id
    if whose == "of another agency":
        with database.writing() as session:
            agency = make_agency(session, "City of Hillside").agency_id
    role: Role = "author" if whose == "of another role" else "fieldwork"
    sign_in(client, hire(database, agency, role))
    assert desk.press(SHEET).status_code == 404
    assert "has not been stored, and is not lost" in desk.page.text
    assert "How much do you trust" not in desk.page.text
    assert desk.hidden["first.t1"] == desk.hidden["t1"] == "4"
    assert stored(database, paper) == []
    sign_in(client, fieldworker)
    desk.press({})
    assert "The sheet is stored" in desk.page.text
    [sheet] = opened(database, paper, count_keys)
    assert list(sheet["answers"].values()) == [4, 2, -1, 1, 5]


def test_whoever_has_to_sign_in_first_comes_back_to_the_desk(
    client: TestClient, database: Database, paper: Fielded
) -> None:
    email = hire(database, paper.agency_id, "fieldwork")
    browser = Browser(client)
    asked = client.get(paper.path, params={"lang": "es"})
    assert asked.url.path == SIGN_IN
    wrong = browser.post(str(asked.url), {"email": email, "password": "not this one at all"})
    assert wrong.status_code == 422
    assert quote(f"{paper.path}?lang=es", safe="") in wrong.text
    entered = browser.post(str(asked.url), {"email": email, "password": STAFF_PASSWORD})
    assert (entered.url.path, entered.url.query) == (paper.path, b"lang=es")


@pytest.mark.parametrize(
    "to",
    ["https://elsewhere.example/", "//elsewhere.example/x", "/\\elsewhere", "/staff/sign-in", "x"],
)
def test_signing_in_leads_to_no_other_site(
    client: TestClient, database: Database, paper: Fielded, to: str
) -> None:
    email = hire(database, paper.agency_id, "fieldwork")
    address = f"{SIGN_IN}?to={quote(to, safe='')}"
    entered = Browser(client).post(address, {"email": email, "password": STAFF_PASSWORD})
    assert (entered.url.host, entered.url.path) == ("testserver", "/staff")


def test_another_agency_s_paper_is_as_unknown_as_an_address_that_never_was(
    client: TestClient, database: Database, paper: Fielded, fielded: Fielded
) -> None:
    with database.writing() as session:
        other = make_agency(session, "City of Hillside").agency_id
    sign_in(client, hire(database, other, "fieldwork"))
    nowhere = [paper.path, "/entry/0000000000000000", fielded.path.replace("/s/", "/entry/")]
    for accept in ("text/html", "application/json"):
        pages = [client.get(path, headers={"accept": accept}) for path in nowhere]
        assert {page.status_code for page in pages} == {404}
        assert len({page.text for page in pages}) == 1
    desk = Desk(client, paper.path)
    assert desk.press(SHEET, _step="second").status_code == 404
    assert stored(database, paper) == []


@pytest.mark.parametrize("step", ["first", "second", "settle"])
def test_whoever_is_signed_out_meanwhile_loses_nothing_and_stores_after_signing_in(
    client: TestClient,
    fieldworker: str,
    paper: Fielded,
    database: Database,
    count_keys: CountKeyStore,
    held_clock: HeldClock,
    step: str,
) -> None:
    sign_in(client, fieldworker)
    desk = Desk(client, paper.path)
    if step != "first":
        desk.press(SHEET)
    if step == "settle":
        desk.press({**SHEET, "t1": "5"})
    typed = SHEET if step != "settle" else {"t1": "4"}
    carried = desk.hidden
    held_clock.advance(IDLE)
    assert desk.press(typed).status_code == 403
    assert "You are signed out" in desk.page.text
    assert f'href="{SIGN_IN}" target="_blank"' in desk.answer.text
    assert desk.answer.headers["cache-control"] == "no-store"
    assert (desk.typed, desk.hidden) == (typed, carried)
    assert stored(database, paper) == []
    sign_in(client, fieldworker)
    desk.press(typed)
    if step == "first":
        desk.press(SHEET)
    assert "The sheet is stored" in desk.page.text
    [sheet] = opened(database, paper, count_keys)
    assert list(sheet["answers"].values()) == [4, 2, -1, 1, 5]


def test_whoever_is_signed_out_sees_nothing_of_a_wave_that_takes_no_sheets(
    site: FastAPI, desk: Desk, paper: Fielded, database: Database
) -> None:
    desk.press(SHEET)
    sign_everybody_out(database)
    with database.writing() as session:
        close_wave(session, paper.agency_id, paper.wave_id, grace=timedelta(0))
        end_grace(session, paper.agency_id, paper.wave_id)
    site.state.entry_pages._collectors._known.clear()
    answer = desk.press(SHEET)
    assert answer.url.path == SIGN_IN


def test_while_the_database_is_away_nobody_is_asked_to_sign_in_and_nothing_is_lost(
    desk: Desk, paper: Fielded, database: Database
) -> None:
    desk.press(SHEET)
    with unreachable(database, "sign_in"):
        assert desk.press(SHEET).status_code == 503
    assert "could not be stored just now" in desk.page.text
    assert desk.typed == SHEET
    desk.press(SHEET)
    assert len(stored(database, paper)) == 1
