from __future__ import annotations

from datetime import date

from sqlalchemy import (
    CheckConstraint,
    Column,
    Date,
    ForeignKeyConstraint,
    Integer,
    LargeBinary,
    String,
    Table,
)
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base


class Collector(Base):
    """A way in, with its mode and, where it hangs in one place, its area."""

    __tablename__ = "collector"
    __table_args__ = (
        ForeignKeyConstraint(["agency_id", "wave_id"], ["wave.agency_id", "wave.id"]),
        CheckConstraint("mode IN ('phone_web', 'kiosk', 'paper')", name="mode"),
        CheckConstraint(
            "recruitment IN ('open', 'staff_entered', 'group_code', 'single_use_code')",
            name="recruitment",
        ),
    )

    agency_id: Mapped[str] = mapped_column(String(6), primary_key=True)
    id: Mapped[str] = mapped_column(String(10), primary_key=True)
    wave_id: Mapped[str] = mapped_column(String(10))
    label: Mapped[str] = mapped_column(String(200))
    mode: Mapped[str] = mapped_column(String(20))
    recruitment: Mapped[str] = mapped_column(String(20))
    area_code: Mapped[int | None] = mapped_column(Integer)
    language: Mapped[str | None] = mapped_column(String(10))
    created_on: Mapped[date] = mapped_column(Date)
    stopped_on: Mapped[date | None] = mapped_column(Date)

    @property
    def public_id(self) -> str:
        return self.agency_id + self.id


# Which codes there are and how often each was used: never by whom, when, or with which answers.
# A `single` code counts once, a `group` code up to `most` without a flag, a `test` code never.
# It has no foreign key, and its rows go when the wave is counted.
ledger = Table(
    "ledger",
    Base.metadata,
    Column("agency_id", String(6), primary_key=True),
    Column("wave_id", String(10), primary_key=True),
    Column("tag", LargeBinary(16), primary_key=True),
    Column("kind", String(10), nullable=False),
    Column("most", Integer, nullable=False),
    Column("used", Integer, nullable=False),
    CheckConstraint("kind IN ('single', 'group', 'test')", name="kind"),
    sqlite_with_rowid=False,
)
