from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Date, ForeignKeyConstraint, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base, UtcDateTime


class Erasure(Base):
    """That the answers of an initiative are to be erased, or are: who asked, who agreed, when.

    asked_by, approved_by: staff; nobody where it was done at the command line. statement: why one
    person did it alone. backups_until: the day on which earlier backups are removed.
    """

    __tablename__ = "erasure"
    __table_args__ = (
        ForeignKeyConstraint(
            ["agency_id", "initiative_id"], ["initiative.agency_id", "initiative.id"]
        ),
        CheckConstraint("state IN ('asked', 'approved', 'erased')", name="state"),
    )

    agency_id: Mapped[str] = mapped_column(String(6), primary_key=True)
    initiative_id: Mapped[str] = mapped_column(String(10), primary_key=True)
    state: Mapped[str] = mapped_column(String(10))
    reason: Mapped[str] = mapped_column(Text)
    asked_by: Mapped[str | None] = mapped_column(String(10))
    asked_on: Mapped[date] = mapped_column(Date)
    approved_by: Mapped[str | None] = mapped_column(String(10))
    approved_on: Mapped[date | None] = mapped_column(Date)
    statement: Mapped[str | None] = mapped_column(Text)
    erased_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    backups_until: Mapped[date | None] = mapped_column(Date)
    backups_gone_on: Mapped[date | None] = mapped_column(Date)
