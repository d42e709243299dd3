"""Joining, signing in and leaving by way of an identity provider, over HTTP, on both databases."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.accounts.audit import AuditHead, recent_acts, verify_audit_log
from app.accounts.roles import Role
from app.accounts.single_sign_on import allow_joining_by_email, unlink
from app.accounts.single_sign_on.provider import identity_provider as named_provider
from app.accounts.staff import invite, list_staff, others_who_may, send_reset
from app.db import Database
from app.errors import Misconfigured
from app.settings import Settings
from tests.integration.accounts.people import OWNER_PASSWORD, Owner
from tests.integration.accounts.single_sign_on.identity_provider import Provider, new_key
from tests.integration.accounts.single_sign_on.site import HOME, Visitor, sso_site

ACCOUNT = "/staff/account"


def _invited(database: Database, owner: Owner, role: Role = "analyst") -> str:
    """The path of the link."""
    with database.writing() as session:
        _, token = invite(
            session,
            owner.agency_id,
            owner.staff_id,
            email="bo@partner.example",
            name="Bo Li",
            roles=[role],
        )
    return f"/staff/link/{token}"


def _staff_id(database: Database, owner: Owner) -> str:
    with database.acting_as("rapport_operator").reading() as session:
        return next(s.id for s in list_staff(session, owner.agency_id) if s.id != owner.staff_id)


def test_an_invited_person_joins_and_comes_back_without_any_password(
    visitor: Visitor, database: Database, owner: Owner
) -> None:
    link = _invited(database, owner)
    page = visitor.get(link)
    assert f'href="{link}/oidc"' in page.text
    assert "Join with City login" in page.text
    joined = visitor.enter(f"{link}/oidc")
    assert (joined.status_code, joined.headers["location"]) == (303, HOME)
    assert "Bo Li" in visitor.get(ACCOUNT).text
    visitor.post("/staff/sign-out")
    assert visitor.get(ACCOUNT).status_code == 303
    assert visitor.enter().headers["location"] == HOME
    assert "Bo Li" in visitor.get(ACCOUNT).text
    assert visitor.get(link).status_code == 404
    with database.reading() as session:
        acts = [act.act for act in recent_acts(session, owner.agency_id)]
        assert acts.count("link single sign-on") == 1
        assert acts.count("sign in") == 2
        assert isinstance(verify_audit_log(session, owner.agency_id), AuditHead)
        assert others_who_may(session, owner.agency_id, owner.staff_id, "see_reports") == 1


def test_whom_nobody_linked_stays_outside_whatever_their_address(
    visitor: Visitor, owner: Owner, provider: Provider
) -> None:
    provider.person = {"sub": "1", "email": owner.email, "email_verified": True}
    page = visitor.enter()
    assert page.status_code == 403
    assert "City login knows you, but nobody has let you in here yet" in page.text
    assert visitor.get(ACCOUNT).status_code == 303


def test_by_address_only_where_the_owner_said_so_and_the_provider_verified_it(
    visitor: Visitor, database: Database, owner: Owner, provider: Provider
) -> None:
    _invited(database, owner)
    with database.writing() as session:
        allow_joining_by_email(session, owner.agency_id, owner.staff_id, is_allowed=True)
    for unverified in ({}, {"email_verified": False}, {"email_verified": "true"}):
        provider.person = {"sub": "8", "email": "bo@partner.example", **unverified}
        assert visitor.enter().status_code == 403
    provider.person = {"sub": "8", "email": "Bo@Partner.example", "email_verified": True}
    assert visitor.enter().status_code == 303
    assert "Bo Li" in visitor.get(ACCOUNT).text
    # Whoever gets the address there later is another identity, and finds the account taken.
    provider.person = {"sub": "9", "email": "bo@partner.example", "email_verified": True}
    assert visitor.enter().status_code == 403
    with database.writing() as session:
        allow_joining_by_email(session, owner.agency_id, owner.staff_id, is_allowed=False)
    provider.person = {"sub": "8"}
    assert visitor.enter().status_code == 303


def test_a_powerful_role_needs_a_second_step_there_or_here(
    visitor: Visitor, database: Database, owner: Owner, provider: Provider
) -> None:
    link = _invited(database, owner, "key_holder")
    assert visitor.enter(f"{link}/oidc").status_code == 303
    assert visitor.get(ACCOUNT).headers["location"] == "/staff/second-factor"
    provider.person = {"sub": "4711", "amr": ["pwd"]}
    visitor.enter()
    assert visitor.get(ACCOUNT).headers["location"] == "/staff/second-factor"
    provider.person = {"sub": "4711", "amr": ["pwd", "otp", "mfa"]}
    visitor.enter()
    assert visitor.get(ACCOUNT).status_code == 200
    with database.reading() as session:
        assert recent_acts(session, owner.agency_id)[0].act == "sign in"


def test_who_has_a_password_links_through_a_link_and_keeps_it(
    visitor: Visitor, database: Database, owner: Owner
) -> None:
    with database.writing() as session:
        token = send_reset(session, owner.agency_id, owner.staff_id, owner.staff_id)
    assert visitor.enter(f"/staff/link/{token}/oidc").status_code == 303
    visitor.client.cookies.clear()
    assert visitor.enter().status_code == 303
    visitor.client.cookies.clear()
    assert visitor.password(owner.email, OWNER_PASSWORD).status_code == 303


def test_unlinked_or_shut_out_nobody_comes_in(
    visitor: Visitor, database: Database, owner: Owner
) -> None:
    visitor.enter(f"{_invited(database, owner)}/oidc")
    with database.writing() as session:
        unlink(session, owner.agency_id, owner.staff_id, _staff_id(database, owner))
    assert visitor.get(ACCOUNT).status_code == 303
    assert visitor.enter().status_code == 403
    with database.writing() as session:
        token = send_reset(session, owner.agency_id, owner.staff_id, _staff_id(database, owner))
    visitor.enter(f"/staff/link/{token}/oidc")
    assert visitor.get(ACCOUNT).status_code == 200


def test_the_provider_may_change_its_keys(
    visitor: Visitor, database: Database, owner: Owner, provider: Provider
) -> None:
    visitor.enter(f"{_invited(database, owner)}/oidc")
    visitor.enter()
    assert provider.asked_for_keys == 1
    provider.key = new_key("second")
    assert visitor.enter().status_code == 303
    assert provider.asked_for_keys == 2


def test_the_owner_sets_it_up_on_the_page_of_the_staff(
    visitor: Visitor, database: Database, owner: Owner, provider: Provider
) -> None:
    provider.person = {"sub": "1", "amr": ["mfa"]}
    with database.writing() as session:
        token = send_reset(session, owner.agency_id, owner.staff_id, owner.staff_id)
    visitor.enter(f"/staff/link/{token}/oidc")
    assert "checked> Let people of this list join" not in visitor.get("/staff/people").text
    visitor.post("/staff/single-sign-on", joins_by_email="yes")
    assert "checked> Let people of this list join" in visitor.get("/staff/people").text
    person = visitor.get(f"/staff/people/{owner.staff_id}").text
    assert "Signs in through single sign-on" in person
    visitor.post(f"/staff/people/{owner.staff_id}/unlink")
    assert visitor.get("/staff/people").headers["location"] == "/staff/sign-in"


def test_the_page_says_nothing_of_it_where_it_is_not_set_up(
    visitor: Visitor, database: Database, tmp_path: Path, provider: Provider
) -> None:
    assert "Sign in with City login" in visitor.get("/staff/sign-in").text
    other = tmp_path / "other"
    other.mkdir()
    provider.issuer = ""
    with sso_site(database, other, provider) as plain:
        assert "single sign-on" not in plain.get("/staff/sign-in").text
        assert plain.get("/staff/oidc").status_code == 404
        assert plain.get("/staff/oidc/callback?code=1&state=2").status_code == 404


def test_a_provider_that_is_away_is_said_and_passwords_go_on(
    database: Database, tmp_path: Path, owner: Owner
) -> None:
    away = Provider(issuer="http://127.0.0.1:9")
    with sso_site(database, tmp_path, away) as visitor:
        page = visitor.get("/staff/oidc")
        assert page.status_code == 503
        assert "sign in with your password" in page.text
        assert visitor.password(owner.email, OWNER_PASSWORD).status_code == 303


@pytest.mark.parametrize(
    ("issuer", "client", "told"),
    [
        ("http://login.city.example", "rapport", "https://"),
        ("https://me:secret@login.city.example", "rapport", "https://"),
        ("https://login.city.example", "", "RAPPORT_OIDC_CLIENT_ID"),
    ],
)
def test_settings_that_do_not_fit_are_refused_at_the_start(
    issuer: str, client: str, told: str
) -> None:
    with pytest.raises(Misconfigured, match=told):
        named_provider(Settings(oidc_issuer=issuer, oidc_client_id=client))
