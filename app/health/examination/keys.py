"""The two key stores: do they open, and is the key of every wave there that still needs one?"""

from __future__ import annotations

import os
from collections.abc import Iterator

from app.health import store
from app.health.examination.finding import Examined, Finding, Level
from app.privacy.count_keys import CountKeyStore
from app.privacy.web_keys import WebKeyStore


def web_keys(examined: Examined) -> Iterator[Finding]:
    folder, master = examined.settings.web_key_store, examined.settings.web_master_file
    for place in (folder, master):
        if not place.exists():
            told = f"{place} is not there; the web process makes it when it starts."
            yield Finding("web keys", Level.HEED, told)
            return
    WebKeyStore(folder, master).refuse_lost()
    yield Finding("web keys", Level.FINE, f"{folder} opens with its master.")


def count_keys(examined: Examined) -> Iterator[Finding]:
    settings = examined.settings
    folder = settings.count_key_store
    with examined.database.reading() as session:
        needed = store.waves_that_need_their_key(session)
    if not os.access(folder, os.R_OK | os.X_OK):
        told = f"{folder} cannot be read by this account, or is not there."
        if needed:
            yield Finding(
                "count keys",
                Level.MEND,
                f"{told} {len(needed)} waves need a key in it.",
                "Run this as the worker's account; if the folder is lost, put its copy back.",
            )
        else:
            yield Finding("count keys", Level.FINE, f"{told} No wave needs a key.")
        return
    if not needed and not settings.count_master_file.exists():
        yield Finding("count keys", Level.FINE, "There is no count master, and nothing to open.")
        return
    keys = CountKeyStore(folder, settings.count_master_file)
    for wave_id, public_key in needed:
        keys.unlock(wave_id, public_key)
    yield Finding("count keys", Level.FINE, f"The keys of {len(needed)} waves are there and open.")
    if os.access(settings.web_master_file, os.R_OK) and os.access(
        settings.count_master_file, os.R_OK
    ):
        yield Finding(
            "count keys",
            Level.HEED,
            "This account reads the web master and the count master: whoever breaks into the web "
            "process could open waves.",
            "Run web and worker under two accounts, each with its own folder of keys.",
        )
