from __future__ import annotations

from datetime import date

from sqlalchemy import Date, String
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base

AGENCY_KEY_LENGTH = 6


class Agency(Base):
    """The tenant. Its key leads every primary and foreign key of the tables below it."""

    __tablename__ = "agency"

    agency_id: Mapped[str] = mapped_column(String(AGENCY_KEY_LENGTH), primary_key=True)
    name: Mapped[str] = mapped_column(String(200))
    created_on: Mapped[date] = mapped_column(Date)
