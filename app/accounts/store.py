"""Every question that accounts ask of the database."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import delete, or_, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from app.accounts.tables import (
    Agency,
    ApiToken,
    AuditEntry,
    OneTimeLink,
    SignIn,
    Staff,
    UnknownAddress,
)

ENTRIES_AT_ONCE: Final = 500
_Row = Agency | ApiToken | AuditEntry | OneTimeLink | SignIn | Staff


def add(session: Session, row: _Row) -> None:
    session.add(row)
    session.flush()


def find_agency(session: Session, agency_id: str) -> Agency | None:
    return session.get(Agency, agency_id)


def lock_agency(session: Session, agency_id: str) -> Agency | None:
    """Positions of the audit log are given, and the last owner is guarded, under this lock."""
    return session.get(Agency, agency_id, with_for_update=True)


def agencies(session: Session) -> Sequence[Agency]:
    return session.scalars(select(Agency).order_by(Agency.name, Agency.agency_id)).all()


def find_staff(session: Session, agency_id: str, staff_id: str) -> Staff | None:
    return session.get(Staff, (agency_id, staff_id))


def lock_staff(session: Session, agency_id: str, staff_id: str) -> Staff | None:
    """As it stands now: failed attempts and used codes are counted one after the other."""
    return session.get(Staff, (agency_id, staff_id), with_for_update=True, populate_existing=True)


def staff_with_email(session: Session, email: str) -> list[tuple[str, str]]:
    """Agency and id. The one question across agencies: whoever signs in names none."""
    found = session.execute(
        select(Staff.agency_id, Staff.id).where(Staff.email == email).order_by(Staff.agency_id)
    )
    return [(agency_id, staff_id) for agency_id, staff_id in found]


def staff_with_identity(session: Session, identity: bytes) -> list[tuple[str, str]]:
    """Agency and id, as above."""
    found = session.execute(
        select(Staff.agency_id, Staff.id)
        .where(Staff.identity == identity)
        .order_by(Staff.agency_id)
    )
    return [(agency_id, staff_id) for agency_id, staff_id in found]


def lock_unknown_address(session: Session, tag: bytes, now: datetime) -> UnknownAddress:
    """As it stands now, and held: of two attempts at once the second waits for the first."""
    is_sqlite = session.get_bind().dialect.name == "sqlite"
    insert = sqlite.insert if is_sqlite else postgresql.insert
    new = {"tag": tag, "failures": 0, "waits_until": None, "failed_at": now}
    held = insert(UnknownAddress).values(new)
    session.execute(held.on_conflict_do_update(index_elements=["tag"], set_={"tag": tag}))
    return session.get_one(UnknownAddress, tag, populate_existing=True)


def forget_unknown_addresses(session: Session, before: datetime, most: int) -> None:
    """Those of before a moment, and all but the newest."""
    newest = select(UnknownAddress.failed_at).order_by(UnknownAddress.failed_at.desc())
    oldest_kept = newest.offset(most).limit(1).scalar_subquery()
    failed_at = UnknownAddress.failed_at
    session.execute(delete(UnknownAddress).where(or_(failed_at < before, failed_at <= oldest_kept)))


def staff_linked_with(session: Session, agency_id: str, identity: bytes) -> Staff | None:
    return session.scalar(
        select(Staff).where(Staff.agency_id == agency_id, Staff.identity == identity)
    )


def staff_of(session: Session, agency_id: str) -> Sequence[Staff]:
    return session.scalars(
        select(Staff).where(Staff.agency_id == agency_id).order_by(Staff.name, Staff.id)
    ).all()


def find_sign_in(session: Session, agency_id: str, digest: bytes) -> SignIn | None:
    return session.get(SignIn, (agency_id, digest))


def sign_ins_of(session: Session, agency_id: str, staff_id: str) -> Sequence[SignIn]:
    return session.scalars(
        select(SignIn)
        .where(SignIn.agency_id == agency_id, SignIn.staff_id == staff_id)
        .order_by(SignIn.began_at)
    ).all()


def remove_sign_in(session: Session, agency_id: str, digest: bytes) -> None:
    session.execute(delete(SignIn).where(SignIn.agency_id == agency_id, SignIn.digest == digest))


def remove_sign_ins(
    session: Session, agency_id: str, staff_id: str, *, but: bytes | None = None
) -> None:
    removal = delete(SignIn).where(SignIn.agency_id == agency_id, SignIn.staff_id == staff_id)
    session.execute(removal if but is None else removal.where(SignIn.digest != but))


def remove_old_sign_ins(
    session: Session, agency_id: str, seen_before: datetime, began_before: datetime
) -> None:
    session.execute(
        delete(SignIn).where(
            SignIn.agency_id == agency_id,
            (SignIn.seen_at < seen_before) | (SignIn.began_at < began_before),
        )
    )


def take_link(session: Session, agency_id: str, digest: bytes) -> OneTimeLink | None:
    """Once: of two who follow the same link at once, one finds it gone."""
    link = session.get(OneTimeLink, (agency_id, digest), with_for_update=True)
    if link is not None:
        session.delete(link)
        session.flush()
    return link


def find_link(session: Session, agency_id: str, digest: bytes) -> OneTimeLink | None:
    return session.get(OneTimeLink, (agency_id, digest))


def remove_links(session: Session, agency_id: str, staff_id: str) -> None:
    session.execute(
        delete(OneTimeLink).where(
            OneTimeLink.agency_id == agency_id, OneTimeLink.staff_id == staff_id
        )
    )


def find_api_token(session: Session, agency_id: str, digest: bytes) -> ApiToken | None:
    return session.scalar(
        select(ApiToken).where(ApiToken.agency_id == agency_id, ApiToken.digest == digest)
    )


def api_tokens_of(
    session: Session, agency_id: str, staff_id: str | None = None
) -> Sequence[ApiToken]:
    """Of one staff member, or of the whole agency; the newest first."""
    of_staff = [] if staff_id is None else [ApiToken.staff_id == staff_id]
    return session.scalars(
        select(ApiToken)
        .where(ApiToken.agency_id == agency_id, *of_staff)
        .order_by(ApiToken.made_at.desc(), ApiToken.id)
    ).all()


def lock_api_token(session: Session, agency_id: str, token_id: str) -> ApiToken | None:
    return session.get(ApiToken, (agency_id, token_id), with_for_update=True)


def remove_api_token(session: Session, token: ApiToken) -> None:
    session.delete(token)
    session.flush()


def remove_api_tokens(session: Session, agency_id: str, staff_id: str) -> None:
    session.execute(
        delete(ApiToken).where(ApiToken.agency_id == agency_id, ApiToken.staff_id == staff_id)
    )


def newest_audit_entries(session: Session, agency_id: str, most: int) -> Sequence[AuditEntry]:
    return session.scalars(
        select(AuditEntry)
        .where(AuditEntry.agency_id == agency_id)
        .order_by(AuditEntry.position.desc())
        .limit(most)
    ).all()


def newest_audit_entry_of(
    session: Session, agency_id: str, acts: Collection[str]
) -> AuditEntry | None:
    return session.scalars(
        select(AuditEntry)
        .where(AuditEntry.agency_id == agency_id, AuditEntry.act.in_(acts))
        .order_by(AuditEntry.position.desc())
        .limit(1)
    ).first()


def audit_entries(session: Session, agency_id: str) -> Iterator[AuditEntry]:
    """From the first to the last, some hundred at a time."""
    after = 0
    while True:
        entries = session.scalars(
            select(AuditEntry)
            .where(AuditEntry.agency_id == agency_id, AuditEntry.position > after)
            .order_by(AuditEntry.position)
            .limit(ENTRIES_AT_ONCE)
        ).all()
        yield from entries
        if len(entries) < ENTRIES_AT_ONCE:
            return
        after = entries[-1].position
