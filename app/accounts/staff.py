"""Staff of an agency: owners let others in, by one-time links, and say what they may do."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from datetime import timedelta
from typing import Final

from sqlalchemy.orm import Session

from app import clock
from app.accounts import store
from app.accounts.audit import note_act
from app.accounts.roles import Duty, may, needs_second_factor, read_roles
from app.accounts.tables import Agency, OneTimeLink, Staff
from app.errors import BadInput, Conflict, NotFound
from app.privacy.identifiers import new_id
from app.privacy.staff.passwords import (
    LEAST_ALONE,
    LEAST_WITH_SECOND_FACTOR,
    hash_password,
    refuse_weak,
)
from app.privacy.staff.tokens import StaffToken, new_staff_token, read_staff_token
from app.tenancy import enter_agency

INVITATION_LASTS: Final = timedelta(days=7)
RESET_LASTS: Final = timedelta(hours=24)
LONGEST_NAME: Final = 200
LONGEST_EMAIL: Final = 254
# As browsers check a field for one (HTML Living Standard), with a dot in the domain.
_LABEL: Final = "[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_EMAIL: Final = re.compile(rf"[a-z0-9.!#$%&'*+/=?^_`{{|}}~-]+@(?:{_LABEL}\.)+{_LABEL}")


def create_owner(
    session: Session, agency_id: str, *, email: str, name: str, password: str
) -> Staff:
    """The first way in, from the command line of the machine itself."""
    agency = get_agency(session, agency_id)
    owner = _new_staff(session, agency, email, name, roles=["owner"], partner=None)
    set_password(owner, agency, password)
    note_act(session, agency_id, None, "create owner", owner.id, {"email": owner.email})
    return owner


def invite(
    session: Session,
    agency_id: str,
    by: str | None,
    *,
    email: str,
    name: str,
    roles: Collection[str],
    partner: str | None = None,
) -> tuple[Staff, str]:
    """The staff member, who cannot sign in yet, and the token of the link to send."""
    agency = get_agency(session, agency_id)
    invited = _new_staff(session, agency, email, name, roles=roles, partner=partner)
    note_act(session, agency_id, by, "invite", invited.id, {"roles": invited.roles})
    return invited, _new_link(session, invited, INVITATION_LASTS)


def send_reset(session: Session, agency_id: str, by: str, staff_id: str) -> str:
    """The token of a link to choose a new password. Until it is used, the present one stays."""
    staff = get_staff(session, agency_id, staff_id)
    note_act(session, agency_id, by, "send reset", staff_id)
    return _new_link(session, staff, RESET_LASTS)


def invited_by_link(session: Session, token: str) -> Staff:
    """Whose link this is; the page greets them by name before they choose a password."""
    read = _read(token)
    enter_agency(session, read.agency_id)
    link = store.find_link(session, read.agency_id, read.digest)
    if link is None or link.ends_at <= clock.now():
        raise NotFound("accounts.link_ended")
    return _active(session, link)


def choose_password(session: Session, token: str, password: str) -> Staff:
    """Uses the link up. Every browser that is signed in as this person is signed out."""
    staff = invited_by_link(session, token)
    set_password(staff, get_agency(session, staff.agency_id), password)
    follow_link(session, token)
    note_act(session, staff.agency_id, staff.id, "choose password", staff.id)
    return staff


def follow_link(session: Session, token: str) -> Staff:
    """Whose link it was; it works no more. Raises NotFound for one that has ended."""
    read = _read(token)
    staff = invited_by_link(session, token)
    if store.take_link(session, read.agency_id, read.digest) is None:
        raise NotFound("accounts.link_ended")
    staff.failures, staff.waits_until = 0, None
    store.remove_sign_ins(session, staff.agency_id, staff.id)
    store.remove_links(session, staff.agency_id, staff.id)
    return staff


def change_roles(
    session: Session, agency_id: str, by: str, staff_id: str, roles: Collection[str]
) -> Staff:
    """Signs the person out: what a browser may do is settled at sign-in."""
    staff = _locked(session, agency_id, staff_id)
    before, staff.roles = list(staff.roles), list(read_roles(roles))
    _refuse_no_owner(session, agency_id)
    store.remove_sign_ins(session, agency_id, staff_id)
    note_act(
        session, agency_id, by, "change roles", staff_id, {"before": before, "after": staff.roles}
    )
    return staff


def set_active(
    session: Session, agency_id: str, by: str, staff_id: str, *, is_active: bool
) -> Staff:
    """Somebody who left keeps their name in the audit log, and nothing else."""
    staff = _locked(session, agency_id, staff_id)
    staff.is_active = is_active
    _refuse_no_owner(session, agency_id)
    if not is_active:
        store.remove_sign_ins(session, agency_id, staff_id)
        store.remove_links(session, agency_id, staff_id)
        store.remove_api_tokens(session, agency_id, staff_id)
    note_act(session, agency_id, by, "let in again" if is_active else "shut out", staff_id)
    return staff


def get_staff(session: Session, agency_id: str, staff_id: str) -> Staff:
    staff = store.find_staff(session, agency_id, staff_id)
    if staff is None:
        raise NotFound("accounts.no_staff")
    return staff


def list_staff(session: Session, agency_id: str) -> Sequence[Staff]:
    return store.staff_of(session, agency_id)


def others_who_may(session: Session, agency_id: str, but: str | None, duty: Duty) -> int:
    """How many others could do it today: active, and past their invitation."""
    return sum(
        staff.is_active and staff.has_joined and staff.id != but and may(staff.roles, duty)
        for staff in store.staff_of(session, agency_id)
    )


def read_address(text: str) -> str:
    """One address that a letter can be sent to, and nothing else beside it."""
    address = text.strip().lower()
    if len(address) > LONGEST_EMAIL or not _EMAIL.fullmatch(address):
        raise BadInput("accounts.no_email", email=address[:40])
    return address


def _new_staff(
    session: Session,
    agency: Agency,
    email: str,
    name: str,
    *,
    roles: Collection[str],
    partner: str | None,
) -> Staff:
    email, name = read_address(email), name.strip()
    if not 0 < len(name) <= LONGEST_NAME:
        raise BadInput("accounts.staff_name", most=LONGEST_NAME)
    store.lock_agency(session, agency.agency_id)
    if any(other.email == email for other in store.staff_of(session, agency.agency_id)):
        raise Conflict("accounts.staff_already", email=email)
    staff = Staff(
        agency_id=agency.agency_id,
        id=new_id(),
        email=email,
        name=name,
        partner=(partner or "").strip()[:LONGEST_NAME] or None,
        roles=list(read_roles(roles)),
        is_active=True,
        recovery_codes=[],
        failures=0,
        created_on=clock.now().date(),
    )
    store.add(session, staff)
    return staff


def _new_link(session: Session, staff: Staff, lasts: timedelta) -> str:
    """One link at a time: an older one ends."""
    token = new_staff_token(staff.agency_id)
    store.remove_links(session, staff.agency_id, staff.id)
    store.add(
        session,
        OneTimeLink(
            agency_id=staff.agency_id,
            digest=_read(token).digest,
            staff_id=staff.id,
            ends_at=clock.now() + lasts,
        ),
    )
    return token


def set_password(staff: Staff, agency: Agency, password: str) -> None:
    least = LEAST_WITH_SECOND_FACTOR if needs_second_factor(staff.roles) else LEAST_ALONE
    refuse_weak(password, least, (agency.name, staff.name, staff.email, "rapport"))
    staff.password_hash = hash_password(password)


def _read(token: str) -> StaffToken:
    read = read_staff_token(token)
    if read is None:
        raise NotFound("accounts.link_ended")
    return read


def _active(session: Session, link: OneTimeLink) -> Staff:
    staff = store.lock_staff(session, link.agency_id, link.staff_id)
    if staff is None or not staff.is_active:
        raise NotFound("accounts.link_ended")
    return staff


def get_agency(session: Session, agency_id: str) -> Agency:
    agency = store.find_agency(session, agency_id)
    if agency is None:
        raise NotFound("accounts.no_agency")
    return agency


def _locked(session: Session, agency_id: str, staff_id: str) -> Staff:
    store.lock_agency(session, agency_id)  # two owners must not shut each other out at once
    staff = store.lock_staff(session, agency_id, staff_id)
    if staff is None:
        raise NotFound("accounts.no_staff")
    return staff


def _refuse_no_owner(session: Session, agency_id: str) -> None:
    if not any(
        staff.is_active and staff.has_joined and "owner" in staff.roles
        for staff in store.staff_of(session, agency_id)
    ):
        raise Conflict("accounts.last_owner")
