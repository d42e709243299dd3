"""Opens a closed wave once: decrypt, check, shuffle, store, prove a backup, destroy the key.

Each of the twelve steps may be the last thing a dying worker does: `count_wave` asked again goes on
from what the database and the key store show. Nobody's answers are stored half, and the key is not
destroyed before a backup of the opened answers has been restored and compared.
"""

from __future__ import annotations

from app.accounts.audit import note_act
from app.backups.target import BackupTarget
from app.db import Database
from app.errors import Conflict
from app.initiatives.fielding import note_key_destroyed
from app.initiatives.service import get_wave
from app.privacy.count_keys import CountKeyStore
from app.privacy.seal import SealOpener
from app.responses import store
from app.responses.count.counting import Counted, Counting
from app.responses.count.linked import end_when_last, keep_linked
from app.responses.count.opening import Opened, open_sheets, refuse_doubtful
from app.responses.count.steps import Report, Step

__all__ = ["Counted", "Step", "count_wave"]


def count_wave(
    database: Database,
    keys: CountKeyStore,
    agency_id: str,
    wave_id: str,
    *,
    backups: BackupTarget | None,
    report: Report = lambda _step, _line: None,
) -> Counted:
    """Safe to repeat at any time. `report` hears each step begin, and how far it has come."""
    counting = Counting(database, agency_id, wave_id, backups, report)
    counting.refuse_partners()
    if not counting.is_written():
        counting.prepare()
        opened = _open(counting, _unlock(counting, keys))
        refuse_doubtful(opened, report)
        linked = counting.match(opened, keys)
        manifest = counting.shuffle(opened) | linked.told
        counting.write(opened, manifest, lambda s: keep_linked(s, counting.wave, linked))
    return _clear_away(counting, keys)


def _unlock(counting: Counting, keys: CountKeyStore) -> SealOpener:
    counting.report(Step.UNLOCK, "unwrapping the key")
    with counting.database.reading() as session:
        public_key = get_wave(session, *counting.wave).public_key
    if public_key is None:
        raise Conflict("count.never_opened")
    return SealOpener(keys.unlock(counting.wave_id, public_key), counting.wave_id)


def _open(counting: Counting, opener: SealOpener) -> Opened:
    counting.report(Step.OPEN, "opening the sheets")
    asked = counting.asked()
    with counting.database.reading() as session:
        sheets = store.intake_in(session, *counting.wave)
        sealed = store.sealed_sheets(session, *counting.wave)
        return open_sheets(asked, opener, sealed, sheets, counting.report)


def _clear_away(counting: Counting, keys: CountKeyStore) -> Counted:
    """What follows the write can be repeated until the key is gone."""
    manifest, key_state = counting.written()
    if key_state == "destroyed":
        return Counted(manifest, key_state, "The wave is counted and its key is destroyed.")
    counting.scrub()
    if counting.backups is None:
        return Counted(
            manifest,
            key_state,
            "The wave is counted, and its key is kept: no backup folder is set, and the key is "
            "destroyed only after a backup was proved. Set RAPPORT_BACKUP_FOLDER and count "
            "again.",
        )
    counting.backup_after(counting.backups)
    _destroy(counting, keys)
    return Counted(manifest, "destroyed", "The wave is counted and its key is destroyed.")


def _destroy(counting: Counting, keys: CountKeyStore) -> None:
    counting.report(Step.DESTROY, "destroying the key")
    end_when_last(counting.database, keys, counting.wave)
    keys.destroy(counting.wave_id)
    counting.report(Step.DESTROY, "destroyed the key")
    with counting.database.writing() as session:
        agency_id, wave_id = counting.wave
        note_key_destroyed(session, agency_id, wave_id)
        note_act(session, agency_id, None, "destroy key", wave_id)
