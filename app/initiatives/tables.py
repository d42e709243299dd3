from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    Boolean,
    CheckConstraint,
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


class Initiative(Base):
    """The trust-building effort being judged, and what residents are told about who asks."""

    __tablename__ = "initiative"

    agency_id: Mapped[str] = mapped_column(ForeignKey("agency.agency_id"), primary_key=True)
    id: Mapped[str] = mapped_column(String(10), primary_key=True)
    title: Mapped[dict[str, str]] = mapped_column(JSON)
    police_name: Mapped[dict[str, str]] = mapped_column(JSON)
    notice: Mapped[dict[str, Any]] = mapped_column(JSON)
    starts_on: Mapped[date | None] = mapped_column(Date)
    time_zone: Mapped[str] = mapped_column(String(40))
    expected: Mapped[dict[str, Any]] = mapped_column(JSON)
    is_simulated: Mapped[bool] = mapped_column(Boolean)
    created_on: Mapped[date] = mapped_column(Date)

    @property
    def public_path(self) -> str:
        """Where its result stands, the same from before the first wave until after the last."""
        return f"/results/{self.agency_id}{self.id}"


class InitiativeLogo(Base):
    """The picture beside the name of who asks: a PNG that this program has written itself."""

    __tablename__ = "initiative_logo"
    __table_args__ = (
        ForeignKeyConstraint(
            ["agency_id", "initiative_id"], ["initiative.agency_id", "initiative.id"]
        ),
    )

    agency_id: Mapped[str] = mapped_column(String(6), primary_key=True)
    initiative_id: Mapped[str] = mapped_column(String(10), primary_key=True)
    picture: Mapped[bytes] = mapped_column(LargeBinary)


class Area(Base):
    """A named place a respondent can choose; `code` is the stored number."""

    __tablename__ = "area"
    __table_args__ = (
        ForeignKeyConstraint(
            ["agency_id", "initiative_id"], ["initiative.agency_id", "initiative.id"]
        ),
        UniqueConstraint("agency_id", "initiative_id", "code"),
        CheckConstraint("role IN ('initiative', 'comparison')", name="role"),
    )

    agency_id: Mapped[str] = mapped_column(String(6), primary_key=True)
    id: Mapped[str] = mapped_column(String(10), primary_key=True)
    initiative_id: Mapped[str] = mapped_column(String(10))
    code: Mapped[int] = mapped_column(Integer)
    name: Mapped[dict[str, str]] = mapped_column(JSON)
    role: Mapped[str] = mapped_column(String(10))


class PlanVersion(Base):
    """What will be tested. The newest locked version counts; later ones show as changed."""

    __tablename__ = "plan_version"
    __table_args__ = (
        ForeignKeyConstraint(
            ["agency_id", "initiative_id"], ["initiative.agency_id", "initiative.id"]
        ),
    )

    agency_id: Mapped[str] = mapped_column(String(6), primary_key=True)
    initiative_id: Mapped[str] = mapped_column(String(10), primary_key=True)
    version: Mapped[int] = mapped_column(Integer, primary_key=True)
    document: Mapped[dict[str, Any]] = mapped_column(JSON)
    content_hash: Mapped[str] = mapped_column(String(64))
    locked_at: Mapped[datetime] = mapped_column(UtcDateTime)


class PlanDraft(Base):
    """What staff are still writing. Its revision shows who saved in between."""

    __tablename__ = "plan_draft"
    __table_args__ = (
        ForeignKeyConstraint(
            ["agency_id", "initiative_id"], ["initiative.agency_id", "initiative.id"]
        ),
    )

    agency_id: Mapped[str] = mapped_column(String(6), primary_key=True)
    initiative_id: Mapped[str] = mapped_column(String(10), primary_key=True)
    document: Mapped[dict[str, Any]] = mapped_column(JSON)
    revision: Mapped[int] = mapped_column(Integer)
    saved_by: Mapped[str] = mapped_column(String(10))
    saved_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Wave(Base):
    """One fielding period. Its moments are staff acts, never a respondent's."""

    __tablename__ = "wave"
    __table_args__ = (
        ForeignKeyConstraint(
            ["agency_id", "initiative_id"], ["initiative.agency_id", "initiative.id"]
        ),
        ForeignKeyConstraint(
            ["agency_id", "instrument_hash"],
            ["instrument_version.agency_id", "instrument_version.content_hash"],
        ),
        UniqueConstraint("agency_id", "initiative_id", "position"),
        CheckConstraint("kind IN ('baseline', 'follow_up')", name="kind"),
        CheckConstraint(
            "state IN ('draft', 'open', 'closing', 'closed', 'counting', 'counted', 'imported', "
            "'erased')",
            name="state",
        ),
        CheckConstraint("key_state IN ('none', 'kept', 'partner', 'destroyed')", name="key_state"),
    )

    agency_id: Mapped[str] = mapped_column(String(6), primary_key=True)
    id: Mapped[str] = mapped_column(String(10), primary_key=True)
    initiative_id: Mapped[str] = mapped_column(String(10))
    position: Mapped[int] = mapped_column(Integer)
    kind: Mapped[str] = mapped_column(String(10))
    label: Mapped[dict[str, str]] = mapped_column(JSON)
    state: Mapped[str] = mapped_column(String(10))
    instrument_hash: Mapped[str] = mapped_column(String(64))
    languages: Mapped[list[str]] = mapped_column(JSON)
    accepted_drafts: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    opened_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    grace_ends_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    counted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    public_key: Mapped[bytes | None] = mapped_column(LargeBinary(32))
    key_state: Mapped[str] = mapped_column(String(10))
    count_manifest: Mapped[dict[str, Any] | None] = mapped_column(JSON)


class Custody(Base):
    """A wave whose private key a community partner alone holds. Without a row the server does."""

    __tablename__ = "custody"
    __table_args__ = (
        ForeignKeyConstraint(["agency_id", "wave_id"], ["wave.agency_id", "wave.id"]),
    )

    agency_id: Mapped[str] = mapped_column(String(6), primary_key=True)
    wave_id: Mapped[str] = mapped_column(String(10), primary_key=True)
    holder: Mapped[str] = mapped_column(String(200))
    public_key: Mapped[bytes] = mapped_column(LargeBinary(32))
    statement_key: Mapped[bytes] = mapped_column(LargeBinary(32))
    challenge: Mapped[bytes] = mapped_column(LargeBinary)
    answers: Mapped[dict[str, str]] = mapped_column(JSON)
    confirmed: Mapped[list[int]] = mapped_column(JSON)
    certificate: Mapped[dict[str, Any] | None] = mapped_column(JSON)


class Linking(Base):
    """That the same people are known again over the waves of an initiative; by what, is a key."""

    __tablename__ = "linking"
    __table_args__ = (
        ForeignKeyConstraint(
            ["agency_id", "initiative_id"], ["initiative.agency_id", "initiative.id"]
        ),
        CheckConstraint("state IN ('kept', 'ended')", name="state"),
    )

    agency_id: Mapped[str] = mapped_column(String(6), primary_key=True)
    initiative_id: Mapped[str] = mapped_column(String(10), primary_key=True)
    public_key: Mapped[bytes] = mapped_column(LargeBinary(32))
    state: Mapped[str] = mapped_column(String(10))
