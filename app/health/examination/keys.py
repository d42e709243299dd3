"""The two key stores: do they open, and is the key of every wave there that still needs one?"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from app.errors import AppError
from app.health import store
from app.health.examination.finding import Examined, Finding, Level, refusal
from app.privacy.count_keys import CountKeyStore
from app.privacy.web_keys import WebKeyStore

LOST_WEB_KEYS: Final = (
    "Put the folder of the web keys and its master back from their copies, for the web process's "
    "account alone (chmod 700 and 600)."
)
LOST_COUNT_KEYS: Final = (
    "Put the count key store and its master back from the copies that belong together. Where there "
    "are none, nobody can open these answers any more."
)


def web_keys(examined: Examined) -> Iterator[Finding]:
    folder, master = examined.settings.web_key_store, examined.settings.web_master_file
    for place in (folder, master):
        if _is_closed(place.absolute()):
            told = f"{place} is closed to this account, as it should be; /readyz tells how it is."
            yield Finding("web keys", Level.FINE, told)
            return
        if not os.access(place, os.F_OK):
            yield Finding(
                "web keys",
                Level.HEED,
                f"{place} is not there; the web process makes it when it starts.",
                f"If the web process runs, ask it at /readyz. Where it ran before: {LOST_WEB_KEYS}",
            )
            return
    WebKeyStore(folder, master).refuse_lost()
    yield Finding("web keys", Level.FINE, f"{folder} opens with its master.")


def _is_closed(place: Path) -> bool:
    """By an account that is not this one: what lies in its folder is not even seen."""
    seen = next(each for each in (place, *place.parents) if os.access(each, os.F_OK))
    right = os.R_OK | (os.X_OK if seen.is_dir() else 0)
    return not os.access(seen, right) and seen.stat().st_uid != os.geteuid()


def count_keys(examined: Examined) -> Iterator[Finding]:
    settings = examined.settings
    folder, master = settings.count_key_store, settings.count_master_file
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
    if not os.access(master, os.F_OK):
        yield _without_master(master, len(needed))
        return
    yield from _opened(CountKeyStore(folder, master), needed)
    if os.access(settings.web_master_file, os.R_OK) and os.access(master, os.R_OK):
        yield Finding(
            "count keys",
            Level.HEED,
            "This account reads the web master and the count master: whoever breaks into the web "
            "process could open waves.",
            "Run web and worker under two accounts, each with its own folder of keys.",
        )


def _without_master(master: Path, needed: int) -> Finding:
    """The store itself would make one, and whoever only looks must change nothing."""
    if not needed:
        told = "There is no count master, and nothing to open."
        return Finding("count keys", Level.FINE, told)
    told = f"{master} is not there, and {needed} waves need it."
    return Finding("count keys", Level.MEND, told, LOST_COUNT_KEYS)


def _opened(keys: CountKeyStore, needed: Sequence[tuple[str, bytes]]) -> Iterator[Finding]:
    """Every key that is lost is named: each is the answers of a wave."""
    lost = 0
    for wave_id, public_key in needed:
        try:
            keys.unlock(wave_id, public_key)
        except AppError as exc:
            lost += 1
            yield refusal("count keys", exc.message, LOST_COUNT_KEYS)
    if not lost:
        told = f"The keys of {len(needed)} waves are there and open."
        yield Finding("count keys", Level.FINE, told)
