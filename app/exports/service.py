"""Asks for downloads, approves those that hold single answers, and hands finished ones out.

The web process imports this module: it never makes a file.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy.orm import Session

from app import clock
from app.collectors.service import own_collector
from app.db import Database
from app.errors import BadInput, Conflict, NotFound, Phrase
from app.exports import store
from app.exports.catalogue import BY_KIND, Download
from app.exports.tables import ExportFile
from app.initiatives.service import get_wave
from app.initiatives.tables import Wave
from app.initiatives.wave import HOLDS_RESPONSES
from app.jobs.service import JobStanding, enqueue, standing_of
from app.privacy.downloads import ChunkOpener
from app.privacy.identifiers import AGENCY_KEY_LENGTH, new_id
from app.privacy.key_store import KeyMissing
from app.privacy.web_keys import WebKeyStore
from app.reports.service import get_report

MAKE_JOB: Final = "make_export"
REMOVE_JOB: Final = "remove_export"
KEPT: Final = timedelta(hours=24)
WAITS_FOR_APPROVAL: Final = timedelta(days=7)
MOST_KEPT: Final = 50
MOST_PRINTS: Final = 200
LONGEST_REASON: Final = 500
_MEGABYTE: Final = 1_000_000
SHORTEST_REASON: Final = 10


@dataclass(frozen=True, slots=True)
class Wanted:
    """What somebody asks for. reason: why single answers must leave; empty for other files."""

    kind: str
    subject: str
    language: str
    reason: str = ""

    @property
    def download(self) -> Download:
        if self.kind not in BY_KIND:
            raise BadInput("downloads.no_kind", kind=self.kind, known=list(BY_KIND))
        return BY_KIND[self.kind]


@dataclass(frozen=True, slots=True)
class KeptDownload:
    """A download as the list of them shows it."""

    file: ExportFile
    download: Download
    job: JobStanding | None

    @property
    def is_made(self) -> bool:
        return self.file.size is not None

    @property
    def size(self) -> str:
        size = self.file.size or 0
        return f"{size / 1e6:.1f} MB" if size >= _MEGABYTE else f"{-(-size // 1000)} kB"

    @property
    def waits_for_approval(self) -> bool:
        return self.download.has_answers and self.file.approved_by is None


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks, and on the page of which initiative."""

    agency_id: str
    staff_id: str
    initiative_id: str


def ask_for(session: Session, keys: WebKeyStore, asker: Asker, wanted: Wanted) -> ExportFile:
    """What holds single answers waits for a second person; the rest is made at once."""
    download, agency_id = wanted.download, asker.agency_id
    _refuse_what_is_not_there(session, asker, wanted)
    reason = checked_reason(wanted)
    now = clock.now()
    _refuse_too_many(session, agency_id, download)
    export_id = new_id()
    file = ExportFile(
        agency_id=agency_id,
        id=export_id,
        initiative_id=asker.initiative_id,
        kind=download.kind,
        subject=wanted.subject,
        language=wanted.language,
        public_key=keys.make_download_key(agency_id + export_id),
        asked_by=asker.staff_id,
        asked_at=now,
        reason=reason,
        approved_by=None,
        ends_at=now + WAITS_FOR_APPROVAL,
        size=None,
        chunks=None,
        sha256=None,
    )
    store.add_file(session, file)
    enqueue(session, agency_id, REMOVE_JOB, export_id, {}, file.ends_at)
    if not download.has_answers:
        enqueue(session, agency_id, MAKE_JOB, export_id, {}, now)
    return file


def approve(session: Session, agency_id: str, staff_id: str, export_id: str) -> ExportFile:
    """The second person's word, after which the file is made. Safe to repeat."""
    file = store.lock_file(session, agency_id, export_id)
    if file is None or file.ends_at <= clock.now() or not BY_KIND[file.kind].has_answers:
        raise NotFound("downloads.nothing_to_approve")
    if file.asked_by == staff_id:
        raise Conflict("downloads.own")
    if file.approved_by is None:
        file.approved_by = staff_id
        enqueue(session, agency_id, MAKE_JOB, export_id, {}, clock.now())
        session.flush()
    return file


def kept_downloads(session: Session, agency_id: str, initiative_id: str) -> list[KeptDownload]:
    """The newest first."""
    files = store.files_of_initiative(session, agency_id, initiative_id, clock.now())
    return [kept_download(session, file) for file in files if file.kind in BY_KIND]


def kept_download(session: Session, file: ExportFile) -> KeptDownload:
    job = standing_of(session, file.agency_id, MAKE_JOB, file.id)
    return KeptDownload(file, BY_KIND[file.kind], job)


def find_kept(session: Session, agency_id: str, export_id: str) -> KeptDownload:
    file = store.find_file(session, agency_id, export_id)
    if file is None or file.ends_at <= clock.now() or file.kind not in BY_KIND:
        raise NotFound("downloads.day_over")
    return kept_download(session, file)


def get_finished(session: Session, agency_id: str, export_id: str) -> ExportFile:
    file = store.find_file(session, agency_id, export_id)
    if file is None or file.size is None or file.ends_at <= clock.now():
        raise NotFound("downloads.not_there")
    return file


def file_name(file: ExportFile) -> str:
    """Tells the kinds apart in a folder of downloads, and nothing of what is inside."""
    return f"{file.kind}-{file.subject}.{BY_KIND[file.kind].ending}"


def content(database: Database, keys: WebKeyStore, file: ExportFile) -> Iterator[bytes]:
    """A chunk at a time. Opens the first at once, so that a lost key is told before the reply."""
    try:
        opener = ChunkOpener(keys.download_key(file.agency_id + file.id), file.agency_id + file.id)
    except KeyMissing as exc:
        raise NotFound("downloads.key_gone") from exc
    return _opened(database, opener, (file.agency_id, file.id), file.chunks or 0)


def _opened(
    database: Database, opener: ChunkOpener, key: store.FileKey, chunks: int
) -> Iterator[bytes]:
    own = database.acting_as("rapport_staff", key[0])
    for position in range(chunks):
        with own.reading() as session:
            sealed = store.chunk(session, key, position)
        if sealed is None:
            raise NotFound("downloads.removed")
        yield opener.open(sealed, position)


def destroy_spent_keys(
    database: Database, keys: WebKeyStore, seen_before: Collection[store.FileKey]
) -> set[store.FileKey]:
    """A file that is gone needs no key: what a disk still holds of it can then never be read.

    A key without a file may belong to one that is being asked for at this moment: it goes when it
    was seen so the time before as well. Returns those seen so now.
    """
    held = {(name[:AGENCY_KEY_LENGTH], name[AGENCY_KEY_LENGTH:]) for name in keys.downloads()}
    if not held:
        return set()
    with database.acting_as("rapport_sweep").reading() as session:
        spent = held - store.known_files(session, held)
    for agency_id, export_id in spent.intersection(seen_before):
        keys.destroy_download_key(agency_id + export_id)
    return spent.difference(seen_before)


def _refuse_too_many(session: Session, agency_id: str, download: Download) -> None:
    """Posters are small, and never stand in the way of a file of answers."""
    prints = [kind for kind, known in BY_KIND.items() if known.is_printed]
    kept = store.kept_files(session, agency_id, clock.now(), prints, among=download.is_printed)
    most = MOST_PRINTS if download.is_printed else MOST_KEPT
    if kept >= most:
        raise Conflict("downloads.many_kept", most=most)


def _refuse_what_is_not_there(session: Session, asker: Asker, wanted: Wanted) -> None:
    wave = get_wave(session, asker.agency_id, _wave_of(session, asker.agency_id, wanted))
    if wave.initiative_id != asker.initiative_id:
        raise NotFound("downloads.no_subject")
    if wanted.language not in wave.languages:
        raise BadInput("waves.no_language", known=list(wave.languages))
    refused = why_not_yet(wanted.download, wave)
    if refused:
        raise Conflict(refused)


def _wave_of(session: Session, agency_id: str, wanted: Wanted) -> str:
    if wanted.download.of == "report":
        return get_report(session, agency_id, wanted.subject).after_wave_id
    if wanted.download.of == "collector":
        return own_collector(session, agency_id, agency_id + wanted.subject).wave_id
    return wanted.subject


def why_not_yet(download: Download, wave: Wave) -> Phrase | None:
    if download.has_answers and wave.state == "erased":
        return Phrase("waves.erased")
    if download.has_answers and wave.state not in HOLDS_RESPONSES:
        return Phrase("downloads.sealed", state=Phrase(f"waves.state_{wave.state}"))
    return None


def checked_reason(wanted: Wanted) -> str:
    """Empty where nothing of single people is asked for."""
    reason = " ".join(wanted.reason.split())
    if not wanted.download.has_answers:
        return ""
    if not SHORTEST_REASON <= len(reason) <= LONGEST_REASON:
        raise BadInput("downloads.reason", least=SHORTEST_REASON, most=LONGEST_REASON)
    return reason


def remove_downloads(session: Session, agency_id: str, initiative_id: str) -> int:
    """All of an initiative, before their day is over; the keys follow when they are swept."""
    return store.remove_files_of_initiative(session, agency_id, initiative_id)


def ends_after(made_at: datetime) -> datetime:
    return made_at + KEPT
