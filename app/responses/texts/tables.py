from __future__ import annotations

from datetime import date

from sqlalchemy import CheckConstraint, Date, ForeignKeyConstraint, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base


class TextReview(Base):
    """That a text was read. It goes with the text, and says nothing of who wrote it."""

    __tablename__ = "text_review"

    agency_id: Mapped[str] = mapped_column(String(6), primary_key=True)
    wave_id: Mapped[str] = mapped_column(String(10), primary_key=True)
    text_id: Mapped[bytes] = mapped_column(LargeBinary(16), primary_key=True)
    reviewed_by: Mapped[str] = mapped_column(String(10))


class Quote(Base):
    """Words of one resident that may be quoted once a second reviewer has agreed.

    It names a wave and a question, and no group. Nothing leads from it to the text it was taken
    from once that is deleted.
    """

    __tablename__ = "quote"
    __table_args__ = (
        ForeignKeyConstraint(["agency_id", "wave_id"], ["wave.agency_id", "wave.id"]),
        CheckConstraint("state IN ('proposed', 'approved')", name="state"),
    )

    agency_id: Mapped[str] = mapped_column(String(6), primary_key=True)
    id: Mapped[str] = mapped_column(String(10), primary_key=True)
    wave_id: Mapped[str] = mapped_column(String(10))
    question: Mapped[str] = mapped_column(String(40))
    words: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(String(10))
    text_id: Mapped[bytes | None] = mapped_column(LargeBinary(16))
    proposed_by: Mapped[str] = mapped_column(String(10))
    proposed_on: Mapped[date] = mapped_column(Date)
    approved_by: Mapped[str | None] = mapped_column(String(10))
    approved_on: Mapped[date | None] = mapped_column(Date)
