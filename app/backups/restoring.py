"""Opens a backup again: to prove that it can be restored, or to begin anew from it."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from sqlalchemy import URL

from app import clock
from app.backups import postgres, store
from app.backups.failure import BackupFailed
from app.backups.sqlite import refuse_damage
from app.backups.target import (
    FORMAT,
    LONGEST_BACKUP,
    MANIFEST_ENDING,
    RESTORING,
    Check,
    Say,
    clear_drafts,
    refuse_difference,
    sync,
)
from app.db import Database
from app.errors import BadInput, Conflict
from app.privacy.backup_files import ENDING, decrypt_file
from app.privacy.fingerprints import hash_file

_ENDINGS: Final = {"sqlite": ".db", "postgresql": ".dump"}


@dataclass(frozen=True, slots=True)
class StoredBackup:
    """A backup as it lies in its folder, with the manifest that was written beside it."""

    file: Path
    manifest: Mapping[str, Any]

    @property
    def is_sqlite(self) -> bool:
        return str(self.manifest["database"]) == "sqlite"


def find_backup(file: Path) -> StoredBackup:
    """Refuses where the manifest is missing, or where the file is not what it tells of."""
    if not file.is_file():
        raise BadInput(f"{file}: there is no such backup. Check the path.")
    plain = file.name.removesuffix(ENDING)
    listing = file.with_name(plain.rpartition(".")[0] + MANIFEST_ENDING)
    try:
        manifest = json.loads(listing.read_text("utf-8"))
        digest = hash_file(file)
    except OSError as exc:
        raise BadInput(
            f"{exc.filename} cannot be read: {exc.strerror}. Name the backup itself; its manifest, "
            f"{listing.name}, must lie beside it."
        ) from exc
    except ValueError as exc:
        raise BadInput(f"{listing} is no manifest of a backup: {exc}.") from exc
    if not isinstance(manifest, dict) or manifest.get("format") != FORMAT:
        raise BadInput(f"{listing} is no manifest of the format {FORMAT}.")
    if (manifest["file"], manifest["sha256"]) != (file.name, digest):
        raise BackupFailed(
            f"{file} is not the file that its manifest tells of: it was altered, or copied badly. "
            "Fetch it again from where it was kept, or take an earlier backup."
        )
    return StoredBackup(file, manifest)


def check_restore(
    backup: StoredBackup,
    identity: Path | None,
    check: Check,
    say: Say,
    *,
    server: Database | None = None,
    programs: Path | None = None,
) -> None:
    """Restore into a place of its own, compare with the manifest, look inside, and clear it away.

    `server`: any database of the PostgreSQL server in which a dump may be restored for a moment.
    """
    with _plain(backup, identity, say) as plain:
        if backup.is_sqlite:
            _prove(backup, _sqlite(plain), check, say)
            return
        if server is None or server.is_sqlite:
            raise BadInput(
                "This is a backup of PostgreSQL. Let RAPPORT_DATABASE_URL name a database of a "
                "server in which it may be restored for a moment."
            )
        say("restoring the dump beside the database")
        with postgres.scratch_database(server) as scratch:
            postgres.load(scratch, plain, programs)
            _prove(backup, scratch, check, say)


def restore(
    backup: StoredBackup,
    identity: Path | None,
    database: Database,
    check: Check,
    say: Say,
    *,
    programs: Path | None = None,
) -> None:
    """Make this database what the backup holds. Refuses where it holds anything already."""
    if backup.is_sqlite is not database.is_sqlite:
        raise BadInput(
            f"This is a backup of {backup.manifest['database']}, and RAPPORT_DATABASE_URL names "
            "another kind of database."
        )
    if database.is_sqlite:
        _restore_sqlite(backup, identity, Path(str(database.url.database)), check, say)
        return
    with database.acting_as(None).reading() as session:  # a new server does not know the roles yet
        if store.row_counts(session.connection()):
            raise _occupied("the database")
    with _plain(backup, identity, say) as plain:
        say("restoring the dump")
        postgres.load(database, plain, programs)
    _prove(backup, database.acting_as("rapport_operator"), check, say)


def _restore_sqlite(
    backup: StoredBackup, identity: Path | None, file: Path, check: Check, say: Say
) -> None:
    if file.exists() and file.stat().st_size:
        raise _occupied(str(file))
    file.parent.mkdir(parents=True, exist_ok=True)
    with _plain(backup, identity, say, file.parent) as plain:
        _prove(backup, _sqlite(plain), check, say)
        sync(plain)
        plain.replace(file)
        sync(file.parent)


def _prove(backup: StoredBackup, copy: Database, check: Check, say: Say) -> None:
    say("comparing with the manifest")
    try:
        if copy.is_sqlite:
            with copy.reading() as session:
                refuse_damage(session.connection())
        refuse_difference(backup.manifest, copy)
        check(copy)
    finally:
        copy.dispose()


@contextmanager
def _plain(
    backup: StoredBackup, identity: Path | None, say: Say, folder: Path | None = None
) -> Iterator[Path]:
    """A copy of the backup, readable and open only for us, gone when the block ends."""
    ending = _ENDINGS[backup.manifest["database"]]
    folder = folder or backup.file.parent
    clear_drafts(folder, clock.now() - LONGEST_BACKUP)
    with tempfile.TemporaryDirectory(prefix=RESTORING, dir=folder) as drafts:
        plain = Path(drafts) / f"copy{ending}"
        if backup.manifest.get("encrypted_to") is None:
            plain.touch(mode=0o600)
            shutil.copyfile(backup.file, plain)
        elif identity is None:
            raise BadInput(
                "This backup is encrypted. Give the file with its private key: --identity FILE. "
                f"Its public half is {backup.manifest['encrypted_to']}."
            )
        else:
            say("decrypting")
            decrypt_file(backup.file, plain, identity)
        yield plain


def _sqlite(file: Path) -> Database:
    return Database(URL.create("sqlite", database=str(file)).render_as_string())


def _occupied(what: str) -> Conflict:
    return Conflict(
        f"There is something in {what} already, and a restore never writes over anything. Move it "
        "away, or let RAPPORT_DATABASE_URL name an empty database."
    )
