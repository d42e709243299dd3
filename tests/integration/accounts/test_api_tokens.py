from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from app import clock
from app.accounts.api_tokens import (
    MOST_TOKENS,
    Caller,
    caller_by,
    list_api_tokens,
    make_api_token,
    revoke_api_token,
)
from app.accounts.audit import recent_acts
from app.accounts.signing_in import SignedIn
from app.accounts.staff import change_roles, set_active
from app.accounts.tables import ApiToken
from app.db import Database
from app.errors import BadInput, Conflict, NotFound
from app.privacy.staff.one_time_codes import OneTimeCodes
from tests.conftest import HeldClock
from tests.integration.accounts.people import (
    STAFF_PASSWORD,
    Owner,
    enrol,
    enter,
    hire,
    present,
)
from tests.integration.accounts.staff_site import Browser, enter_enrolled, staff_site


def _boss(database: Database, codes: OneTimeCodes, owner: Owner) -> SignedIn:
    return present(database, enrol(database, codes, owner, clock.now())[0])


def _analyst(database: Database, owner: Owner) -> SignedIn:
    email = hire(database, owner.agency_id, "analyst")
    return present(database, enter(database, email, STAFF_PASSWORD))


def _made(database: Database, signed_in: SignedIn, *scopes: str, days: int = 30) -> str:
    with database.writing() as session:
        return make_api_token(session, signed_in, label="Counts", scopes=scopes, days=days)


def _caller(database: Database, token: str) -> Caller | None:
    with database.writing() as session:
        return caller_by(session, token)


def test_a_token_may_do_what_its_scopes_say_and_nothing_else(
    database: Database, codes: OneTimeCodes, owner: Owner
) -> None:
    token = _made(database, _boss(database, codes, owner), "see_fieldwork", "see_reports")
    caller = _caller(database, token)
    assert caller is not None
    assert (caller.agency_id, caller.staff_id) == (owner.agency_id, owner.staff_id)
    assert caller.may("see_fieldwork")
    assert not caller.may("run_waves")
    assert not caller.may("manage_staff")


def test_the_database_holds_no_token(database: Database, owner: Owner) -> None:
    token = _made(database, _analyst(database, owner), "see_reports")
    with database.reading() as session:
        row = session.scalars(select(ApiToken)).one()
        kept = [getattr(row, column.key) for column in ApiToken.__table__.columns]
    assert token.startswith("rapport_")
    secret = token.rpartition(".")[2]
    assert not any(secret.encode() in repr(value).encode() for value in kept)


def test_another_token_is_nobody(database: Database, owner: Owner) -> None:
    token = _made(database, _analyst(database, owner), "see_reports")
    assert _caller(database, token) is not None
    other_end = "A" if token[-1] != "A" else "B"
    for other in (token[:-1] + other_end, token.removeprefix("rapport_"), token + "A", ""):
        assert _caller(database, other) is None


def test_what_a_browser_holds_is_no_api_token(database: Database, owner: Owner) -> None:
    email = hire(database, owner.agency_id, "analyst")
    in_browser = enter(database, email, STAFF_PASSWORD)
    assert _caller(database, in_browser) is None
    assert _caller(database, f"rapport_{in_browser}") is None


def test_nobody_grants_more_than_they_have(database: Database, owner: Owner) -> None:
    analyst = _analyst(database, owner)
    for scope in ("run_waves", "manage_staff", "enter_paper", "nonsense"):
        with pytest.raises(BadInput, match="cannot grant"):
            _made(database, analyst, "see_reports", scope)
    with pytest.raises(BadInput, match="at least one"):
        _made(database, analyst)


def test_a_token_loses_what_its_owner_loses(
    database: Database, codes: OneTimeCodes, owner: Owner
) -> None:
    boss, analyst = _boss(database, codes, owner), _analyst(database, owner)
    token = _made(database, analyst, "see_reports")
    ids = (owner.agency_id, owner.staff_id, analyst.staff_id)
    with database.writing() as session:
        change_roles(session, *ids, ["auditor"])
    caller = _caller(database, token)
    assert caller is not None
    assert not caller.may("see_reports")
    with database.writing() as session:
        set_active(session, *ids, is_active=False)
        set_active(session, *ids, is_active=True)
    assert _caller(database, token) is None
    with database.writing() as session:
        assert list_api_tokens(session, boss) == []


def test_a_token_ends_on_its_day(database: Database, owner: Owner, held_clock: HeldClock) -> None:
    token = _made(database, _analyst(database, owner), "see_reports", days=7)
    held_clock.advance(timedelta(days=7, seconds=-1))
    assert _caller(database, token) is not None
    held_clock.advance(timedelta(seconds=1))
    assert _caller(database, token) is None
    for days in (0, 367):
        with pytest.raises(BadInput, match="1 to 366 days"):
            _made(database, _analyst_again(database, owner), "see_reports", days=days)


def _analyst_again(database: Database, owner: Owner) -> SignedIn:
    return present(database, enter(database, f"analyst@{owner.agency_id}.example", STAFF_PASSWORD))


def test_revoked_at_once_by_whose_it_is_or_by_an_owner_only(
    database: Database, codes: OneTimeCodes, owner: Owner
) -> None:
    boss, analyst = _boss(database, codes, owner), _analyst(database, owner)
    owners, analysts = (
        _made(database, boss, "run_waves"),
        _made(database, analyst, "see_reports"),
    )
    with database.writing() as session:
        assert [line.whose for line in list_api_tokens(session, analyst)] == ["Bo Li"]
        lines = {line.whose: line.id for line in list_api_tokens(session, boss)}
    with pytest.raises(NotFound), database.writing() as session:
        revoke_api_token(session, analyst, lines["Ana Ruiz"])
    with database.writing() as session:
        revoke_api_token(session, boss, lines["Bo Li"])
    assert _caller(database, analysts) is None
    assert _caller(database, owners) is not None
    with database.reading() as session:
        acts = [act.act for act in recent_acts(session, owner.agency_id)]
    assert acts.count("make API token") == 2
    assert acts.count("revoke API token") == 1


def test_there_is_an_end_to_the_number_of_tokens(database: Database, owner: Owner) -> None:
    analyst = _analyst(database, owner)
    for _ in range(MOST_TOKENS):
        _made(database, analyst, "see_reports")
    with pytest.raises(Conflict, match="Revoke one"):
        _made(database, analyst, "see_reports")


@pytest.fixture
def browser(database: Database, tmp_path: Path) -> Iterator[Browser]:
    with staff_site(database, tmp_path, "https://rapport.example") as client:
        yield Browser(client)


def test_the_page_makes_shows_once_and_revokes(
    browser: Browser, owner: Owner, database: Database
) -> None:
    enter_enrolled(browser, owner.email)
    assert "No program has a token yet" in browser.get("/staff/tokens").text
    refused = browser.post("/staff/tokens", {"label": "Counts <b>", "days": "30"})
    assert refused.status_code == 422
    assert 'value="Counts &lt;b&gt;"' in refused.text
    made = browser.post(
        "/staff/tokens", {"label": "Counts <b>", "days": "30", "scopes": ["see_fieldwork"]}
    )
    shown = re.search(r"<code>(rapport_[^<]+)</code>", made.text)
    assert shown is not None
    assert _caller(database, shown[1]) is not None
    listed = browser.get("/staff/tokens").text
    assert shown[1] not in listed
    assert "Counts &lt;b&gt;" in listed
    revoke = re.search(r'action="(/staff/tokens/\w{10}/revoke)"', listed)
    assert revoke is not None
    browser.post(revoke[1])
    assert _caller(database, shown[1]) is None
    assert browser.post(revoke[1]).status_code == 404
