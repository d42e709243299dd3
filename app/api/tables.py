from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKeyConstraint, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base, UtcDateTime


class KeptReply(Base):
    """What a creating call was answered, for a caller that sends it again with the same key.

    `reply` is sealed to the caller's token; empty while the call is being answered.
    """

    __tablename__ = "kept_reply"
    __table_args__ = (
        ForeignKeyConstraint(
            ["agency_id", "token_id"], ["api_token.agency_id", "api_token.id"], ondelete="CASCADE"
        ),
    )

    agency_id: Mapped[str] = mapped_column(String(6), primary_key=True)
    token_id: Mapped[str] = mapped_column(String(10), primary_key=True)
    key_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    call_hash: Mapped[str] = mapped_column(String(64))
    reply: Mapped[bytes] = mapped_column(LargeBinary)
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
