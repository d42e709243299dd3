"""An online copy of the database, opened elsewhere and compared before anyone relies on it.

The key stores and their masters lie outside the database and are never part of a backup.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Connection

from app import clock
from app.backups import postgres, sqlite, store
from app.backups.failure import BackupFailed, told_fault
from app.db import Database
from app.privacy.backup_files import ENDING, encrypt_file, refuse_other_recipient
from app.privacy.fingerprints import hash_file
from app.settings import WorkerSettings

FORMAT: Final = "rapport.backup/1"
MANIFEST_ENDING: Final = ".manifest.json"
SPARE_BYTES: Final = 16 * 1024 * 1024
RESTORING: Final = ".restore-"  # begins the names of folders in which a copy is opened
LONGEST_BACKUP: Final = timedelta(hours=12)

Say = Callable[[str], None]
Check = Callable[[Database], None]


@dataclass(frozen=True, slots=True)
class Backup:
    file: Path
    manifest: dict[str, Any]


@dataclass(frozen=True, slots=True)
class BackupTarget:
    """Where copies go. `programs` is the folder of pg_dump where it is not on the PATH.

    With a `recipient`, the public half of a key that lies elsewhere, only its holder can read them.
    """

    folder: Path
    programs: Path | None = None
    recipient: str | None = None

    def __post_init__(self) -> None:
        if self.recipient is not None:
            refuse_other_recipient(self.recipient)

    def back_up(self, database: Database, name: str, check: Check, say: Say) -> Backup:
        """Keep a verified copy under this name; an earlier one of the name is replaced.

        `check` is shown the restored copy and raises when it is not what it should be.
        """
        try:
            with self._draft_folder(name) as drafts:
                draft = drafts / (name + (".db" if database.is_sqlite else ".dump"))
                contents = self._copy(database, draft, check, say)
                return self._keep(self._sealed(draft, say), name, database, contents)
        except OSError as exc:
            folder, why = str(self.folder), told_fault(exc)
            raise BackupFailed("backups.not_written", folder=folder, why=why) from exc

    def _sealed(self, draft: Path, say: Say) -> Path:
        if self.recipient is None:
            return draft
        say("encrypting the copy")
        sealed = draft.with_name(draft.name + ENDING)
        encrypt_file(draft, sealed, self.recipient)
        return sealed

    def _keep(self, draft: Path, name: str, database: Database, contents: dict[str, Any]) -> Backup:
        manifest = {
            "format": FORMAT,
            "file": draft.name,
            "bytes": draft.stat().st_size,
            "sha256": hash_file(draft),
            "encrypted_to": self.recipient,
            "made_at": clock.now().isoformat(timespec="seconds"),
            "database": database.url.get_backend_name(),
            **contents,
        }
        listing = draft.with_name(f"{name}{MANIFEST_ENDING}")
        listing.write_text(json.dumps(manifest, indent=2) + "\n", "utf-8")
        for file in (draft, listing):
            sync(file)
            file.replace(self.folder / file.name)
        sync(self.folder)
        return Backup(self.folder / draft.name, manifest)

    def _copy(self, database: Database, draft: Path, check: Check, say: Say) -> dict[str, Any]:
        begun_at = clock.now().isoformat()
        with database.acting_as("rapport_operator").reading() as session:
            source = session.connection()
            store.hold_snapshot(source, is_sqlite=database.is_sqlite)
            needed = store.size_in_bytes(source, is_sqlite=database.is_sqlite)
            _refuse_small_disk(needed * (1 if self.recipient is None else 2), draft)
            contents = {"revision": store.revision(source), "rows": store.row_counts(source)}
            say("copying the database")
            with self._copied(database, source, draft, say) as copy:
                say("comparing the copy with the database")
                refuse_difference(contents, copy)
                check(copy)
        return contents | {"begun_at": begun_at}

    @contextmanager
    def _copied(
        self, database: Database, source: Connection, draft: Path, say: Say
    ) -> Iterator[Database]:
        if database.is_sqlite:
            with sqlite.copied(source, draft, say) as copy:
                yield copy
        else:
            with postgres.copied(database, source, draft, self.programs, say) as copy:
                yield copy

    @contextmanager
    def _draft_folder(self, name: str) -> Iterator[Path]:
        """What a killed backup left is cleared away by the next of its name, or of the next day."""
        drafts = self.folder / f".{name}.part"
        shutil.rmtree(drafts, ignore_errors=True)
        clear_drafts(self.folder, clock.now() - LONGEST_BACKUP)
        if not self.folder.exists():
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        drafts.mkdir(mode=0o700)
        try:
            yield drafts
        finally:
            shutil.rmtree(drafts, ignore_errors=True)


def clear_drafts(folder: Path, before: datetime) -> None:
    """What backups and restores left in clear when they were killed; no running one is that old."""
    for left in (*folder.glob(".*.part"), *folder.glob(f"{RESTORING}*")):
        with suppress(FileNotFoundError):
            if left.is_dir() and left.stat().st_mtime < before.timestamp():
                shutil.rmtree(left, ignore_errors=True)


def backup_target(settings: WorkerSettings) -> BackupTarget | None:
    """None where no folder for backups is set."""
    if settings.backup_folder is None:
        return None
    return BackupTarget(
        settings.backup_folder, settings.postgres_programs, settings.backup_recipient
    )


def _refuse_small_disk(needed: int, draft: Path) -> None:
    free = shutil.disk_usage(draft.parent).free
    if free < needed + SPARE_BYTES:
        raise BackupFailed(
            "backups.small_disk",
            needed=_megabytes(needed + SPARE_BYTES),
            folder=str(draft.parent.parent),
            free=_megabytes(free),
        )


def refuse_difference(contents: Mapping[str, Any], copy: Database) -> None:
    """Raises unless the copy is at this `revision` and holds this many `rows` in each table."""
    with copy.acting_as("rapport_operator").reading() as session:
        connection = session.connection()
        found = {"revision": store.revision(connection), "rows": store.row_counts(connection)}
    wanted = {part: contents[part] for part in found}
    if found != wanted:
        raise BackupFailed("backups.differs", found=str(found), wanted=str(wanted))


def _megabytes(size: int) -> int:
    return -(-size // 1_000_000)


def sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
