"""Removes the web keys of waves that are over, whether or not anyone still visits them."""

from __future__ import annotations

import asyncio
import logging
from typing import Final

from starlette.concurrency import run_in_threadpool

from app.db import Database
from app.errors import AppError
from app.initiatives.fielding import spent_waves
from app.initiatives.linking import ended_linkings
from app.privacy.web_keys import WebKeyStore

SWEEP_SECONDS: Final = 3600
_log = logging.getLogger("rapport.web")


async def sweep_for_good(database: Database, web_keys: WebKeyStore) -> None:
    """The keys lie where the worker that counts has no access: the web process removes them."""
    while True:
        try:
            await run_in_threadpool(destroy_spent_keys, database, web_keys)
        except (AppError, OSError) as failure:
            _log.warning("old keys were not removed: %s", type(failure).__name__)
        await asyncio.sleep(SWEEP_SECONDS)


def destroy_spent_keys(database: Database, web_keys: WebKeyStore) -> None:
    kept, linked = sorted(web_keys.waves()), sorted(web_keys.linked_initiatives())
    if not kept and not linked:
        return
    with database.acting_as("rapport_sweep").reading() as session:
        spent, ended = spent_waves(session, kept), ended_linkings(session, linked)
    for wave_id in spent:
        web_keys.destroy_wave_keys(wave_id)
    for initiative_id in ended:
        web_keys.destroy_link_key(initiative_id)
