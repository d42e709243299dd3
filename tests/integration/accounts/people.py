"""Staff as the tests meet them, and the phone that shows their codes."""

from __future__ import annotations

import hashlib
import hmac
import struct
from base64 import b32decode
from dataclasses import dataclass
from datetime import datetime

from app.accounts.roles import Role
from app.accounts.second_factor import begin_enrolment, confirm_enrolment
from app.accounts.signing_in import SignedIn, sign_in, signed_in_by
from app.accounts.staff import choose_password, invite
from app.db import Database
from app.privacy.staff.attempts import AddressTags
from app.privacy.staff.one_time_codes import OneTimeCodes

TAGS = AddressTags(lambda: bytes(32))
OWNER_PASSWORD = "stairs made of butter"
STAFF_PASSWORD = "quiet rivers at noon"


@dataclass(frozen=True)
class Owner:
    agency_id: str
    staff_id: str
    email: str


def phone_code(secret: str, moment: datetime) -> str:
    """RFC 4226 and 6238 written out, apart from the library that the product uses."""
    counter = struct.pack(">Q", int(moment.timestamp()) // 30)
    digest = hmac.new(b32decode(secret.replace(" ", "")), counter, hashlib.sha1).digest()
    place = digest[-1] & 15
    number = struct.unpack(">I", digest[place : place + 4])[0] & 0x7FFFFFFF
    return f"{number % 10**6:06d}"


def who(database: Database, token: str) -> SignedIn | None:
    with database.writing() as session:
        return signed_in_by(session, token)


def present(database: Database, token: str) -> SignedIn:
    found = who(database, token)
    assert found is not None
    return found


def enter(database: Database, email: str, password: str) -> str:
    token = sign_in(database, email, password, TAGS)
    assert isinstance(token, str), token
    return token


def hire(database: Database, agency_id: str, role: Role) -> str:
    """Somebody with this role and STAFF_PASSWORD. Returns the address to sign in with."""
    email = f"{role}@{agency_id}.example"
    with database.writing() as session:
        _, link = invite(session, agency_id, None, email=email, name="Bo Li", roles=[role])
        choose_password(session, link, STAFF_PASSWORD)
    return email


def enrol(
    database: Database, codes: OneTimeCodes, owner: Owner, moment: datetime
) -> tuple[str, str, tuple[str, ...]]:
    """The browser's token, the phone's secret and the recovery codes."""
    token = enter(database, owner.email, OWNER_PASSWORD)
    with database.writing() as session:
        secret = begin_enrolment(session, codes, present(database, token)).secret
    with database.writing() as session:
        signed_in = signed_in_by(session, token)
        assert signed_in is not None
        enrolled = confirm_enrolment(session, codes, signed_in, phone_code(secret, moment))
    assert enrolled is not None
    return enrolled.token, secret, enrolled.recovery_codes
