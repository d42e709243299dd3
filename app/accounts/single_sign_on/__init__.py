"""Staff who sign in where their agency signs in anyway: by OpenID Connect.

Whoever the provider names gets in only when an account here was linked with exactly that identity:
by the invitation or link that its owner made, or, where the owner of the agency has said so, by the
address that both know and the provider has verified. An address alone links nobody.
"""

from __future__ import annotations

from sqlalchemy.orm import Session

from app.accounts import store
from app.accounts.audit import note_act
from app.accounts.signing_in import let_in
from app.accounts.staff import follow_link, invited_by_link
from app.accounts.tables import Staff
from app.errors import Conflict, NotFound
from app.privacy.single_sign_on.id_token import Identity
from app.tenancy import acting_in, enter_agency


def enter(session: Session, identity: Identity) -> str | None:
    """The token for the browser; None when nobody here was linked with this identity.

    Where several agencies know it, the first in which the person is not shut out.
    """
    staff = _linked(session, identity) or _linked_by_email(session, identity)
    if staff is None:
        return None
    return let_in(session, staff, has_second_factor=identity.has_second_factor)


def join(session: Session, link: str, identity: Identity) -> str:
    """Uses the link up: from now on this identity signs in as the person it was made for."""
    staff = invited_by_link(session, link)
    other = store.staff_linked_with(session, staff.agency_id, identity.digest)
    if other is not None and other.id != staff.id:
        raise Conflict("accounts.sign_in_taken")
    _link(session, follow_link(session, link), identity, "invitation")
    return let_in(session, staff, has_second_factor=identity.has_second_factor)


def allow_joining_by_email(session: Session, agency_id: str, by: str, *, is_allowed: bool) -> None:
    agency = store.lock_agency(session, agency_id)
    if agency is None:
        raise NotFound("accounts.no_agency")
    if agency.joins_by_email is not is_allowed:
        agency.joins_by_email = is_allowed
        note_act(session, agency_id, by, "joining by e-mail", agency_id, {"allowed": is_allowed})


def joins_by_email(session: Session, agency_id: str) -> bool:
    agency = store.find_agency(session, agency_id)
    return agency is not None and agency.joins_by_email


def unlink(session: Session, agency_id: str, by: str, staff_id: str) -> None:
    """Signs the person out: from now on a password, or another link, lets them in."""
    staff = store.lock_staff(session, agency_id, staff_id)
    if staff is None:
        raise NotFound("accounts.no_staff")
    staff.identity = None
    store.remove_sign_ins(session, agency_id, staff_id)
    note_act(session, agency_id, by, "unlink single sign-on", staff_id)


def _linked(session: Session, identity: Identity) -> Staff | None:
    with acting_in(session, "rapport_sign_in"):
        known = store.staff_with_identity(session, identity.digest)
    for agency_id, staff_id in known:
        enter_agency(session, agency_id)
        staff = store.lock_staff(session, agency_id, staff_id)
        if staff is not None and staff.is_active and staff.identity == identity.digest:
            return staff
    return None


def _linked_by_email(session: Session, identity: Identity) -> Staff | None:
    """Once, and only who is linked with nobody yet."""
    if identity.email is None:
        return None
    with acting_in(session, "rapport_sign_in"):
        known = store.staff_with_email(session, identity.email)
    for agency_id, staff_id in known:
        enter_agency(session, agency_id)
        staff = store.lock_staff(session, agency_id, staff_id)
        if staff is None or not staff.is_active or staff.identity is not None:
            continue
        if joins_by_email(session, agency_id):
            _link(session, staff, identity, "email")
            return staff
    return None


def _link(session: Session, staff: Staff, identity: Identity, way: str) -> None:
    staff.identity = identity.digest
    session.flush()
    note_act(session, staff.agency_id, staff.id, "link single sign-on", staff.id, {"by": way})
