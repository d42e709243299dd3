"""Opens a closed wave once: decrypt, check, shuffle, store, prove a backup, destroy the key.

Each of the twelve steps may be the last thing a dying worker does: `count_wave` asked again goes on
from what the database and the key store show. Nobody's answers are stored half, and the key is not
destroyed before a backup of the opened answers has been restored and compared.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Any, Final, cast

from app.backups.target import BackupTarget
from app.db import Database
from app.errors import Conflict
from app.initiatives.fielding import claim_count, end_grace, finish_count, note_key_destroyed
from app.initiatives.service import get_wave, list_areas
from app.instruments.service import thawed_version
from app.privacy.count_keys import CountKeyStore
from app.privacy.seal import SealOpener
from app.questions.contract import AreaChoice
from app.responses import store
from app.responses.checking import Asked, Quarantined
from app.responses.quality import Quality
from app.responses.rows import OpenedRow, ShuffledRows, WrittenWords
from app.responses.scrub import scrub
from app.responses.service import ROWS_HASH, WORDS_HASH, check_counted_waves

if TYPE_CHECKING:
    from app.questions.schema import WaveKind

TOLD_AGAIN_AFTER: Final = 5000  # sheets
BEARABLE_QUARANTINE: Final = 10  # sheets, or one in twenty: more means that something is wrong
BEARABLE_SHARE: Final = 0.05


class Step(Enum):
    CLOSE = "close"
    CLAIM = "claim"
    BACKUP_BEFORE = "backup_before"
    UNLOCK = "unlock"
    OPEN = "open"
    CHECK = "check"
    MATCH = "match"
    SHUFFLE = "shuffle"
    WRITE = "write"
    SCRUB = "scrub"
    BACKUP_AFTER = "backup_after"
    DESTROY = "destroy"


Report = Callable[[Step, str], None]


@dataclass(frozen=True, slots=True)
class Counted:
    """How a count ended. `key_state` is `kept` where no backup target is set."""

    manifest: dict[str, Any]
    key_state: str
    message: str


@dataclass(frozen=True, slots=True)
class _Opened:
    """What came out of the sealed sheets. It is in memory only."""

    sheets: int
    rows: ShuffledRows[OpenedRow]
    words: ShuffledRows[WrittenWords]
    quarantined: Counter[str]
    tests: int


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
    count = _Count(database, keys, agency_id, wave_id, backups, report)
    if not count.is_written():
        count.open_and_write()
    return count.clear_away()


@dataclass(frozen=True, slots=True)
class _Count:
    database: Database
    keys: CountKeyStore
    agency_id: str
    wave_id: str
    backups: BackupTarget | None
    report: Report

    @property
    def wave(self) -> tuple[str, str]:
        return self.agency_id, self.wave_id

    def is_written(self) -> bool:
        with self.database.reading() as session:
            wave = get_wave(session, *self.wave)
            if wave.state == "imported":
                raise Conflict(
                    "This wave was imported with its answers: there is nothing to count."
                )
            return wave.state == "counted"

    def open_and_write(self) -> None:
        self._close()
        self._claim()
        self._backup_before()
        opener = self._unlock()
        opened = self._open(opener)
        self._check(opened)
        self._match()
        manifest = self._shuffle(opened)
        self._write(opened, manifest)

    def clear_away(self) -> Counted:
        """What follows the write can be repeated until the key is gone."""
        with self.database.reading() as session:
            wave = get_wave(session, *self.wave)
            manifest, key_state = dict(wave.count_manifest or {}), wave.key_state
        if key_state == "destroyed":
            return Counted(manifest, key_state, "The wave is counted and its key is destroyed.")
        self._scrub()
        if self.backups is None:
            return Counted(
                manifest,
                key_state,
                "The wave is counted, and its key is kept: no backup folder is set, and the key is "
                "destroyed only after a backup was proved. Set RAPPORT_BACKUP_FOLDER and count "
                "again.",
            )
        self._backup_after(self.backups)
        self._destroy()
        return Counted(manifest, "destroyed", "The wave is counted and its key is destroyed.")

    def _close(self) -> None:
        self.report(Step.CLOSE, "taking no more sheets")
        with self.database.writing() as session:
            end_grace(session, *self.wave)

    def _claim(self) -> None:
        self.report(Step.CLAIM, "claiming the count")
        with self.database.writing() as session:
            claim_count(session, *self.wave)

    def _backup_before(self) -> None:
        if self.backups is None:
            self.report(Step.BACKUP_BEFORE, "no backup folder is set: the key will be kept")
            return
        self.report(Step.BACKUP_BEFORE, "backing up the sealed sheets")
        self._back_up(self.backups, Step.BACKUP_BEFORE, "before")

    def _unlock(self) -> SealOpener:
        self.report(Step.UNLOCK, "unwrapping the key")
        with self.database.reading() as session:
            public_key = get_wave(session, *self.wave).public_key
        if public_key is None:
            raise Conflict("This wave was never opened, so there is nothing to count.")
        return SealOpener(self.keys.unlock(self.wave_id, public_key), self.wave_id)

    def _open(self, opener: SealOpener) -> _Opened:
        """Each opened sheet gets a fresh random id at once; in memory it lies by that id."""
        self.report(Step.OPEN, "opening the sheets")
        asked = self._asked()
        rows, words = ShuffledRows(OpenedRow), ShuffledRows(WrittenWords)
        quarantined, seen, tests = Counter[str](), 0, 0
        with self.database.reading() as session:
            sheets = store.intake_in(session, *self.wave)
            for ct in store.sealed_sheets(session, *self.wave):
                try:
                    opened = asked.open_and_check(opener, ct)
                except Quarantined as exc:
                    quarantined[exc.reason] += 1
                else:
                    if opened.row.quality & Quality.TEST_CARD:
                        tests += 1
                    else:
                        rows.add(opened.row)
                        words.add_all(opened.words)
                seen += 1
                if seen % TOLD_AGAIN_AFTER == 0 or seen == sheets:
                    self.report(Step.OPEN, f"opened {seen:,} of {sheets:,} sheets")
        return _Opened(sheets, rows, words, quarantined, tests)

    def _asked(self) -> Asked:
        with self.database.reading() as session:
            wave = get_wave(session, *self.wave)
            areas = list_areas(session, self.agency_id, wave.initiative_id)
            return Asked(
                instrument=thawed_version(session, self.agency_id, wave.instrument_hash),
                wave_kind=cast("WaveKind", wave.kind),
                languages=frozenset(wave.languages),
                areas=tuple(AreaChoice(area.code, area.name) for area in areas),
            )

    def _check(self, opened: _Opened) -> None:
        self.report(Step.CHECK, "checking the sheets")
        quarantined, sheets = opened.quarantined.total(), opened.sheets
        if len(opened.rows) + opened.tests + quarantined != sheets:
            raise Conflict(
                f"{len(opened.rows) + opened.tests} sheets were opened and {quarantined} "
                f"quarantined, but {sheets} are there. Nothing was changed."
            )
        if quarantined > max(BEARABLE_QUARANTINE, BEARABLE_SHARE * sheets):
            reasons = ", ".join(f"{n} {reason}" for reason, n in sorted(opened.quarantined.items()))
            raise Conflict(
                f"{quarantined} of {sheets} sheets cannot be counted ({reasons}). That is too many "
                "for an accident, so nothing was changed and the key is kept. Look for the cause: "
                "another key store, an altered database, or a program of another version."
            )

    def _match(self) -> None:
        """No wave can gather link tags yet, so there is nobody to match."""
        self.report(Step.MATCH, "this wave is not linked to another")

    def _shuffle(self, opened: _Opened) -> dict[str, Any]:
        """The order of the fresh ids is the random order; the manifest fixes it for good."""
        self.report(Step.SHUFFLE, "putting the responses into random order")
        with self.database.reading() as session:
            codes = store.codes_in(session, *self.wave)
        return {
            "intake": opened.sheets,
            "responses": len(opened.rows),
            "quarantined": dict(opened.quarantined),
            "words": len(opened.words),
            "tests": opened.tests,
            "codes": codes,
            ROWS_HASH: opened.rows.hash(),
            WORDS_HASH: opened.words.hash(),
        }

    def _write(self, opened: _Opened, manifest: dict[str, Any]) -> None:
        self.report(Step.WRITE, "storing the responses")
        with self.database.writing() as session:
            store.take_time(session)
            finish_count(session, *self.wave, manifest)
            store.add_responses(session, *self.wave, opened.rows)
            store.add_words(session, *self.wave, opened.words)
            store.remove_codes(session, *self.wave)
            removed = store.remove_intake(session, *self.wave)
            if removed != opened.sheets:
                raise Conflict("The sealed sheets changed while they were counted. Count again.")
        self.report(Step.WRITE, "stored the responses")

    def _scrub(self) -> None:
        self.report(Step.SCRUB, "freeing the place of the sealed sheets")
        scrub(self.database)

    def _backup_after(self, backups: BackupTarget) -> None:
        self.report(Step.BACKUP_AFTER, "backing up the responses")
        self._back_up(backups, Step.BACKUP_AFTER, "after")

    def _destroy(self) -> None:
        self.report(Step.DESTROY, "destroying the key")
        self.keys.destroy(self.wave_id)
        self.report(Step.DESTROY, "destroyed the key")
        with self.database.writing() as session:
            note_key_destroyed(session, *self.wave)

    def _back_up(self, backups: BackupTarget, step: Step, moment: str) -> None:
        name = f"count-{self.agency_id}-{self.wave_id}-{moment}"
        backups.back_up(
            self.database, name, check_counted_waves, lambda line: self.report(step, line)
        )
