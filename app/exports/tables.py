from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, Integer, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base, UtcDateTime


class ExportFile(Base):
    """A download that staff asked for. Gone a day after it was made; never part of a backup.

    subject: the wave or the report it is made of, as its kind says. public_key: what the worker
    seals it to; the web process keeps the other half. size and what follows it: once it is made.
    """

    __tablename__ = "export_file"

    agency_id: Mapped[str] = mapped_column(String(6), primary_key=True)
    id: Mapped[str] = mapped_column(String(10), primary_key=True)
    initiative_id: Mapped[str] = mapped_column(String(10))
    kind: Mapped[str] = mapped_column(String(40))
    subject: Mapped[str] = mapped_column(String(10))
    language: Mapped[str] = mapped_column(String(10))
    public_key: Mapped[bytes] = mapped_column(LargeBinary(32))
    asked_by: Mapped[str] = mapped_column(String(10))
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    reason: Mapped[str] = mapped_column(Text)
    approved_by: Mapped[str | None] = mapped_column(String(10))
    ends_at: Mapped[datetime] = mapped_column(UtcDateTime)
    size: Mapped[int | None] = mapped_column(BigInteger)
    chunks: Mapped[int | None] = mapped_column(Integer)
    sha256: Mapped[str | None] = mapped_column(String(64))


class ExportChunk(Base):
    """A part of a download, sealed."""

    __tablename__ = "export_chunk"

    agency_id: Mapped[str] = mapped_column(String(6), primary_key=True)
    export_id: Mapped[str] = mapped_column(String(10), primary_key=True)
    position: Mapped[int] = mapped_column(Integer, primary_key=True)
    ct: Mapped[bytes] = mapped_column(LargeBinary)
