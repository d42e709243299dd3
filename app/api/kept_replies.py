"""How long the reply to a call that creates is kept, for a caller that sends it again."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from sqlalchemy.orm import Session

from app import clock
from app.api import store

KEPT: Final = timedelta(hours=24)


def forget_old_replies(session: Session, agency_id: str | None = None) -> None:
    """Of the agency whose program calls, at each call with a key; of all, once a day."""
    store.remove_old_replies(session, clock.now() - KEPT, agency_id)
