"""Every question that the API's own bookkeeping asks of the database."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import delete
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from app.api.tables import KeptReply

ReplyKey = tuple[str, str, str]


def claim_reply(session: Session, row: Mapping[str, Any]) -> bool:
    """False where the key was used before. Of two calls at once, the second waits for the first."""
    is_sqlite = session.get_bind().dialect.name == "sqlite"
    insert = sqlite.insert if is_sqlite else postgresql.insert
    claimed = session.execute(
        insert(KeptReply).values(**row).on_conflict_do_nothing().returning(KeptReply.key_hash)
    )
    return claimed.first() is not None


def find_reply(session: Session, key: ReplyKey) -> KeptReply | None:
    return session.get(KeptReply, key, populate_existing=True)


def remove_old_replies(
    session: Session, made_before: datetime, agency_id: str | None = None
) -> None:
    """Of this agency, or of all."""
    removal = delete(KeptReply).where(KeptReply.made_at < made_before)
    if agency_id is not None:
        removal = removal.where(KeptReply.agency_id == agency_id)
    session.execute(removal)
