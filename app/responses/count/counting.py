"""The steps of a count that change the database. What each does may be done again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from app.backups.target import BackupTarget
from app.db import Database
from app.errors import Conflict
from app.initiatives.custody import custody_of
from app.initiatives.fielding import claim_count, end_grace, finish_count
from app.initiatives.service import get_wave
from app.responses import store
from app.responses.checking import Asked
from app.responses.count.linked import Linked, link
from app.responses.count.opening import Opened
from app.responses.count.steps import Report, Step
from app.responses.custody.service import asked_in
from app.responses.scrub import scrub
from app.responses.service import check_counted_waves

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from app.privacy.count_keys import CountKeyStore


@dataclass(frozen=True, slots=True)
class Counted:
    """How a count ended. `key_state` is `kept` where no backup target is set."""

    manifest: dict[str, Any]
    key_state: str
    message: str


@dataclass(frozen=True, slots=True)
class Counting:
    """One wave on its way from closed to counted."""

    database: Database
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
                raise Conflict("count.imported")
            return wave.state == "counted"

    def refuse_partners(self) -> None:
        with self.database.reading() as session:
            custody = custody_of(session, *self.wave)
        if custody is not None:
            raise Conflict("count.partner_counts", holder=custody.holder)

    def written(self) -> tuple[dict[str, Any], str]:
        """The manifest, and what has become of the key."""
        with self.database.reading() as session:
            wave = get_wave(session, *self.wave)
            return dict(wave.count_manifest or {}), wave.key_state

    def prepare(self) -> None:
        self.report(Step.CLOSE, "taking no more sheets")
        with self.database.writing() as session:
            end_grace(session, *self.wave)
        self.report(Step.CLAIM, "claiming the count")
        with self.database.writing() as session:
            claim_count(session, *self.wave)
        if self.backups is None:
            self.report(Step.BACKUP_BEFORE, "no backup folder is set: the key will be kept")
            return
        self.report(Step.BACKUP_BEFORE, "backing up the sealed sheets")
        self._back_up(self.backups, Step.BACKUP_BEFORE, "before")

    def asked(self) -> Asked:
        with self.database.reading() as session:
            return asked_in(session, *self.wave)

    def match(self, opened: Opened, keys: CountKeyStore) -> Linked:
        return link(self.database, keys, self.wave, opened.codes, self.report)

    def shuffle(self, opened: Opened) -> dict[str, Any]:
        """The order of the fresh ids is the random order; the manifest fixes it for good."""
        self.report(Step.SHUFFLE, "putting the responses into random order")
        with self.database.reading() as session:
            codes = store.codes_in(session, *self.wave)
        return opened.manifest() | {"codes": codes}

    def write(
        self,
        opened: Opened,
        manifest: dict[str, Any],
        also: Callable[[Session], None],
    ) -> None:
        self.report(Step.WRITE, "storing the responses")
        with self.database.writing() as session:
            store.take_time(session)
            finish_count(session, *self.wave, manifest)
            store.add_responses(session, *self.wave, opened.rows)
            store.add_words(session, *self.wave, opened.words)
            store.remove_codes(session, *self.wave)
            store.remove_tally(session, *self.wave)
            removed = store.remove_intake(session, *self.wave)
            if removed != opened.sheets:
                raise Conflict("count.changed")
            also(session)
        self.report(Step.WRITE, "stored the responses")

    def scrub(self) -> None:
        self.report(Step.SCRUB, "freeing the place of the sealed sheets")
        scrub(self.database)

    def backup_after(self, backups: BackupTarget) -> None:
        self.report(Step.BACKUP_AFTER, "backing up the responses")
        self._back_up(backups, Step.BACKUP_AFTER, "after")

    def _back_up(self, backups: BackupTarget, step: Step, moment: str) -> None:
        name = f"count-{self.agency_id}-{self.wave_id}-{moment}"
        backups.back_up(
            self.database, name, check_counted_waves, lambda line: self.report(step, line)
        )
