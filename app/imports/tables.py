from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import JSON, Date, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base


class RememberedMapping(Base):
    """How an agency mapped an export with these headings the last time; nothing of its answers."""

    __tablename__ = "remembered_mapping"

    agency_id: Mapped[str] = mapped_column(ForeignKey("agency.agency_id"), primary_key=True)
    headings_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    instrument_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    columns: Mapped[dict[str, Any]] = mapped_column(JSON)
    kept_on: Mapped[date] = mapped_column(Date)
