from __future__ import annotations

from datetime import date

from sqlalchemy import Date, ForeignKeyConstraint, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base


class Report(Base):
    """A comparison of two counted waves: one document computed, one released.

    Both are kept as text, so that the same input gives the same bytes.
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
    computed: Mapped[str] = mapped_column(Text)
    released: Mapped[str] = mapped_column(Text)
    created_on: Mapped[date] = mapped_column(Date)
    published_on: Mapped[date | None] = mapped_column(Date)

    @property
    def public_id(self) -> str:
        return self.agency_id + self.id
