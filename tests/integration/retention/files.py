"""Every byte that a database keeps on disk, and waves whose answers can be known again in it."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import Column, Select, select, text

from app.backups.target import BackupTarget
from app.db import Database
from app.initiatives.service import get_wave
from app.instruments.load import load_instrument
from app.privacy.count_keys import CountKeyStore
from app.responses.count import count_wave
from app.responses.sheet import Sheet
from app.responses.tables import free_text, response
from app.retention.service import agree_alone, ask_to_erase
from tests.integration.responses.sheets import Wave, fill, sealed_wave
from tests.surveys.read import FOLDER

PEOPLE = 40
REASON = "The months that residents were promised are over."
SURVEY = load_instrument(
    (FOLDER / "own_words.yaml").read_text("utf-8").replace(" ar:", " es:").replace("{ar:", "{es:")
    + "      - {id: number, kind: number, maximum: 9999,"
    + ' text: {en: "Which number?", es: "¿Qué número?"}}\n',
    source="own_words",
)


class Answered(NamedTuple):
    """A counted wave, and what of it nothing may hold once it is erased."""

    agency_id: str
    initiative_id: str
    wave_id: str
    canaries: tuple[bytes, ...]

    @property
    def key(self) -> tuple[str, str]:
        return self.agency_id, self.initiative_id


def answered(database: Database, keys: CountKeyStore, backups: BackupTarget | None) -> Answered:
    """Each person writes a word that nobody else could."""
    wave = sealed_wave(database, keys, SURVEY)
    words = [f"zq{secrets.token_hex(8)}" for _ in range(PEOPLE)]
    fill(database, wave, [_sheet(place, word) for place, word in enumerate(words)])
    count_wave(database, keys, wave.agency_id, wave.wave_id, backups=backups)
    with database.reading() as session:
        columns = response.c.id, free_text.c.id
        ids = [bytes(name) for column in columns for name in session.scalars(_of(wave, column))]
        initiative_id = get_wave(session, wave.agency_id, wave.wave_id).initiative_id
    assert len(ids) == 2 * PEOPLE
    canaries = (*(word.encode() for word in words), *ids)
    return Answered(wave.agency_id, initiative_id, wave.wave_id, canaries)


def _of(wave: Wave, column: Column[bytes]) -> Select[bytes]:
    return select(column).where(column.table.c.wave_id == wave.wave_id)


def _sheet(place: int, word: str) -> Sheet:
    answers = {"met": 2, "number": place}
    return Sheet("en", "phone_web", "open", None, 0, answers, {"else_to_say": f"I say {word}"})


def agreed(database: Database, key: tuple[str, str]) -> None:
    with database.writing() as session:
        ask_to_erase(session, *key, None, REASON)
        agree_alone(session, *key, None, "There is nobody else in this agency.")


def sample(database: Database) -> None:
    """What a server does by itself: write everything out, and look at samples of every column."""
    with database.outside_transactions() as connection:
        if not database.is_sqlite:
            connection.execute(text("ANALYZE"))
            connection.execute(text("CHECKPOINT"))


def found_in(folder: Path, canaries: tuple[bytes, ...]) -> set[bytes]:
    return {c for file in folder.rglob("*") if file.is_file() for c in _in(file, canaries)}


def _in(file: Path, canaries: tuple[bytes, ...]) -> Iterator[bytes]:
    try:
        content = file.read_bytes()
    except FileNotFoundError:  # the server has removed it meanwhile
        return
    yield from (canary for canary in canaries if canary in content)


def found(database: Database, canaries: tuple[bytes, ...]) -> set[bytes]:
    """In all files of the database: tables, indexes, free pages, statistics, SQLite's log."""
    sample(database)
    if database.is_sqlite:
        file = Path(str(database.url.database))
        beside = (file, *(file.with_name(file.name + end) for end in ("-wal", "-shm")))
        return {c for each in beside if each.exists() for c in _in(each, canaries)}
    with database.reading() as session:
        folder = Path(session.execute(text("SHOW data_directory")).scalar_one())
    return found_in(folder / "base", canaries) | found_in(folder / "global", canaries)
