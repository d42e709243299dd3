"""Removes backups of before a moment, once a later one stands in for them."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Any

from app.backups.failure import BackupFailed
from app.backups.target import FORMAT, MANIFEST_ENDING, clear_drafts, sync


def has_backup_since(folder: Path, moment: datetime) -> bool:
    """One that was begun later: while it is copied, a backup shows the moment it was begun."""
    return any(_is_since(manifest, moment) for _, manifest in _listed(folder))


def remove_backups_before(folder: Path, moment: datetime) -> list[str]:
    """Their names. Refuses where nothing later would be left; other files are not touched."""
    if not has_backup_since(folder, moment):
        raise BackupFailed(
            "backups.none_since", folder=str(folder), moment=f"{moment:%Y-%m-%d %H:%M} UTC"
        )
    clear_drafts(folder, moment)
    removed: list[str] = []
    for listing, manifest in _listed(folder):
        if not _is_since(manifest, moment):
            (folder / manifest["file"]).unlink(missing_ok=True)
            listing.unlink()
            removed.append(manifest["file"])
    sync(folder)
    return removed


def _listed(folder: Path) -> list[tuple[Path, dict[str, Any]]]:
    """Manifests of our own with the file they tell of, the earliest name first."""
    found = []
    for listing in sorted(folder.glob(f"*{MANIFEST_ENDING}")):
        manifest = _read(listing)
        if manifest is not None and (folder / manifest["file"]).parent == folder:
            found.append((listing, manifest))
    return found


def _is_since(manifest: dict[str, Any], moment: datetime) -> bool:
    begun_at = manifest.get("begun_at")
    return begun_at is not None and datetime.fromisoformat(begun_at) >= moment


def _read(listing: Path) -> dict[str, Any] | None:
    try:
        manifest = json.loads(listing.read_text("utf-8"))
    except (OSError, ValueError):
        return None
    is_ours = isinstance(manifest, dict) and manifest.get("format") == FORMAT
    return manifest if is_ours else None
