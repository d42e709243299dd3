"""Attacks on single sign-on: bent tokens, replayed codes, answers to another browser."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from joserfc import jwt

from app import clock
from app.accounts.staff import create_owner, invite
from app.db import Database
from tests.conftest import HeldClock
from tests.factories import make_agency
from tests.integration.accounts.people import OWNER_PASSWORD, Owner
from tests.integration.accounts.single_sign_on.identity_provider import (
    CLIENT,
    Claims,
    Provider,
    identity_provider,
    new_key,
    signed_in_there,
)
from tests.integration.accounts.single_sign_on.site import Visitor, sso_site

ACCOUNT = "/staff/account"
CALLBACK = "/staff/oidc/callback"


@pytest.fixture
def provider() -> Iterator[Provider]:
    with identity_provider() as provider:
        yield provider


@pytest.fixture
def visitor(database: Database, tmp_path: Path, provider: Provider) -> Iterator[Visitor]:
    """The browser of somebody who has joined, signed out again."""
    with database.writing() as session:
        agency_id = make_agency(session).agency_id
        who = {"email": "ana@city.example", "name": "Ana Ruiz", "password": OWNER_PASSWORD}
        ana = Owner(agency_id, create_owner(session, agency_id, **who).id, who["email"])
    with sso_site(database, tmp_path, provider) as visitor:
        assert visitor.enter(f"{_link(database, ana, 'bo@b.example')}/oidc").status_code == 303
        visitor.post("/staff/sign-out")
        assert visitor.get(ACCOUNT).status_code == 303
        yield visitor


def _link(database: Database, owner: Owner, email: str) -> str:
    with database.writing() as session:
        _, token = invite(
            session, owner.agency_id, owner.staff_id, email=email, name="Bo", roles=["analyst"]
        )
    return f"/staff/link/{token}"


def _seconds(passed: int) -> int:
    return int(clock.now().timestamp()) + passed


BENT: dict[str, Callable[[Claims], Claims]] = {
    "another issuer": lambda c: c | {"iss": "https://evil.example"},
    "an issuer that begins alike": lambda c: c | {"iss": c["iss"] + ".evil.example"},
    "no issuer": lambda c: {k: v for k, v in c.items() if k != "iss"},
    "another audience": lambda c: c | {"aud": "another program"},
    "ours among others, given to another": lambda c: c | {"aud": [CLIENT, "x"], "azp": "x"},
    "ours among others, given to nobody": lambda c: c | {"aud": ["x", "y"]},
    "no audience": lambda c: {k: v for k, v in c.items() if k != "aud"},
    "another nonce": lambda c: c | {"nonce": "another"},
    "no nonce": lambda c: {k: v for k, v in c.items() if k != "nonce"},
    "ended": lambda c: c | {"exp": _seconds(-61)},
    "no end": lambda c: {k: v for k, v in c.items() if k != "exp"},
    "issued long ago": lambda c: c | {"iat": _seconds(-3600)},
    "issued tomorrow": lambda c: c | {"iat": _seconds(86400)},
    "not yet good": lambda c: c | {"nbf": _seconds(3600)},
    "no subject": lambda c: {k: v for k, v in c.items() if k != "sub"},
    "an empty subject": lambda c: c | {"sub": ""},
    "a subject that is no text": lambda c: c | {"sub": 4711},
    "times that are no numbers": lambda c: c | {"exp": "never", "iat": []},
}


def test_a_token_that_says_anything_else_lets_nobody_in(
    visitor: Visitor, provider: Provider
) -> None:
    for what, bend in BENT.items():
        provider.bend = bend
        refused = visitor.enter()
        assert refused.status_code == 403, what
        assert "did not say who you are" in refused.text, what
        assert visitor.get(ACCOUNT).status_code == 303, what
    provider.bend = dict
    assert visitor.enter().status_code == 303


def _part(content: Claims) -> bytes:
    return base64.urlsafe_b64encode(json.dumps(content).encode()).rstrip(b"=")


def _unsigned(_: Provider, claims: Claims) -> str:
    return (_part({"alg": "none"}) + b"." + _part(claims) + b".").decode()


def _shared(provider: Provider, claims: Claims) -> str:
    """Signed with the public key as if it were a secret that both know."""
    signed = _part({"alg": "HS256", "kid": provider.key.kid}) + b"." + _part(claims)
    secret = provider.key.as_pem(private=False)
    digest = hmac.new(secret, signed, hashlib.sha256).digest()
    return (signed + b"." + base64.urlsafe_b64encode(digest).rstrip(b"=")).decode()


def _foreign(provider: Provider, claims: Claims) -> str:
    """By another key that takes the name of the provider's."""
    return jwt.encode({"alg": "ES256", "kid": provider.key.kid}, claims, new_key("another"))


def _own_key_in_header(_: Provider, claims: Claims) -> str:
    key = new_key("mine")
    header = {"alg": "ES256", "kid": "mine", "jwk": key.as_dict(private=False)}
    return jwt.encode(header, claims, key)


def _altered(provider: Provider, claims: Claims) -> str:
    head, _, tail = jwt.encode(
        {"alg": "ES256", "kid": provider.key.kid}, claims, provider.key
    ).split(".")
    return f"{head}.{_part(claims | {'sub': 'somebody else'}).decode()}.{tail}"


def test_a_token_that_the_provider_did_not_sign_lets_nobody_in(
    visitor: Visitor, provider: Provider
) -> None:
    for sign in (_unsigned, _shared, _foreign, _own_key_in_header, _altered, lambda *_: "no.token"):
        provider.sign = sign
        assert visitor.enter().status_code == 403, sign
        assert visitor.get(ACCOUNT).status_code == 303, sign
    provider.sign = None
    assert visitor.enter().status_code == 303


def test_an_answer_is_good_in_the_browser_that_asked_and_once(visitor: Visitor) -> None:
    back = signed_in_there(visitor.leave())
    attempt = {"cookie": f"__Host-sso={visitor.client.cookies['__Host-sso']}"}
    visitor.client.cookies.clear()
    assert visitor.get(back, "cross-site").status_code == 403
    came = visitor.client.get(back, headers=attempt, follow_redirects=False)
    assert came.status_code == 303
    gone = [c for c in came.headers.get_list("set-cookie") if c.startswith("__Host-sso=")]
    assert len(gone) == 1
    assert "Max-Age=0" in gone[0]
    visitor.client.cookies.clear()
    again = visitor.client.get(back, headers=attempt, follow_redirects=False)
    assert again.status_code == 403, "the code was used"


def test_the_state_of_another_attempt_and_another_issuer_are_refused(visitor: Visitor) -> None:
    planted = signed_in_there(visitor.leave())
    visitor.leave()
    assert visitor.get(planted, "cross-site").status_code == 403
    code = parse_qs(urlsplit(planted).query)["code"][0]
    assert visitor.get(f"{CALLBACK}?code={code}", "cross-site").status_code == 403
    assert visitor.get(f"{CALLBACK}?code={code}&state=%ed%a0%80", "cross-site").status_code == 403
    own = signed_in_there(visitor.leave())
    confused = own.replace("iss=http", "iss=https")
    assert confused != own
    assert visitor.get(confused, "cross-site").status_code == 403
    assert visitor.get(ACCOUNT).status_code == 303


def test_a_code_that_was_asked_for_with_another_verifier_is_refused(visitor: Visitor) -> None:
    """Somebody's stolen code is put into an attempt of one's own."""
    stolen = parse_qs(urlsplit(signed_in_there(visitor.leave())).query)["code"][0]
    own = visitor.leave()
    state = parse_qs(urlsplit(own).query)["state"][0]
    answer = visitor.get(f"{CALLBACK}?code={stolen}&state={state}", "cross-site")
    assert answer.status_code == 403


def test_an_attempt_ends_and_cannot_be_made_by_hand(
    held_clock: HeldClock, visitor: Visitor
) -> None:
    back = signed_in_there(visitor.leave())
    held_clock.advance(timedelta(minutes=10))
    assert visitor.get(back, "cross-site").status_code == 403
    for planted in ("", "AAAA", "A" * 400, "not base64!", "\x7f"):
        visitor.client.cookies.clear()
        headers = {"cookie": f"__Host-sso={planted}"}
        answer = visitor.client.get(back, headers=headers, follow_redirects=False)
        assert answer.status_code == 403


def test_a_link_that_another_site_opens_links_nobody(visitor: Visitor, database: Database) -> None:
    with database.writing() as session:
        agency_id = make_agency(session, "Hillside").agency_id
        _, token = invite(
            session, agency_id, None, email="m@h.example", name="Mal", roles=["analyst"]
        )
    link = f"/staff/link/{token}"
    for site in ("cross-site", "same-site", "none"):
        answer = visitor.get(f"{link}/oidc", site)
        assert (answer.status_code, answer.headers["location"]) == (303, link)
        assert "set-cookie" not in answer.headers


@pytest.mark.parametrize("site", ["cross-site", "same-site", "none"])
def test_nobody_is_signed_in_by_a_link_of_another_site(visitor: Visitor, site: str) -> None:
    answer = visitor.get("/staff/oidc", site)
    assert (answer.status_code, answer.headers["location"]) == (303, "/staff/sign-in")
    assert "sso" not in answer.headers.get("set-cookie", "")
    assert visitor.enter().status_code == 303


def test_one_identity_is_one_person_of_an_agency(visitor: Visitor, database: Database) -> None:
    visitor.enter()
    agency_id = visitor.client.cookies["__Host-sid"].partition(".")[0]
    visitor.client.cookies.clear()
    with database.writing() as session:
        _, token = invite(
            session, agency_id, None, email="di@b.example", name="Di", roles=["analyst"]
        )
    taken = visitor.enter(f"/staff/link/{token}/oidc")
    assert taken.status_code == 409
    assert "belongs to another staff member" in taken.text
    assert visitor.get(f"/staff/link/{token}").status_code == 200, "the link is still good"


def test_another_issuers_discovery_document_is_refused(
    database: Database, tmp_path: Path, provider: Provider
) -> None:
    provider.published_issuer = "https://evil.example"
    with sso_site(database, tmp_path, provider) as visitor:
        assert visitor.get("/staff/oidc").status_code == 503


def test_the_same_subject_of_another_issuer_is_somebody_else(
    visitor: Visitor, database: Database, tmp_path: Path
) -> None:
    assert visitor.enter().status_code == 303
    folder = tmp_path / "other"
    folder.mkdir()
    with identity_provider() as other, sso_site(database, folder, other) as elsewhere:
        assert elsewhere.enter().status_code == 403
