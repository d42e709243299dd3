"""What lies outside the database: the public address, room on disks, backups."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from app import clock
from app.backups.target import MANIFEST_ENDING, backup_target
from app.db import LEAST_FREE_BYTES
from app.health.examination.finding import Examined, Finding, Level

ALARM_BYTES: Final = 1024 * 1024 * 1024
OLDEST_BACKUP: Final = timedelta(hours=26)
_OTHERS_MAY_READ: Final = 0o007
_TO_WRITE: Final = os.R_OK | os.W_OK | os.X_OK


def address(examined: Examined) -> Iterator[Finding]:
    base = examined.settings.base_url
    parts = urlsplit(base)
    if parts.scheme != "https":
        yield Finding(
            "address",
            Level.MEND,
            f"Residents reach the pages at {base}, without TLS: who shares their network reads "
            "what they answer.",
            "Put a TLS proxy in front, and set RAPPORT_BASE_URL to the https:// address.",
        )
    elif parts.path.strip("/") or parts.query:
        yield Finding(
            "address",
            Level.MEND,
            f"RAPPORT_BASE_URL is {base}, and pages live at the root of a site only.",
            "Give the site a name of its own.",
        )
    else:
        yield Finding("address", Level.FINE, base)
    if parts.scheme == "https" and not examined.settings.address_header:
        yield Finding(
            "address",
            Level.HEED,
            "No header is named in which the proxy gives the visitor's address: the limits "
            "against stuffing see the proxy only.",
            "Set RAPPORT_ADDRESS_HEADER to the header that your proxy sets itself.",
        )


def disk(examined: Examined) -> Iterator[Finding]:
    for name, folder in _folders(examined).items():
        there = next(place for place in (folder, *folder.parents) if os.access(place, os.F_OK))
        free = shutil.disk_usage(there).free
        told = f"{name}: {free // 1_000_000:,} MB free in {folder}"
        if free < LEAST_FREE_BYTES:
            yield Finding("disk", Level.MEND, f"{told}; answers are refused.", "Free space now.")
        elif free < ALARM_BYTES:
            yield Finding("disk", Level.HEED, f"{told}.", "Free space, or give it a larger disk.")
        else:
            yield Finding("disk", Level.FINE, f"{told}.")


def _folders(examined: Examined) -> dict[str, Path]:
    folders = {"web keys": examined.settings.web_key_store.absolute()}
    if examined.database.is_sqlite:
        folders["database"] = Path(str(examined.database.url.database)).absolute().parent
    if examined.settings.backup_folder is not None:
        folders["backups"] = examined.settings.backup_folder.absolute()
    return folders


def backups(examined: Examined) -> Iterator[Finding]:
    folder = examined.settings.backup_folder
    if folder is None:
        yield Finding(
            "backups",
            Level.MEND,
            "There is no folder for backups, so keys of counted waves are never destroyed.",
            "Set RAPPORT_BACKUP_FOLDER, and run `rapport backup` every day.",
        )
        return
    backup_target(examined.settings)  # refuses a recipient that is none
    if os.access(folder, os.F_OK) and not (folder.is_dir() and os.access(folder, _TO_WRITE)):
        yield Finding(
            "backups",
            Level.MEND,
            f"{folder} is no folder, or this account may not write into it.",
            "Correct RAPPORT_BACKUP_FOLDER, or let this account write there.",
        )
        return
    if examined.settings.backup_recipient is None:
        yield Finding(
            "backups",
            Level.MEND,
            "Backups are not encrypted.",
            "Make a key away from the server with `rapport backup-key FILE`, and set "
            "RAPPORT_BACKUP_RECIPIENT to what it prints.",
        )
    yield _newest_backup(folder)
    if folder.is_dir() and folder.stat().st_mode & _OTHERS_MAY_READ:
        yield Finding(
            "backups",
            Level.HEED,
            f"Other accounts of this machine may look into {folder}.",
            f"Run: chmod 700 {folder}",
        )


def _newest_backup(folder: Path) -> Finding:
    made = [moment for file in folder.glob("*" + MANIFEST_ENDING) if (moment := _made_at(file))]
    if not made:
        return Finding(
            "backups",
            Level.MEND,
            f"There is no backup in {folder}.",
            f"Run `rapport backup {folder}` every day.",
        )
    age = clock.now() - max(made)
    if age > OLDEST_BACKUP:
        return Finding(
            "backups",
            Level.MEND,
            f"The newest backup is {age // timedelta(hours=1)} hours old.",
            f"Run `rapport backup {folder}` every day.",
        )
    return Finding("backups", Level.FINE, f"The newest is of {max(made):%Y-%m-%d %H:%M} UTC.")


def _made_at(listing: Path) -> datetime | None:
    """None where its file is gone, or where it is no manifest."""
    try:
        manifest: dict[str, Any] = json.loads(listing.read_text("utf-8"))
        is_there = os.path.lexists(listing.with_name(manifest["file"]))
        return datetime.fromisoformat(manifest["made_at"]) if is_there else None
    except (ValueError, KeyError, TypeError):
        return None
