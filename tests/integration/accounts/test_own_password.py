"""Changing one's own password, with the present one."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from app.accounts.signing_in import SignInRefusal, Standing, change_password
from app.accounts.staff import send_reset
from app.accounts.tables import OneTimeLink
from app.db import Database
from app.privacy.staff.one_time_codes import OneTimeCodes
from app.privacy.staff.passwords import PasswordRefused
from tests.conftest import HeldClock
from tests.integration.accounts.people import (
    OWNER_PASSWORD,
    STAFF_PASSWORD,
    Owner,
    enrol,
    enter,
    hire,
    present,
    who,
)
from tests.integration.accounts.staff_site import Browser, enter_enrolled, staff_site

CHOSEN = "nine lamps under snow"


def _change(database: Database, token: str, now: str, chosen: str) -> str | SignInRefusal:
    signed_in = present(database, token)
    with database.writing() as session:
        return change_password(session, signed_in, now, chosen)


def test_it_ends_every_other_browser_and_link_and_keeps_the_second_factor(
    database: Database, owner: Owner, codes: OneTimeCodes, held_clock: HeldClock
) -> None:
    first, *_ = enrol(database, codes, owner, held_clock())
    elsewhere = enter(database, owner.email, OWNER_PASSWORD)
    with database.writing() as session:
        send_reset(session, owner.agency_id, owner.staff_id, owner.staff_id)
    token = _change(database, first, OWNER_PASSWORD, CHOSEN)
    assert isinstance(token, str)
    assert who(database, first) is None
    assert who(database, elsewhere) is None
    assert present(database, token).standing is Standing.COMPLETE
    with database.reading() as session:
        assert session.scalars(select(OneTimeLink)).all() == []
    assert who(database, enter(database, owner.email, CHOSEN)) is not None
    with pytest.raises(AssertionError):
        enter(database, owner.email, OWNER_PASSWORD)


@pytest.mark.parametrize("weak", ["short", "Ana Ruiz", "a" * 20])
def test_a_weak_one_changes_nothing(
    database: Database, owner: Owner, codes: OneTimeCodes, held_clock: HeldClock, weak: str
) -> None:
    token, *_ = enrol(database, codes, owner, held_clock())
    with pytest.raises(PasswordRefused):
        _change(database, token, OWNER_PASSWORD, weak)
    assert who(database, token) is not None
    enter(database, owner.email, OWNER_PASSWORD)


@pytest.mark.usefixtures("held_clock")
def test_the_present_one_cannot_be_tried_out(database: Database, owner: Owner) -> None:
    token = enter(database, hire(database, owner.agency_id, "reviewer"), STAFF_PASSWORD)
    while (outcome := _change(database, token, "not this one", CHOSEN)) is SignInRefusal.NOT_KNOWN:
        pass
    assert outcome is SignInRefusal.WAIT
    assert _change(database, token, STAFF_PASSWORD, CHOSEN) is SignInRefusal.WAIT


@pytest.fixture
def browser(database: Database, tmp_path: Path) -> Iterator[Browser]:
    with staff_site(database, tmp_path, "https://rapport.example") as client:
        yield Browser(client)


def test_the_page_tells_what_is_wrong_and_then_changes_it(browser: Browser, owner: Owner) -> None:
    enter_enrolled(browser, owner.email)
    assert "/staff/password" in browser.get("/staff/account").text

    def post(now: str, chosen: str, again: str) -> tuple[int, str]:
        answer = browser.post(
            "/staff/password", {"present": now, "password": chosen, "again": again}
        )
        return answer.status_code, answer.text

    differ = post(OWNER_PASSWORD, CHOSEN, "another")
    assert differ[0] == 422
    assert "not the same" in differ[1]
    wrong = post("not this one", CHOSEN, CHOSEN)
    assert wrong[0] == 422
    assert "present password is not right" in wrong[1]
    assert post(OWNER_PASSWORD, "short", "short")[0] == 422
    done = post(OWNER_PASSWORD, CHOSEN, CHOSEN)
    assert done[0] == 200
    assert "is changed" in done[1]
    browser.post("/staff/sign-out")
    asked = browser.post("/staff/sign-in", {"email": owner.email, "password": CHOSEN})
    assert asked.url.path == "/staff/code"
