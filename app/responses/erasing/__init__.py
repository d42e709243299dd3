"""Removes everything that residents gave in counted waves. What is published elsewhere stays."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from app.initiatives.fielding import erase_wave
from app.responses.erasing import store
from app.responses.texts.store import TABLES as REVIEWS
from app.responses.texts.store import remove_reviews

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

ERASED_TABLES: Final = tuple(table.name for table in store.TABLES)
SCRUBBED_TABLES: Final = (*ERASED_TABLES, *REVIEWS)


def remove_answers(session: Session, agency_id: str, wave_ids: Sequence[str]) -> int:
    """How many responses were removed. Their bytes stay in the files until these are scrubbed."""
    for wave_id in wave_ids:
        erase_wave(session, agency_id, wave_id)
    remove_reviews(session, agency_id, wave_ids)
    return store.remove_rows(session, agency_id, wave_ids)
