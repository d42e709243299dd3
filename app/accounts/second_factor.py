"""Setting up the second factor: a secret for the phone, in force once a code from it was given."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.orm import Session

from app import clock
from app.accounts import store
from app.accounts.audit import note_act
from app.accounts.signing_in import SignedIn, exchange
from app.accounts.tables import Staff
from app.errors import Conflict, NotFound
from app.privacy.staff.one_time_codes import (
    OneTimeCodes,
    new_recovery_codes,
    recovery_digest,
)


@dataclass(frozen=True, slots=True)
class Enrolment:
    """What the phone needs: typed by hand, or read from a QR code."""

    secret: str
    address: str


@dataclass(frozen=True, slots=True)
class Enrolled:
    """The browser's new token, and the recovery codes, which are shown this once."""

    token: str
    recovery_codes: tuple[str, ...]


def begin_enrolment(session: Session, codes: OneTimeCodes, signed_in: SignedIn) -> Enrolment:
    """The same secret until a code confirms it: the page may be loaded again."""
    staff = _locked(session, signed_in)
    if staff.second_factor_step is not None:
        raise Conflict("accounts.has_second_factor")
    owner = f"{staff.agency_id}/{staff.id}"
    if staff.second_factor is None:
        staff.second_factor = codes.new_secret(owner)
    return Enrolment(
        codes.shown_secret(staff.second_factor, owner),
        codes.address(staff.second_factor, owner, staff.email),
    )


def confirm_enrolment(
    session: Session, codes: OneTimeCodes, signed_in: SignedIn, code: str
) -> Enrolled | None:
    """None when the code is not the one that the phone shows now."""
    staff = _locked(session, signed_in)
    if staff.second_factor is None or staff.second_factor_step is not None:
        return None
    owner = f"{staff.agency_id}/{staff.id}"
    step = codes.matching_step(staff.second_factor, owner, code, clock.now())
    if step is None:
        return None
    recovery_codes = new_recovery_codes()
    staff.second_factor_step = step
    staff.recovery_codes = [recovery_digest(one) for one in recovery_codes]
    note_act(session, staff.agency_id, staff.id, "set up second factor", staff.id)
    token = exchange(session, signed_in, has_second_factor=True)
    return Enrolled(token, tuple(recovery_codes))


def reset_second_factor(session: Session, agency_id: str, by: str, staff_id: str) -> None:
    """For a lost phone: the person sets up another at the next sign-in."""
    staff = store.lock_staff(session, agency_id, staff_id)
    if staff is None:
        raise NotFound("accounts.no_staff")
    staff.second_factor, staff.second_factor_step, staff.recovery_codes = None, None, []
    store.remove_sign_ins(session, agency_id, staff_id)
    note_act(session, agency_id, by, "reset second factor", staff_id)


def _locked(session: Session, signed_in: SignedIn) -> Staff:
    staff = store.lock_staff(session, signed_in.agency_id, signed_in.staff_id)
    if staff is None:
        raise NotFound("accounts.no_such_staff")
    return staff
