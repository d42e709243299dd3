from __future__ import annotations

from datetime import date

from sqlalchemy import CheckConstraint, Date, ForeignKeyConstraint, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base


class Collector(Base):
    """A way in, with its mode and, where it hangs in one place, its area."""

    __tablename__ = "collector"
    __table_args__ = (
        ForeignKeyConstraint(["agency_id", "wave_id"], ["wave.agency_id", "wave.id"]),
        CheckConstraint("mode IN ('phone_web', 'kiosk', 'paper')", name="mode"),
        CheckConstraint("recruitment IN ('open', 'staff_entered')", name="recruitment"),
    )

    agency_id: Mapped[str] = mapped_column(String(6), primary_key=True)
    id: Mapped[str] = mapped_column(String(10), primary_key=True)
    wave_id: Mapped[str] = mapped_column(String(10))
    label: Mapped[str] = mapped_column(String(200))
    mode: Mapped[str] = mapped_column(String(20))
    recruitment: Mapped[str] = mapped_column(String(20))
    area_code: Mapped[int | None] = mapped_column(Integer)
    created_on: Mapped[date] = mapped_column(Date)

    @property
    def public_id(self) -> str:
        return self.agency_id + self.id
