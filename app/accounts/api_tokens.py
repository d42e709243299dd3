"""API tokens: programs that act for a staff member, never for more than that person may do.

A token is shown once, when it is made; the database holds its digest. Its scopes are duties, so
that one list of words says what people and programs may do.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from sqlalchemy.orm import Session

from app import clock
from app.accounts import store
from app.accounts.audit import note_act
from app.accounts.roles import Duty, may
from app.accounts.signing_in import SignedIn
from app.accounts.tables import ApiToken
from app.errors import BadInput, Conflict, NotFound
from app.privacy.identifiers import new_id
from app.privacy.staff.tokens import new_api_token, read_api_token
from app.tenancy import enter_agency

# What a program may be trusted with. Letting people in, entering paper, reading what residents
# wrote and holding keys stay with people who sign in.
SCOPES: Final[tuple[Duty, ...]] = (
    "set_up_initiatives",
    "run_waves",
    "see_fieldwork",
    "see_reports",
    "publish_reports",
    "erase_answers",
)
LONGEST_LABEL: Final = 100
USUAL_DAYS: Final = 90
MOST_DAYS: Final = 366
MOST_TOKENS: Final = 20


@dataclass(frozen=True, slots=True)
class Caller:
    """A program that calls, and for whom. Routes and services know it by this, never by a row."""

    agency_id: str
    staff_id: str
    token_id: str
    roles: tuple[str, ...]
    scopes: tuple[str, ...]

    def may(self, duty: Duty) -> bool:
        return duty in self.scopes and may(self.roles, duty)


@dataclass(frozen=True, slots=True)
class TokenLine:
    """A token as a list shows it."""

    id: str
    label: str
    whose: str
    scopes: tuple[str, ...]
    made_at: datetime
    ends_at: datetime
    seen_on: date | None
    has_ended: bool


def scopes_for(signed_in: SignedIn) -> list[Duty]:
    """What this person may hand to a program."""
    return [scope for scope in SCOPES if signed_in.may(scope)]


def make_api_token(
    session: Session,
    signed_in: SignedIn,
    *,
    label: str,
    scopes: Collection[str],
    days: int = USUAL_DAYS,
) -> str:
    """The token itself, told this once."""
    label = label.strip()
    if not 0 < len(label) <= LONGEST_LABEL:
        raise BadInput("accounts.token_label", most=LONGEST_LABEL)
    if not 1 <= days <= MOST_DAYS:
        raise BadInput("accounts.token_days", most=MOST_DAYS)
    granted = _granted(scopes, scopes_for(signed_in))
    store.lock_agency(session, signed_in.agency_id)
    if len(store.api_tokens_of(session, signed_in.agency_id, signed_in.staff_id)) >= MOST_TOKENS:
        raise Conflict("accounts.many_tokens", most=MOST_TOKENS)
    token, now = new_api_token(signed_in.agency_id), clock.now()
    read = read_api_token(token)
    if read is None:
        raise ValueError("a new token cannot be read")
    row = ApiToken(
        agency_id=signed_in.agency_id,
        id=new_id(),
        digest=read.digest,
        staff_id=signed_in.staff_id,
        label=label,
        scopes=list(granted),
        made_at=now,
        ends_at=now + timedelta(days=days),
    )
    store.add(session, row)
    facts = {"label": label, "scopes": list(granted), "days": days}
    note_act(session, row.agency_id, row.staff_id, "make API token", row.id, facts)
    return token


def caller_by(session: Session, token: str) -> Caller | None:
    """Whose program this is; None when the token has ended, was revoked or never was."""
    read = read_api_token(token)
    if read is None:
        return None
    enter_agency(session, read.agency_id)
    row = store.find_api_token(session, read.agency_id, read.digest)
    if row is None or row.ends_at <= clock.now():
        return None
    staff = store.find_staff(session, row.agency_id, row.staff_id)
    if staff is None or not staff.is_active:
        return None
    today = clock.now().date()
    if row.seen_on != today:  # a write for each call would be one too many
        row.seen_on = today
    return Caller(row.agency_id, staff.id, row.id, tuple(staff.roles), tuple(row.scopes))


def list_api_tokens(session: Session, signed_in: SignedIn) -> list[TokenLine]:
    """One's own; an owner sees those of everybody in the agency."""
    of_staff = None if signed_in.may("manage_staff") else signed_in.staff_id
    names = {staff.id: staff.name for staff in store.staff_of(session, signed_in.agency_id)}
    found = store.api_tokens_of(session, signed_in.agency_id, of_staff)
    return [_line(row, names[row.staff_id]) for row in found]


def revoke_api_token(session: Session, signed_in: SignedIn, token_id: str) -> None:
    """At once: the next call with it is refused. Owners may revoke anybody's."""
    row = store.lock_api_token(session, signed_in.agency_id, token_id)
    if row is None or not (row.staff_id == signed_in.staff_id or signed_in.may("manage_staff")):
        raise NotFound("accounts.no_token")
    store.remove_api_token(session, row)
    facts = {"label": row.label, "of": row.staff_id}
    note_act(session, signed_in.agency_id, signed_in.staff_id, "revoke API token", token_id, facts)


def _granted(asked: Collection[str], grantable: Sequence[Duty]) -> list[Duty]:
    """In the order of the list of scopes, each once."""
    foreign = sorted(set(asked) - set(grantable))
    if foreign:
        allowed = ", ".join(grantable) or "none"
        raise BadInput("accounts.foreign_scope", scope=foreign[0][:40], allowed=allowed)
    if not asked:
        raise BadInput("accounts.no_scope")
    return [scope for scope in grantable if scope in asked]


def _line(row: ApiToken, whose: str) -> TokenLine:
    return TokenLine(
        id=row.id,
        label=row.label,
        whose=whose,
        scopes=tuple(row.scopes),
        made_at=row.made_at,
        ends_at=row.ends_at,
        seen_on=row.seen_on,
        has_ended=row.ends_at <= clock.now(),
    )
