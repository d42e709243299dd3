"""The only way to read answers: after their wave was counted, and never one person's."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Final, NamedTuple

from app import clock
from app.backups.failure import BackupFailed
from app.errors import Conflict, Phrase
from app.initiatives.fielding import note_in_manifest
from app.initiatives.service import get_wave
from app.initiatives.wave import HOLDS_RESPONSES
from app.responses import store
from app.responses.linking.store import pairs_of
from app.responses.rows import OpenedRow, ShuffledRows, WrittenWords, wave_hash
from app.responses.tally import told_count
from app.responses.texts.store import remove_reviews

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from app.db import Database


# In the manifest of a count.
ROWS_HASH: Final = "rows_sha256"
WORDS_HASH: Final = "words_sha256"
WORDS_REMOVED: Final = "words_removed_on"


class Response(NamedTuple):
    """One opened sheet. It has no id here: nothing outside this room needs one."""

    mode: str
    recruitment: str
    area: int | None
    language: str
    quality: int
    answers: dict[str, int | list[int]]
    pair: bytes | None = None  # the same random name in each wave that this person answered


def read_responses(session: Session, agency_id: str, wave_id: str) -> Iterator[Response]:
    """All responses of a counted wave, always in the same order; refused before that."""
    _refuse_uncounted(session, agency_id, wave_id)
    rows = store.kept_rows(session, agency_id, wave_id)
    pairs = pairs_of(session, agency_id, [wave_id])
    return (
        Response(*row[:-1], json.loads(row.answers), pairs.get((wave_id, response_id)))
        for response_id, row in rows
    )


def read_rows(session: Session, agency_id: str, wave_id: str) -> Iterator[OpenedRow]:
    """As `read_responses`, with the answers as they are spelled: canonical JSON."""
    _refuse_uncounted(session, agency_id, wave_id)
    return (row for _, row in store.kept_rows(session, agency_id, wave_id))


def count_responses(session: Session, agency_id: str, wave_id: str) -> int:
    """How many sheets of a counted wave were opened; refused before that."""
    _refuse_uncounted(session, agency_id, wave_id)
    return store.responses_in(session, agency_id, wave_id)


def linked_people(session: Session, agency_id: str, wave_ids: Sequence[str]) -> list[bytes]:
    """The random names of those who answered more than one of these waves, in random order."""
    names = Counter(pairs_of(session, agency_id, wave_ids).values())
    return sorted(name for name, waves in names.items() if waves > 1)


def read_words(session: Session, agency_id: str, wave_id: str) -> Iterator[WrittenWords]:
    """What people wrote in a counted wave, in an order that no response has."""
    _refuse_uncounted(session, agency_id, wave_id)
    return (written for _, written in store.kept_words(session, agency_id, wave_id))


def remove_words(session: Session, agency_id: str, wave_id: str) -> int:
    """Delete for good what people wrote in a counted wave; returns how many texts there were."""
    _refuse_uncounted(session, agency_id, wave_id)
    removed = store.remove_words(session, agency_id, wave_id)
    remove_reviews(session, agency_id, [wave_id])
    notes = {WORDS_HASH: wave_hash(()), WORDS_REMOVED: clock.now().date().isoformat()}
    if removed:
        note_in_manifest(session, agency_id, wave_id, notes)
    return removed


def keep_brought(
    session: Session,
    agency_id: str,
    wave_id: str,
    rows: ShuffledRows[OpenedRow],
    words: ShuffledRows[WrittenWords],
) -> None:
    """Store what was gathered elsewhere, for a wave that is imported in this transaction."""
    store.add_responses(session, agency_id, wave_id, rows)
    store.add_words(session, agency_id, wave_id, words)


def rounded_intake(session: Session, agency_id: str, wave_id: str) -> int | None:
    """How many have answered so far, to the nearest five; None for fewer than ten.

    An exact number, asked for again and again, would tell when somebody answered.
    """
    return told_count(store.intake_in(session, agency_id, wave_id))


def _refuse_uncounted(session: Session, agency_id: str, wave_id: str) -> None:
    wave = get_wave(session, agency_id, wave_id)
    if wave.state == "erased":
        raise Conflict("waves.erased")
    if wave.state not in HOLDS_RESPONSES:
        raise Conflict("answers.sealed", state=Phrase(f"waves.state_{wave.state}"))


def check_counted_waves(database: Database) -> None:
    """Every wave holds exactly the rows its count or its import wrote; for restored backups."""
    with database.reading() as session:
        for agency_id, wave_id, manifest in store.counted_waves(session):
            found = {
                ROWS_HASH: wave_hash(store.kept_rows(session, agency_id, wave_id)),
                WORDS_HASH: wave_hash(store.kept_words(session, agency_id, wave_id)),
            }
            if not found.items() <= manifest.items():
                raise BackupFailed("count.altered", wave=wave_id)
