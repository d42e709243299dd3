from __future__ import annotations

from datetime import timedelta

import pytest

from app.accounts.audit import recent_acts
from app.accounts.roles import DUTIES, NEEDS_SECOND_FACTOR, ROLES, Duty
from app.accounts.signing_in import SignInRefusal, sign_in
from app.accounts.staff import (
    INVITATION_LASTS,
    RESET_LASTS,
    change_roles,
    choose_password,
    create_owner,
    get_staff,
    invite,
    invited_by_link,
    list_staff,
    send_reset,
    set_active,
)
from app.db import Database
from app.errors import AppError, BadInput, Conflict, NotFound
from app.privacy.staff.passwords import PasswordRefused
from tests.conftest import HeldClock
from tests.factories import make_agency
from tests.integration.accounts.people import (
    OWNER_PASSWORD,
    STAFF_PASSWORD,
    TAGS,
    Owner,
    enter,
    present,
    who,
)

LEAKED = "password1"


def _invite(
    database: Database, owner: Owner, email: str = "bo@partner.example", *roles: str
) -> tuple[str, str]:
    with database.writing() as session:
        staff, token = invite(
            session,
            owner.agency_id,
            owner.staff_id,
            email=email,
            name="Bo Li",
            roles=roles or ["analyst"],
            partner=" Riverside Neighbours ",
        )
        return staff.id, token


def _choose(database: Database, token: str, password: str = STAFF_PASSWORD) -> None:
    with database.writing() as session:
        choose_password(session, token, password)


def test_an_invitation_lets_one_person_in_once(database: Database, owner: Owner) -> None:
    staff_id, token = _invite(database, owner, "bo@partner.example", "auditor", "analyst")
    assert sign_in(database, "bo@partner.example", "", TAGS) is SignInRefusal.NOT_KNOWN
    with database.reading() as session:
        invited = invited_by_link(session, token)
        assert (invited.name, invited.partner) == ("Bo Li", "Riverside Neighbours")
    _choose(database, token)
    signed_in = present(database, enter(database, "bo@partner.example", STAFF_PASSWORD))
    assert signed_in.staff_id == staff_id
    assert signed_in.roles == ("analyst", "auditor")
    assert signed_in.may("read_audit_log")
    assert not signed_in.may("manage_staff")
    with pytest.raises(NotFound, match="has been used"):
        _choose(database, token)


def test_an_invitation_ends_after_a_week(
    database: Database, owner: Owner, held_clock: HeldClock
) -> None:
    _, token = _invite(database, owner)
    held_clock.advance(INVITATION_LASTS - timedelta(seconds=1))
    with database.reading() as session:
        assert invited_by_link(session, token).name == "Bo Li"
    held_clock.advance(timedelta(seconds=1))
    with pytest.raises(NotFound):
        _choose(database, token)


def test_a_new_link_ends_the_older_one(database: Database, owner: Owner) -> None:
    staff_id, first = _invite(database, owner)
    with database.writing() as session:
        second = send_reset(session, owner.agency_id, owner.staff_id, staff_id)
    with pytest.raises(NotFound):
        _choose(database, first)
    _choose(database, second)


def test_a_new_password_signs_out_every_browser_and_ends_a_wait(
    database: Database, owner: Owner, held_clock: HeldClock
) -> None:
    token = enter(database, owner.email, OWNER_PASSWORD)
    with database.writing() as session:
        link = send_reset(session, owner.agency_id, owner.staff_id, owner.staff_id)
    assert who(database, token) is not None
    for _ in range(5):
        sign_in(database, owner.email, "wrong", TAGS)
    _choose(database, link, "another long password")
    assert who(database, token) is None
    enter(database, owner.email, "another long password")
    with database.writing() as session:
        link = send_reset(session, owner.agency_id, owner.staff_id, owner.staff_id)
    held_clock.advance(RESET_LASTS)
    with pytest.raises(NotFound):
        _choose(database, link)


def test_a_refused_password_leaves_the_link_good(database: Database, owner: Owner) -> None:
    _, token = _invite(database, owner)
    with pytest.raises(PasswordRefused, match="15 to 256"):
        _choose(database, token, "too short")
    _choose(database, token)


@pytest.mark.parametrize("token", ["", "nonsense", "abc123." + "A" * 43])
def test_a_link_that_was_never_made_is_not_found(database: Database, token: str) -> None:
    with database.reading() as session, pytest.raises(NotFound):
        invited_by_link(session, token)


@pytest.mark.parametrize(
    ("email", "name", "roles", "told"),
    [
        ("no address", "Bo", ["analyst"], "not an e-mail address"),
        ("x@" + "y" * 250 + ".example", "Bo", ["analyst"], "not an e-mail address"),
        ("bo@partner.example", " ", ["analyst"], "needs a name"),
        ("bo@partner.example", "Bo", [], "at least one role"),
        ("bo@partner.example", "Bo", ["king"], "no role 'king'"),
        ("ana@city.example", "Ana", ["analyst"], "staff member already"),
    ],
)
def test_what_cannot_be_invited_is_told(
    database: Database, owner: Owner, email: str, name: str, roles: list[str], told: str
) -> None:
    with pytest.raises(AppError, match=told), database.writing() as session:
        invite(session, owner.agency_id, owner.staff_id, email=email, name=name, roles=roles)
    with database.reading() as session:
        assert len(list_staff(session, owner.agency_id)) == 1


def test_changed_roles_hold_from_the_next_sign_in(database: Database, owner: Owner) -> None:
    staff_id, link = _invite(database, owner)
    _choose(database, link)
    token = enter(database, "bo@partner.example", STAFF_PASSWORD)
    with database.writing() as session:
        change_roles(session, owner.agency_id, owner.staff_id, staff_id, ["fieldwork"])
    assert who(database, token) is None
    again = present(database, enter(database, "bo@partner.example", STAFF_PASSWORD))
    assert again.roles == ("fieldwork",)


def test_somebody_shut_out_is_signed_out_and_stays_in_the_log(
    database: Database, owner: Owner
) -> None:
    staff_id, link = _invite(database, owner)
    _choose(database, link)
    token = enter(database, "bo@partner.example", STAFF_PASSWORD)
    with database.writing() as session:
        unused = send_reset(session, owner.agency_id, owner.staff_id, staff_id)
        set_active(session, owner.agency_id, owner.staff_id, staff_id, is_active=False)
    assert who(database, token) is None
    with pytest.raises(NotFound):
        _choose(database, unused)
    refused = sign_in(database, "bo@partner.example", STAFF_PASSWORD, TAGS)
    assert refused is SignInRefusal.NOT_KNOWN
    with database.writing() as session:
        set_active(session, owner.agency_id, owner.staff_id, staff_id, is_active=True)
        newest = recent_acts(session, owner.agency_id)[0]
    assert (newest.who, newest.act, newest.subject) == ("Ana Ruiz", "let in again", "Bo Li")
    enter(database, "bo@partner.example", STAFF_PASSWORD)


def test_an_agency_is_never_left_without_an_owner(database: Database, owner: Owner) -> None:
    with pytest.raises(Conflict, match="without an owner"), database.writing() as session:
        change_roles(session, owner.agency_id, owner.staff_id, owner.staff_id, ["analyst"])
    with pytest.raises(Conflict, match="without an owner"), database.writing() as session:
        set_active(session, owner.agency_id, owner.staff_id, owner.staff_id, is_active=False)
    invited, _ = _invite(database, owner, "bo@partner.example", "owner")
    with pytest.raises(Conflict, match="without an owner"), database.writing() as session:
        set_active(session, owner.agency_id, owner.staff_id, owner.staff_id, is_active=False)
    with database.reading() as session:
        assert get_staff(session, owner.agency_id, owner.staff_id).is_active
        assert get_staff(session, owner.agency_id, invited).roles == ["owner"]


def test_staff_of_another_agency_are_not_there(database: Database, owner: Owner) -> None:
    with database.writing() as session:
        other = make_agency(session, "City of Hillside").agency_id
        stranger = create_owner(
            session, other, email="cy@hill.example", name="Cy", password=OWNER_PASSWORD
        )
    for act in (
        lambda s: change_roles(s, other, stranger.id, owner.staff_id, ["analyst"]),
        lambda s: set_active(s, other, stranger.id, owner.staff_id, is_active=False),
        lambda s: send_reset(s, other, stranger.id, owner.staff_id),
        lambda s: get_staff(s, other, owner.staff_id),
    ):
        with pytest.raises(NotFound), database.writing() as session:
            act(session)


def test_one_address_at_two_agencies_enters_by_the_password_that_fits(
    database: Database, owner: Owner
) -> None:
    with database.writing() as session:
        other = make_agency(session, "City of Hillside").agency_id
        create_owner(session, other, email=owner.email, name="Ana", password=STAFF_PASSWORD)
    assert present(database, enter(database, owner.email, STAFF_PASSWORD)).agency_id == other
    mine = present(database, enter(database, owner.email, OWNER_PASSWORD))
    assert mine.agency_id == owner.agency_id


def test_an_owner_of_no_agency_is_refused(database: Database) -> None:
    with pytest.raises(NotFound), database.writing() as session:
        create_owner(session, "000000", email="a@b.example", name="A", password=OWNER_PASSWORD)


def test_a_weak_first_password_makes_nobody(database: Database) -> None:
    with database.writing() as session:
        agency_id = make_agency(session).agency_id
    with pytest.raises(BadInput), database.writing() as session:
        create_owner(session, agency_id, email="a@b.example", name="A", password=LEAKED)
    with database.reading() as session:
        assert list_staff(session, agency_id) == []


def test_each_role_opens_a_duty_and_the_powerful_ask_for_a_second_factor() -> None:
    assert DUTIES.keys() == set(ROLES)
    assert all(DUTIES.values())
    for duty in ("manage_staff", "publish_reports", "hold_keys", "take_answers", "erase_answers"):
        assert {role for role in ROLES if duty in DUTIES[role]} <= NEEDS_SECOND_FACTOR


@pytest.mark.parametrize(
    ("duty", "roles"),
    [
        ("review_texts", {"reviewer"}),
        ("take_answers", {"owner", "microdata"}),
        ("see_computed", {"analyst"}),
        ("read_audit_log", {"auditor"}),
        ("hold_keys", {"key_holder"}),
        ("manage_staff", {"owner"}),
        ("erase_answers", {"owner"}),
    ],
)
def test_what_is_nearest_to_people_is_open_to_whom_the_rules_name_and_to_nobody_else(
    duty: Duty, roles: set[str]
) -> None:
    """One role more here is a promise less: docs/security/rules.md says who may do what."""
    assert {role for role in ROLES if duty in DUTIES[role]} == roles
