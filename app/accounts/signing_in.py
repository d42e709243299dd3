"""Signing in: a password, where the role asks for it a second factor, then a token for a browser.

A token is good for half an hour without use and twelve hours in all, and is exchanged for another
whenever it gains power, so that one planted before signing in is worth nothing after it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from typing import Final

from sqlalchemy.orm import Session

from app import clock
from app.accounts import store
from app.accounts.audit import note_act
from app.accounts.roles import Duty, may, needs_second_factor
from app.accounts.staff import get_agency, set_password
from app.accounts.tables import SignIn, Staff
from app.db import Database
from app.privacy.staff.attempts import FREE_FAILURES, AddressTags, wait_after
from app.privacy.staff.one_time_codes import OneTimeCodes, remaining_recovery_codes
from app.privacy.staff.passwords import hash_password, is_password, needs_new_hash
from app.privacy.staff.tokens import new_staff_token, read_staff_token
from app.tenancy import acting_in, enter_agency

IDLE: Final = timedelta(minutes=30)
LONGEST: Final = timedelta(hours=12)
UNKNOWN_KEPT: Final = timedelta(days=366)
MOST_UNKNOWN: Final = 100_000
NOTED_EVERY: Final = timedelta(minutes=1)  # a write for each click would be one too many


class SignInRefusal(Enum):
    """The two are told apart on the page only where the address itself was typed correctly."""

    NOT_KNOWN = "not_known"
    WAIT = "wait"


class Standing(Enum):
    """What a signed-in browser must still do before it may go on."""

    COMPLETE = "complete"
    NEEDS_CODE = "needs_code"
    NEEDS_ENROLMENT = "needs_enrolment"


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Who asks. Pages and services know staff by this, never by a row."""

    agency_id: str
    agency_name: str
    staff_id: str
    name: str
    email: str
    roles: tuple[str, ...]
    standing: Standing
    digest: bytes

    def may(self, duty: Duty) -> bool:
        return self.standing is Standing.COMPLETE and may(self.roles, duty)


@dataclass(frozen=True, slots=True)
class Browser:
    """One place where somebody is signed in. What kind of machine it is, is not kept."""

    began_at: datetime
    seen_at: datetime
    is_this: bool


@dataclass(frozen=True, slots=True)
class Judged:
    """Whether a password fits what one agency keeps for an address."""

    agency_id: str
    staff_id: str
    kept: str | None
    fits: bool


def sign_in(
    database: Database, email: str, password: str, tags: AddressTags
) -> str | SignInRefusal:
    """The token for the browser. Returns, so that a failed attempt is kept and not rolled back.

    Where several agencies of an installation know the address, the first whose password fits.
    An address that nobody has waits like all others, by its tag.

    The password is judged between two transactions: within one, a few who try at once would keep
    residents' answers from being stored.
    """
    address = email.strip().lower()
    judged = _judged(database, address, password)
    if not judged:
        is_password(password, None)
    with database.writing() as session:
        if not judged:
            return _refuse_unknown(session, tags.tag(address))
        return _first_to_let_in(session, judged, password)


def _judged(database: Database, address: str, password: str) -> list[Judged]:
    with database.reading() as session:
        with acting_in(session, "rapport_sign_in"):
            known = store.staff_with_email(session, address)
        kept = [_kept_password(session, *one) for one in known]
    return [
        Judged(*one, hashed, is_password(password, hashed))
        for one, hashed in zip(known, kept, strict=True)
    ]


def _kept_password(session: Session, agency_id: str, staff_id: str) -> str | None:
    enter_agency(session, agency_id)
    staff = store.find_staff(session, agency_id, staff_id)
    return None if staff is None else staff.password_hash


def _first_to_let_in(
    session: Session, judged: Sequence[Judged], password: str
) -> str | SignInRefusal:
    refusal = SignInRefusal.NOT_KNOWN
    for one in judged:
        enter_agency(session, one.agency_id)
        staff = store.lock_staff(session, one.agency_id, one.staff_id)
        if staff is None:
            continue
        if _must_wait(staff):
            refusal = SignInRefusal.WAIT
            continue
        if one.fits and staff.is_active and staff.password_hash == one.kept:
            if one.kept is not None and needs_new_hash(one.kept):
                staff.password_hash = hash_password(password)
            return let_in(session, staff)
        _count_failure(session, staff)
    return refusal


def let_in(session: Session, staff: Staff, *, has_second_factor: bool = False) -> str:
    """Somebody who has shown who they are; `has_second_factor`: by more than one factor."""
    if staff.second_factor_step is None:  # else failed codes must go on counting
        staff.failures, staff.waits_until = 0, None
        if not has_second_factor:
            note_act(session, staff.agency_id, staff.id, "sign in", staff.id)
    now = clock.now()
    store.remove_old_sign_ins(session, staff.agency_id, now - IDLE, now - LONGEST)
    return _new_sign_in(session, staff, has_second_factor=has_second_factor)


def give_code(
    session: Session, codes: OneTimeCodes, signed_in: SignedIn, code: str
) -> str | SignInRefusal:
    """The second factor, by the phone or by a recovery code; the browser gets another token."""
    staff = store.lock_staff(session, signed_in.agency_id, signed_in.staff_id)
    if staff is None or staff.second_factor is None:
        return SignInRefusal.NOT_KNOWN
    if _must_wait(staff):
        return SignInRefusal.WAIT
    if not (_is_phone_code(codes, staff, code) or _is_recovery_code(session, staff, code)):
        _count_failure(session, staff)
        return SignInRefusal.NOT_KNOWN
    staff.failures, staff.waits_until = 0, None
    store.remove_sign_in(session, signed_in.agency_id, signed_in.digest)
    return _new_sign_in(session, staff, has_second_factor=True)


def signed_in_by(session: Session, token: str) -> SignedIn | None:
    """Who holds this token; None when it has ended or never was."""
    read = read_staff_token(token)
    if read is None:
        return None
    enter_agency(session, read.agency_id)
    row = store.find_sign_in(session, read.agency_id, read.digest)
    if row is None:
        return None
    now = clock.now()
    staff = store.find_staff(session, row.agency_id, row.staff_id)
    agency = store.find_agency(session, row.agency_id)
    ended = row.seen_at + IDLE <= now or row.began_at + LONGEST <= now
    if ended or agency is None or staff is None or not staff.is_active:
        store.remove_sign_in(session, row.agency_id, row.digest)
        return None
    if row.seen_at + NOTED_EVERY <= now:
        row.seen_at = now
    return SignedIn(
        agency_id=row.agency_id,
        agency_name=agency.name,
        staff_id=staff.id,
        name=staff.name,
        email=staff.email,
        roles=tuple(staff.roles),
        standing=_standing(staff, row),
        digest=row.digest,
    )


def change_password(
    session: Session, signed_in: SignedIn, present: str, chosen: str
) -> str | SignInRefusal:
    """Another token for this browser; every other one is signed out.

    Asks for the present password, so that a browser left open gives nobody the account, and
    counts wrong ones as signing in does. Raises PasswordRefused for a weak one.
    """
    staff = store.lock_staff(session, signed_in.agency_id, signed_in.staff_id)
    here = store.find_sign_in(session, signed_in.agency_id, signed_in.digest)
    if staff is None or here is None:
        return SignInRefusal.NOT_KNOWN
    if _must_wait(staff):
        return SignInRefusal.WAIT
    if not is_password(present, staff.password_hash):
        _count_failure(session, staff)
        return SignInRefusal.NOT_KNOWN
    set_password(staff, get_agency(session, staff.agency_id), chosen)
    staff.failures, staff.waits_until = 0, None
    store.remove_sign_ins(session, staff.agency_id, staff.id, but=signed_in.digest)
    store.remove_links(session, staff.agency_id, staff.id)
    note_act(session, staff.agency_id, staff.id, "change password", staff.id)
    return exchange(session, signed_in, has_second_factor=here.has_second_factor)


def sign_out(session: Session, signed_in: SignedIn) -> None:
    store.remove_sign_in(session, signed_in.agency_id, signed_in.digest)


def browsers_of(session: Session, signed_in: SignedIn) -> list[Browser]:
    """Where this person is signed in, the browser that asks among them."""
    return [
        Browser(row.began_at, row.seen_at, row.digest == signed_in.digest)
        for row in store.sign_ins_of(session, signed_in.agency_id, signed_in.staff_id)
    ]


def sign_out_elsewhere(session: Session, signed_in: SignedIn) -> None:
    store.remove_sign_ins(session, signed_in.agency_id, signed_in.staff_id, but=signed_in.digest)
    note_act(
        session, signed_in.agency_id, signed_in.staff_id, "sign out elsewhere", signed_in.staff_id
    )


def exchange(session: Session, signed_in: SignedIn, *, has_second_factor: bool) -> str:
    """Another token for the same browser, because it gains power."""
    staff = store.find_staff(session, signed_in.agency_id, signed_in.staff_id)
    if staff is None:
        raise LookupError(signed_in.staff_id)
    store.remove_sign_in(session, signed_in.agency_id, signed_in.digest)
    return _new_sign_in(session, staff, has_second_factor=has_second_factor)


def _new_sign_in(session: Session, staff: Staff, *, has_second_factor: bool) -> str:
    token = new_staff_token(staff.agency_id)
    read = read_staff_token(token)
    if read is None:
        raise ValueError("a new token cannot be read")
    now = clock.now()
    if has_second_factor:
        note_act(session, staff.agency_id, staff.id, "sign in", staff.id)
    store.add(
        session,
        SignIn(
            agency_id=staff.agency_id,
            digest=read.digest,
            staff_id=staff.id,
            began_at=now,
            seen_at=now,
            has_second_factor=has_second_factor,
        ),
    )
    return token


def _standing(staff: Staff, row: SignIn) -> Standing:
    if row.has_second_factor:
        return Standing.COMPLETE
    if staff.second_factor_step is not None:
        return Standing.NEEDS_CODE
    return Standing.NEEDS_ENROLMENT if needs_second_factor(staff.roles) else Standing.COMPLETE


def _refuse_unknown(session: Session, tag: bytes) -> SignInRefusal:
    """Step by step as for somebody known: held, and counted."""
    now = clock.now()
    with acting_in(session, "rapport_sign_in"):
        tried = store.lock_unknown_address(session, tag, now)
        if tried.waits_until is not None and now < tried.waits_until:
            return SignInRefusal.WAIT
        tried.failures, tried.failed_at = tried.failures + 1, now
        wait = wait_after(tried.failures)
        tried.waits_until = None if wait is None else now + wait
        session.flush()
    return SignInRefusal.NOT_KNOWN


def forget_unknown_addresses(session: Session) -> None:
    """Once a day. As long as they are kept, nobody can tell them from addresses that are known."""
    store.forget_unknown_addresses(session, clock.now() - UNKNOWN_KEPT, MOST_UNKNOWN)


def _must_wait(staff: Staff) -> bool:
    return staff.waits_until is not None and clock.now() < staff.waits_until


def _count_failure(session: Session, staff: Staff) -> None:
    staff.failures += 1
    wait = wait_after(staff.failures)
    if wait is not None:
        staff.waits_until = clock.now() + wait
    if staff.failures == FREE_FAILURES:
        note_act(session, staff.agency_id, None, "many failed sign-ins", staff.id)
    session.flush()


def _is_phone_code(codes: OneTimeCodes, staff: Staff, code: str) -> bool:
    if staff.second_factor is None or staff.second_factor_step is None:
        return False
    step = codes.matching_step(staff.second_factor, _owner(staff), code, clock.now())
    if step is None or step <= staff.second_factor_step:
        return False
    staff.second_factor_step = step
    return True


def _is_recovery_code(session: Session, staff: Staff, code: str) -> bool:
    left = remaining_recovery_codes(staff.recovery_codes, code)
    if left is None:
        return False
    staff.recovery_codes = left
    note_act(session, staff.agency_id, staff.id, "use recovery code", staff.id, {"left": len(left)})
    return True


def _owner(staff: Staff) -> str:
    return f"{staff.agency_id}/{staff.id}"
