from __future__ import annotations

from datetime import date

from sqlalchemy import JSON, CheckConstraint, Date, ForeignKeyConstraint, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base


class Report(Base):
    """A comparison of two counted waves: one document computed, one released.

    Both are kept as text, so that the same input gives the same bytes. computed: none
    once the answers behind it were erased. audited_with: the published
    reports that share a wave with this one, as they were when it was released. breakdown: the
    questions of a breakdown that staff asked for; it was told to them as it was computed.
    """

    __tablename__ = "report"
    __table_args__ = (
        ForeignKeyConstraint(
            ["agency_id", "before_wave_id"],
            ["wave.agency_id", "wave.id"],
            name="fk_report_before_wave",
        ),
        ForeignKeyConstraint(
            ["agency_id", "after_wave_id"],
            ["wave.agency_id", "wave.id"],
            name="fk_report_after_wave",
        ),
    )

    agency_id: Mapped[str] = mapped_column(String(6), primary_key=True)
    id: Mapped[str] = mapped_column(String(10), primary_key=True)
    before_wave_id: Mapped[str] = mapped_column(String(10))
    after_wave_id: Mapped[str] = mapped_column(String(10))
    computed: Mapped[str | None] = mapped_column(Text)
    released: Mapped[str] = mapped_column(Text)
    audited_with: Mapped[list[str]] = mapped_column(JSON)
    breakdown: Mapped[list[str] | None] = mapped_column(JSON(none_as_null=True))
    created_on: Mapped[date] = mapped_column(Date)

    @property
    def public_id(self) -> str:
        return self.agency_id + self.id


class Publication(Base):
    """How far a report is on its way to the public; one without a row is a draft.

    document: what was published of it, as text. proposed_by, approved_by: staff; nobody where it
    was done at the command line. A day, not a moment, is all that is kept here: the audit log has
    the moments.
    """

    __tablename__ = "publication"
    __table_args__ = (
        ForeignKeyConstraint(
            ["agency_id", "report_id"],
            ["report.agency_id", "report.id"],
            name="fk_publication_report",
        ),
        CheckConstraint(
            "state IN ('draft', 'proposed', 'approved', 'published', 'withdrawn')", name="state"
        ),
    )

    agency_id: Mapped[str] = mapped_column(String(6), primary_key=True)
    report_id: Mapped[str] = mapped_column(String(10), primary_key=True)
    state: Mapped[str] = mapped_column(String(10))
    parts: Mapped[list[str]] = mapped_column(JSON)
    document: Mapped[str | None] = mapped_column(Text)
    proposed_by: Mapped[str | None] = mapped_column(String(10))
    proposed_on: Mapped[date | None] = mapped_column(Date)
    approved_by: Mapped[str | None] = mapped_column(String(10))
    approved_on: Mapped[date | None] = mapped_column(Date)
    statement: Mapped[str | None] = mapped_column(Text)
    published_on: Mapped[date | None] = mapped_column(Date)
    withdrawn_on: Mapped[date | None] = mapped_column(Date)
    withdrawn_because: Mapped[str | None] = mapped_column(Text)


class PublishedBase(Base):
    """The release ledger: how many people each published figure rests on. Never given back.

    people: a digest of whom the plan leaves out. breakdown, category: empty for everyone.
    question: empty for all who answered.
    """

    __tablename__ = "published_base"
    __table_args__ = (
        ForeignKeyConstraint(
            ["agency_id", "report_id"],
            ["report.agency_id", "report.id"],
            name="fk_published_base_report",
        ),
        ForeignKeyConstraint(
            ["agency_id", "wave_id"],
            ["wave.agency_id", "wave.id"],
            name="fk_published_base_wave",
        ),
    )

    agency_id: Mapped[str] = mapped_column(String(6), primary_key=True)
    wave_id: Mapped[str] = mapped_column(String(10), primary_key=True)
    report_id: Mapped[str] = mapped_column(String(10), primary_key=True)
    breakdown: Mapped[str] = mapped_column(String(200), primary_key=True)
    category: Mapped[str] = mapped_column(String(200), primary_key=True)
    question: Mapped[str] = mapped_column(String(200), primary_key=True)
    people: Mapped[str] = mapped_column(String(64))
    n: Mapped[int] = mapped_column(Integer)
