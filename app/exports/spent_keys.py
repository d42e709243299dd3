"""Removes the keys of downloads that are gone, for as long as the web process runs."""

from __future__ import annotations

import asyncio
import logging
from typing import Final

from starlette.concurrency import run_in_threadpool

from app.db import Database
from app.errors import AppError
from app.exports.service import destroy_spent_keys
from app.exports.store import FileKey
from app.privacy.web_keys import WebKeyStore

SWEEP_SECONDS: Final = 3600
_log = logging.getLogger("rapport.web")


async def sweep_downloads(database: Database, web_keys: WebKeyStore) -> None:
    seen: set[FileKey] = set()
    while True:
        try:
            seen = await run_in_threadpool(destroy_spent_keys, database, web_keys, seen)
        except (AppError, OSError) as failure:
            _log.warning("keys of old downloads were not removed: %s", type(failure).__name__)
        await asyncio.sleep(SWEEP_SECONDS)
