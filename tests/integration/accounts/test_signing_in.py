from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from app.accounts import signing_in
from app.accounts.second_factor import begin_enrolment, confirm_enrolment, reset_second_factor
from app.accounts.signing_in import (
    IDLE,
    LONGEST,
    UNKNOWN_KEPT,
    SignInRefusal,
    Standing,
    browsers_of,
    forget_unknown_addresses,
    give_code,
    sign_in,
    sign_out,
    sign_out_elsewhere,
)
from app.accounts.tables import SignIn, Staff, UnknownAddress
from app.db import Database
from app.errors import Conflict
from app.privacy.staff.attempts import LONGEST_WAIT
from app.privacy.staff.one_time_codes import OneTimeCodes
from tests.conftest import HeldClock
from tests.integration.accounts.people import (
    OWNER_PASSWORD,
    TAGS,
    Owner,
    enrol,
    enter,
    phone_code,
    present,
    who,
)


def _try(database: Database, email: str, password: str) -> str | SignInRefusal:
    return sign_in(database, email, password, TAGS)


def _give(database: Database, codes: OneTimeCodes, token: str, code: str) -> str | SignInRefusal:
    signed_in = present(database, token)
    with database.writing() as session:
        return give_code(session, codes, signed_in, code)


@pytest.mark.usefixtures("owner")
def test_an_owner_may_do_nothing_before_the_second_factor(database: Database) -> None:
    signed_in = present(database, enter(database, " ANA@city.example", OWNER_PASSWORD))
    assert signed_in.standing is Standing.NEEDS_ENROLMENT
    assert not signed_in.may("manage_staff")


@pytest.mark.usefixtures("owner")
def test_a_wrong_password_and_an_unknown_address_are_told_alike(database: Database) -> None:
    assert _try(database, "ana@city.example", "wrong") is SignInRefusal.NOT_KNOWN
    assert _try(database, "nobody@city.example", "wrong") is SignInRefusal.NOT_KNOWN


def test_after_five_failures_the_right_password_has_to_wait(
    database: Database, owner: Owner, held_clock: HeldClock
) -> None:
    for _ in range(5):
        assert _try(database, owner.email, "wrong") is SignInRefusal.NOT_KNOWN
    assert _try(database, owner.email, OWNER_PASSWORD) is SignInRefusal.WAIT
    held_clock.advance(timedelta(seconds=31))
    assert isinstance(_try(database, owner.email, OWNER_PASSWORD), str)


def test_each_further_failure_doubles_the_wait_up_to_a_quarter_of_an_hour(
    database: Database, owner: Owner, held_clock: HeldClock
) -> None:
    waits = []
    for _ in range(12):
        _try(database, owner.email, "wrong")
        with database.reading() as session:
            until = session.get_one(Staff, (owner.agency_id, owner.staff_id)).waits_until
        if until is not None:
            waits.append((until - held_clock()).total_seconds())
            held_clock.moment = until
    assert waits == [30, 60, 120, 240, 480, *[LONGEST_WAIT.total_seconds()] * 3]


def test_unknown_addresses_wait_alike_and_are_forgotten_after_a_year_or_behind_very_many(
    database: Database, held_clock: HeldClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(5):
        assert _try(database, "nobody@city.example", "wrong") is SignInRefusal.NOT_KNOWN
    assert _try(database, " Nobody@city.example", "wrong") is SignInRefusal.WAIT
    held_clock.advance(timedelta(seconds=31))
    assert _try(database, "nobody@city.example", "wrong") is SignInRefusal.NOT_KNOWN
    for place in range(3):
        held_clock.advance(timedelta(seconds=1))
        _try(database, f"someone{place}@city.example", "wrong")
    assert _kept(database) == [1, 1, 1, 6]
    monkeypatch.setattr(signing_in, "MOST_UNKNOWN", 2)
    assert _kept(database) == [1, 1]
    held_clock.advance(UNKNOWN_KEPT - timedelta(seconds=1))
    assert _kept(database) == [1, 1]
    held_clock.advance(timedelta(seconds=2))
    assert _kept(database) == []


def _kept(database: Database) -> list[int]:
    with database.acting_as("rapport_operator").writing() as session:
        forget_unknown_addresses(session)
        return sorted(session.scalars(select(UnknownAddress.failures)))


def test_the_database_holds_no_token(database: Database, owner: Owner) -> None:
    token = enter(database, owner.email, OWNER_PASSWORD)
    with database.reading() as session:
        (row,) = session.scalars(select(SignIn)).all()
    assert len(row.digest) == 32
    assert row.digest not in {token.encode(), token[7:].encode()}


def test_a_browser_is_forgotten_after_half_an_hour_without_use(
    database: Database, owner: Owner, held_clock: HeldClock
) -> None:
    token = enter(database, owner.email, OWNER_PASSWORD)
    held_clock.advance(IDLE - timedelta(seconds=1))
    assert who(database, token) is not None
    held_clock.advance(IDLE - timedelta(seconds=1))
    assert who(database, token) is not None
    held_clock.advance(IDLE)
    assert who(database, token) is None
    with database.reading() as session:
        assert session.scalars(select(SignIn)).all() == []


def test_a_browser_in_constant_use_is_forgotten_after_twelve_hours(
    database: Database, owner: Owner, held_clock: HeldClock
) -> None:
    token = enter(database, owner.email, OWNER_PASSWORD)
    began = held_clock()
    while held_clock() - began < LONGEST - timedelta(minutes=20):
        held_clock.advance(timedelta(minutes=20))
        assert who(database, token) is not None
    held_clock.advance(timedelta(minutes=20))
    assert who(database, token) is None


def test_a_set_up_second_factor_is_asked_for_and_changes_the_token(
    database: Database, owner: Owner, codes: OneTimeCodes, held_clock: HeldClock
) -> None:
    first, secret, _ = enrol(database, codes, owner, held_clock())
    assert present(database, first).may("manage_staff")
    held_clock.advance(timedelta(minutes=1))
    token = enter(database, owner.email, OWNER_PASSWORD)
    assert present(database, token).standing is Standing.NEEDS_CODE
    complete = _give(database, codes, token, phone_code(secret, held_clock()))
    assert isinstance(complete, str)
    assert complete != token
    assert who(database, token) is None
    assert present(database, complete).may("manage_staff")


def test_a_code_is_good_once(
    database: Database, owner: Owner, codes: OneTimeCodes, held_clock: HeldClock
) -> None:
    _, secret, _ = enrol(database, codes, owner, held_clock())
    token = enter(database, owner.email, OWNER_PASSWORD)
    used = phone_code(secret, held_clock())
    assert _give(database, codes, token, used) is SignInRefusal.NOT_KNOWN
    held_clock.advance(timedelta(seconds=30))
    assert isinstance(_give(database, codes, token, phone_code(secret, held_clock())), str)


def test_codes_cannot_be_tried_out(
    database: Database, owner: Owner, codes: OneTimeCodes, held_clock: HeldClock
) -> None:
    _, secret, _ = enrol(database, codes, owner, held_clock())
    held_clock.advance(timedelta(minutes=1))
    for _ in range(5):
        token = enter(database, owner.email, OWNER_PASSWORD)
        assert _give(database, codes, token, "000000") is SignInRefusal.NOT_KNOWN
    right = phone_code(secret, held_clock())
    assert _give(database, codes, token, right) is SignInRefusal.WAIT
    assert _try(database, owner.email, OWNER_PASSWORD) is SignInRefusal.WAIT


def test_a_recovery_code_lets_in_once(
    database: Database, owner: Owner, codes: OneTimeCodes, held_clock: HeldClock
) -> None:
    _, _, recovery_codes = enrol(database, codes, owner, held_clock())
    assert len(set(recovery_codes)) == 10
    token = enter(database, owner.email, OWNER_PASSWORD)
    assert isinstance(_give(database, codes, token, recovery_codes[0]), str)
    token = enter(database, owner.email, OWNER_PASSWORD)
    assert _give(database, codes, token, recovery_codes[0]) is SignInRefusal.NOT_KNOWN


def test_a_wrong_code_sets_nothing_up(
    database: Database, owner: Owner, codes: OneTimeCodes, held_clock: HeldClock
) -> None:
    token = enter(database, owner.email, OWNER_PASSWORD)
    signed_in = present(database, token)
    with database.writing() as session:
        first = begin_enrolment(session, codes, signed_in)
    with database.writing() as session:
        assert confirm_enrolment(session, codes, signed_in, "000000") is None
    with database.writing() as session:
        assert begin_enrolment(session, codes, signed_in) == first
    assert present(database, token).standing is Standing.NEEDS_ENROLMENT
    enrol(database, codes, owner, held_clock())
    with database.writing() as session, pytest.raises(Conflict, match="set up already"):
        begin_enrolment(session, codes, signed_in)
    with database.writing() as session:
        assert confirm_enrolment(session, codes, signed_in, "000000") is None


def test_a_lost_phone_is_reset_by_an_owner(
    database: Database, owner: Owner, codes: OneTimeCodes, held_clock: HeldClock
) -> None:
    token, _, _ = enrol(database, codes, owner, held_clock())
    with database.writing() as session:
        reset_second_factor(session, owner.agency_id, owner.staff_id, owner.staff_id)
    assert who(database, token) is None
    again = enter(database, owner.email, OWNER_PASSWORD)
    assert present(database, again).standing is Standing.NEEDS_ENROLMENT


def test_signing_out_ends_this_browser_and_elsewhere_ends_the_others(
    database: Database, owner: Owner
) -> None:
    one, two, three = (enter(database, owner.email, OWNER_PASSWORD) for _ in range(3))
    signed_in = present(database, two)
    with database.writing() as session:
        assert [b.is_this for b in browsers_of(session, signed_in)].count(True) == 1
        sign_out_elsewhere(session, signed_in)
    assert who(database, one) is None
    assert who(database, three) is None
    with database.writing() as session:
        sign_out(session, present(database, two))
    assert who(database, two) is None


@pytest.mark.parametrize("text", ["", "abc123.", "0" * 300, "abc123." + "A" * 43])
def test_a_token_that_was_never_given_is_nobody(database: Database, text: str) -> None:
    assert who(database, text) is None
