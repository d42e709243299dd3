"""The worker's part: erases the answers of an initiative, and the backups that still hold them.

Each step may be the last thing a dying worker does; asked again, it goes on from what it finds.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, time
from typing import TYPE_CHECKING, Final

from app import clock
from app.accounts.audit import note_act
from app.backups.expiring import has_backup_since, remove_backups_before
from app.errors import Conflict, NotFound
from app.exports.service import remove_downloads
from app.exports.tables import ExportChunk, ExportFile
from app.initiatives.fielding import note_key_destroyed
from app.initiatives.service import list_waves, lock_initiative
from app.initiatives.wave import HOLDS_RESPONSES
from app.jobs.service import enqueue
from app.reports.service import forget_computed
from app.reports.tables import Report
from app.responses.count.linked import end_when_last
from app.responses.erasing import SCRUBBED_TABLES, remove_answers
from app.responses.scrub import scrub
from app.responses.service import check_counted_waves
from app.retention import store
from app.retention.due import BACKUPS_KEPT
from app.retention.service import EXPIRE_JOB

if TYPE_CHECKING:
    from app.backups.target import BackupTarget
    from app.db import Database
    from app.privacy.count_keys import CountKeyStore
    from app.retention.tables import Erasure

# On PostgreSQL what was removed from these is freed by writing them anew.
SCRUBBED: Final = (
    *SCRUBBED_TABLES,
    *(table.__tablename__ for table in (ExportChunk, ExportFile, Report)),
)
Say = Callable[[str], None]
Key = tuple[str, str]


def erase_initiative(
    database: Database, keys: CountKeyStore, initiative: Key, backups: BackupTarget | None, say: Say
) -> str:
    """Safe to repeat at any time. Returns what is left, and until when."""
    say("removing the answers")
    erasure = _remove(database, initiative)
    say("destroying keys that are still kept")
    _destroy_keys(database, keys, initiative)
    say("freeing their place in the files")
    scrub(database, plain=(), full=SCRUBBED)
    if backups is None:
        return told_left(erasure, has_folder=False)
    if not _has_later(backups, erasure):
        say("backing up what is left")
        _back_up(database, backups, initiative, say)
    return told_left(erasure, has_folder=True)


def expire_backups(
    database: Database, initiative: Key, backups: BackupTarget | None, say: Say
) -> str:
    """Removes every backup made before the answers were erased, once there is a later one."""
    with database.reading() as session:
        erasure = store.find_erasure(session, *initiative)
    if erasure is None or erasure.erased_at is None:
        raise NotFound("retention.not_erased")
    if backups is None:
        raise Conflict("retention.no_backup_folder")
    if not has_backup_since(backups.folder, erasure.erased_at):
        _back_up(database, backups, initiative, say)
    removed = remove_backups_before(backups.folder, erasure.erased_at)
    with database.writing() as session:
        kept = store.lock_erasure(session, *initiative)
        if kept is not None:
            kept.backups_gone_on = clock.now().date()
        note_act(
            session, initiative[0], None, "remove backups", initiative[1], {"removed": removed}
        )
    return f"removed {len(removed)} backups of before the answers were erased"


def told_left(erasure: Erasure, *, has_folder: bool) -> str:
    """What no program can reach, said plainly."""
    until = f"{erasure.backups_until}"
    held = (
        f"Backups made before still hold them until {until}; then the worker removes those in the "
        "backup folder."
        if has_folder
        else "No backup folder is set: backups that were made elsewhere still hold them."
    )
    return f"The answers are erased. {held} Remove copies taken elsewhere by {until}."


def _remove(database: Database, initiative: Key) -> Erasure:
    agency_id, initiative_id = initiative
    with database.writing() as session:
        lock_initiative(session, *initiative)  # nothing is brought in from elsewhere meanwhile
        erasure = store.lock_erasure(session, *initiative)
        if erasure is None or erasure.state == "asked":
            raise Conflict("retention.nobody_agreed")
        if erasure.state == "erased":
            return erasure
        waves = list_waves(session, *initiative)
        wave_ids = [wave.id for wave in waves if wave.state in HOLDS_RESPONSES]
        removed = remove_answers(session, agency_id, wave_ids)
        files = remove_downloads(session, agency_id, initiative_id)
        forget_computed(session, agency_id, wave_ids)
        now = clock.now()
        erasure.state, erasure.erased_at = "erased", now
        erasure.backups_until = (now + BACKUPS_KEPT).date()
        facts = {"waves": len(wave_ids), "responses": removed, "downloads": files}
        note_act(session, agency_id, None, "erase answers", initiative_id, facts)
        when = datetime.combine(erasure.backups_until, time.min, UTC)
        enqueue(session, agency_id, EXPIRE_JOB, initiative_id, {}, when)
        session.flush()
        return erasure


def _destroy_keys(database: Database, keys: CountKeyStore, initiative: Key) -> None:
    """With a key that was kept, an old backup of sealed sheets could still be opened."""
    with database.reading() as session:
        waves = list_waves(session, *initiative)
    for wave in waves:
        if wave.key_state == "kept" and wave.state == "erased":
            end_when_last(database, keys, (initiative[0], wave.id))
            keys.destroy(wave.id)
            with database.writing() as session:
                note_key_destroyed(session, initiative[0], wave.id)
                note_act(session, initiative[0], None, "destroy key", wave.id)


def _has_later(backups: BackupTarget, erasure: Erasure) -> bool:
    return erasure.erased_at is not None and has_backup_since(backups.folder, erasure.erased_at)


def _back_up(database: Database, backups: BackupTarget, initiative: Key, say: Say) -> None:
    backups.back_up(database, f"erase-{'-'.join(initiative)}", check_counted_waves, say)
