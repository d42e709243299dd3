"""What people wrote in their own words is deleted when its time is over, by the worker alone.

Each step may be the last thing a dying worker does; asked again, it goes on from what it finds.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, time
from typing import TYPE_CHECKING, Final

from app import clock
from app.accounts.audit import note_act
from app.accounts.service import list_agencies
from app.backups.expiring import has_backup_since, remove_backups_before
from app.errors import Conflict
from app.jobs.service import enqueue
from app.reports.service import first_reports
from app.responses.scrub import scrub
from app.responses.service import check_counted_waves, remove_words
from app.responses.texts.store import TABLES as REVIEWS
from app.retention import store
from app.retention.due import BACKUPS_KEPT, texts_due

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from app.backups.target import BackupTarget
    from app.db import Database

DELETE_JOB: Final = "delete_texts"
EXPIRE_JOB: Final = "expire_text_backups"
# On PostgreSQL what was removed from these is freed by writing them anew.
SCRUBBED: Final = ("free_text", *REVIEWS)
Say = Callable[[str], None]
WaveKey = tuple[str, str]


def ask_for_due(database: Database, today: date) -> list[WaveKey]:
    """Have the texts deleted that are due, in every agency. Asked again, it is asked once."""
    with database.reading() as session:
        agencies = [agency.agency_id for agency in list_agencies(session)]
    asked: list[WaveKey] = []
    for agency_id in agencies:
        with database.writing() as session:
            for wave_id in due_waves(session, agency_id, today):
                enqueue(session, agency_id, DELETE_JOB, wave_id, {}, clock.now())
                asked.append((agency_id, wave_id))
    return asked


def due_waves(session: Session, agency_id: str, today: date) -> list[str]:
    """Those that hold texts and were first reported on long enough ago."""
    reported = first_reports(session, agency_id)
    written = store.waves_with_texts(session, agency_id, list(reported))
    return sorted(
        wave_id for wave_id in written if (texts_due([wave_id], reported) or date.max) <= today
    )


def delete_due_texts(
    database: Database, wave: WaveKey, backups: BackupTarget | None, say: Say
) -> str:
    """Where they are gone already, a worker may have died before it freed their place."""
    with database.reading() as session:
        is_held = bool(store.waves_with_texts(session, wave[0], [wave[1]]))
        if is_held and wave[1] not in due_waves(session, wave[0], clock.now().date()):
            raise Conflict("retention.texts_not_due")
    if is_held:
        say("deleting what people wrote")
        _remove(database, wave)
    say("freeing their place in the files")
    scrub(database, plain=(), full=SCRUBBED)
    if backups is None:
        return "The texts are deleted. No backup folder is set: other backups still hold them."
    days = BACKUPS_KEPT.days
    return f"The texts are deleted. Backups made before still hold them for {days} days."


def delete_texts(database: Database, wave: WaveKey) -> int:
    """For good and at once, as who reviews them wants it; returns how many there were."""
    removed = _remove(database, wave)
    scrub(database, plain=(), full=SCRUBBED)
    return removed


def _remove(database: Database, wave: WaveKey) -> int:
    """With every note of who read them, and of what nobody agreed on."""
    with database.writing() as session:
        removed = remove_words(session, *wave)
        if removed:
            note_act(session, wave[0], None, "delete texts", wave[1], {"texts": removed})
            now = clock.now()
            when = datetime.combine((now + BACKUPS_KEPT).date(), time.min, UTC)
            arguments = {"deleted_at": now.isoformat()}
            enqueue(session, wave[0], EXPIRE_JOB, wave[1], arguments, when)
        return removed


def expire_text_backups(
    database: Database,
    wave: WaveKey,
    deleted_at: datetime,
    backups: BackupTarget | None,
    say: Say,
) -> str:
    """Removes every backup made before the texts were deleted, once there is a later one."""
    if backups is None:
        return "No backup folder is set: remove backups that were made elsewhere by hand."
    if not has_backup_since(backups.folder, deleted_at):
        backups.back_up(database, f"texts-{'-'.join(wave)}", check_counted_waves, say)
    removed = remove_backups_before(backups.folder, deleted_at)
    with database.writing() as session:
        note_act(session, wave[0], None, "remove backups", wave[1], {"removed": removed})
    return f"removed {len(removed)} backups of before the texts were deleted"
