"""The worker's part of a deletion: what a killed opening left in the count key store."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.deletion import store
from app.initiatives.linking import link_key_name

if TYPE_CHECKING:
    from app.db import Database
    from app.privacy.count_keys import CountKeyStore


def forget_keys(database: Database, keys: CountKeyStore, agency_id: str, name: str) -> None:
    """Safe to repeat. The key of a wave or an initiative that still stands is left alone."""
    with database.reading() as session:
        if store.stands(session, agency_id, name):
            return
    for kept in (name, link_key_name(name)):
        keys.destroy(kept)
