from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    Boolean,
    Date,
    ForeignKey,
    ForeignKeyConstraint,
    Integer,
    LargeBinary,
    String,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base, UtcDateTime

AGENCY_KEY_LENGTH = 6


class Agency(Base):
    """The tenant. Its key leads every primary and foreign key of the tables below it."""

    __tablename__ = "agency"

    agency_id: Mapped[str] = mapped_column(String(AGENCY_KEY_LENGTH), primary_key=True)
    name: Mapped[str] = mapped_column(String(200))
    created_on: Mapped[date] = mapped_column(Date)
    joins_by_email: Mapped[bool] = mapped_column(Boolean, default=False)


class Staff(Base):
    """A signed-in person of the agency or of a partner."""

    __tablename__ = "staff"
    __table_args__ = (
        UniqueConstraint("agency_id", "email"),
        UniqueConstraint("agency_id", "identity"),
    )

    agency_id: Mapped[str] = mapped_column(ForeignKey("agency.agency_id"), primary_key=True)
    id: Mapped[str] = mapped_column(String(10), primary_key=True)
    email: Mapped[str] = mapped_column(String(254), index=True)
    name: Mapped[str] = mapped_column(String(200))
    partner: Mapped[str | None] = mapped_column(String(200))
    roles: Mapped[list[str]] = mapped_column(JSON)
    is_active: Mapped[bool] = mapped_column(Boolean)
    password_hash: Mapped[str | None] = mapped_column(String(200))
    identity: Mapped[bytes | None] = mapped_column(LargeBinary(32), index=True)
    second_factor: Mapped[bytes | None] = mapped_column(LargeBinary(60))
    second_factor_step: Mapped[int | None] = mapped_column(Integer)
    recovery_codes: Mapped[list[str]] = mapped_column(JSON)
    failures: Mapped[int] = mapped_column(Integer)
    waits_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    created_on: Mapped[date] = mapped_column(Date)

    @property
    def has_joined(self) -> bool:
        """Past the invitation: by a password, or by an identity that signs in elsewhere."""
        return self.password_hash is not None or self.identity is not None


class UnknownAddress(Base):
    """How often somebody tried to sign in with an address that nobody has; by its keyed hash.

    It belongs to no agency, because who signs in names none.
    """

    __tablename__ = "unknown_address"

    tag: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    failures: Mapped[int] = mapped_column(Integer)
    waits_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    failed_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)


class SignIn(Base):
    """One browser of a staff member; it holds the token, this row only its digest."""

    __tablename__ = "sign_in"
    __table_args__ = (
        ForeignKeyConstraint(["agency_id", "staff_id"], ["staff.agency_id", "staff.id"]),
    )

    agency_id: Mapped[str] = mapped_column(String(6), primary_key=True)
    digest: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    staff_id: Mapped[str] = mapped_column(String(10))
    began_at: Mapped[datetime] = mapped_column(UtcDateTime)
    seen_at: Mapped[datetime] = mapped_column(UtcDateTime)
    has_second_factor: Mapped[bool] = mapped_column(Boolean)


class OneTimeLink(Base):
    """An invitation or a reset: the way in to set a password, once."""

    __tablename__ = "one_time_link"
    __table_args__ = (
        ForeignKeyConstraint(["agency_id", "staff_id"], ["staff.agency_id", "staff.id"]),
    )

    agency_id: Mapped[str] = mapped_column(String(6), primary_key=True)
    digest: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    staff_id: Mapped[str] = mapped_column(String(10))
    ends_at: Mapped[datetime] = mapped_column(UtcDateTime)


class ApiToken(Base):
    """A program that acts for a staff member: it holds the token, this row only its digest.

    It may do what its scopes say and its owner still may.
    """

    __tablename__ = "api_token"
    __table_args__ = (
        ForeignKeyConstraint(["agency_id", "staff_id"], ["staff.agency_id", "staff.id"]),
        UniqueConstraint("agency_id", "digest"),
    )

    agency_id: Mapped[str] = mapped_column(String(6), primary_key=True)
    id: Mapped[str] = mapped_column(String(10), primary_key=True)
    digest: Mapped[bytes] = mapped_column(LargeBinary(32))
    staff_id: Mapped[str] = mapped_column(String(10))
    label: Mapped[str] = mapped_column(String(100))
    scopes: Mapped[list[str]] = mapped_column(JSON)
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ends_at: Mapped[datetime] = mapped_column(UtcDateTime)
    seen_on: Mapped[date | None] = mapped_column(Date)


class AuditEntry(Base):
    """What staff did, never what residents did. Each row holds the digest of the row before."""

    __tablename__ = "audit_entry"

    agency_id: Mapped[str] = mapped_column(ForeignKey("agency.agency_id"), primary_key=True)
    position: Mapped[int] = mapped_column(Integer, primary_key=True)
    moment: Mapped[datetime] = mapped_column(UtcDateTime)
    staff_id: Mapped[str | None] = mapped_column(String(10))
    act: Mapped[str] = mapped_column(String(60))
    subject: Mapped[str] = mapped_column(String(100))
    facts: Mapped[dict[str, Any]] = mapped_column(JSON)
    previous: Mapped[str] = mapped_column(String(64))
    digest: Mapped[str] = mapped_column(String(64))
