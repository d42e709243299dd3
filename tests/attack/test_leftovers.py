"""What PostgreSQL leaves of removed rows: in pages that others share, in indexes, for readers."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest
from sqlalchemy import select, text

from app import clock
from app.collectors.cards import Batch
from app.collectors.service import create_collector, load_collector
from app.db import Database
from app.errors import Unavailable
from app.privacy.count_keys import CountKeyStore
from app.responses import scrub as scrubbing
from app.responses.count import count_wave
from app.responses.scrub import store as scrub_store
from app.responses.tables import intake
from app.responses.tally import FieldworkTally
from tests.attack.attackers import needles_found
from tests.integration.responses.cards import deal, keys_in
from tests.integration.responses.sheets import Wave, close, sealed_wave, send, sheet

PEOPLE: Final = 40
MIDDLE: Final = slice(200, 264)
FILES: Final = """
SELECT pg_relation_filepath(part.oid) FROM pg_class AS whole, LATERAL (
    VALUES (whole.oid), (whole.reltoastrelid)
    UNION SELECT indexrelid FROM pg_index WHERE indrelid IN (whole.oid, whole.reltoastrelid)
) AS part (oid)
WHERE whole.oid = CAST(:table AS regclass) AND part.oid <> 0
"""
OF_FIELDWORK: Final = ("intake", "ledger", "fieldwork_tally", "opened_part")


@pytest.fixture
def postgres(postgres_url: str) -> Iterator[Database]:
    database = Database(postgres_url)
    yield database
    database.dispose()


def files_of(database: Database, *tables: str) -> list[Path]:
    """Of tables and their indexes, and of what is too long for either."""
    with database.outside_transactions() as connection:
        connection.execute(text("CHECKPOINT"))
        folder = Path(connection.execute(text("SHOW data_directory")).scalar_one())
        names = [n for t in tables for n in connection.scalars(text(FILES), {"table": t})]
    return [folder / name for name in names]


def sealed_in(database: Database, wave: Wave) -> list[bytes]:
    with database.reading() as session:
        sheets = session.scalars(select(intake.c.ct).where(intake.c.wave_id == wave.wave_id))
        return [bytes(ct)[MIDDLE] for ct in sheets]


def answered_together(database: Database, *waves: Wave) -> None:
    """Each sheet of one lies between two of another."""
    sendings = [(wave, os.urandom(16), sheet()) for _ in range(PEOPLE) for wave in waves]
    send(database, *sendings)


def tallied(database: Database, wave: Wave) -> None:
    with database.writing() as session:
        public_id = create_collector(session, *wave[:2], label="The square").public_id
    with database.reading() as session:
        collector = load_collector(session, public_id)
    tally = FieldworkTally(database)
    for _ in range(PEOPLE):
        tally.note(collector, clock.now())
        tally.write()


def test_a_count_clears_the_fieldwork_of_its_wave_from_between_that_of_another(
    postgres: Database, count_keys: CountKeyStore, tmp_path: Path
) -> None:
    counted, other = (sealed_wave(postgres, count_keys) for _ in range(2))
    for wave in (counted, other):
        deal(postgres, keys_in(tmp_path), wave[:2], Batch(20))
        tallied(postgres, wave)
    answered_together(postgres, counted, other)
    sealed, name = sealed_in(postgres, counted), counted.wave_id.encode()
    assert needles_found(files_of(postgres, "intake"), sealed) == PEOPLE
    close(postgres, counted)
    count_wave(postgres, count_keys, *counted[:2], backups=None)
    files = files_of(postgres, *OF_FIELDWORK)
    assert needles_found(files, [name, *sealed]) == 0
    kept = sealed_in(postgres, other)
    assert needles_found(files, [other.wave_id.encode(), *kept]) == 1 + PEOPLE


@pytest.mark.parametrize("few_rows", [scrub_store.FEW_ROWS, 0])
def test_sheets_that_a_reader_still_sees_are_not_taken_for_gone(
    postgres: Database, count_keys: CountKeyStore, monkeypatch: pytest.MonkeyPatch, few_rows: int
) -> None:
    """Of a wave without codes as well, and where too many sheets are left to write them anew."""
    monkeypatch.setattr(scrub_store, "FEW_ROWS", few_rows)
    counted, other = (sealed_wave(postgres, count_keys) for _ in range(2))
    answered_together(postgres, counted, other)
    close(postgres, counted)
    with postgres.engine.connect() as connection, monkeypatch.context() as patch:
        patch.setattr(scrubbing, "LONGER_TRIES", 2)
        reader = connection.execution_options(isolation_level="REPEATABLE READ")
        reader.execute(select(1))  # from now on it reads as of this moment
        with pytest.raises(Unavailable, match="The work goes on when that program has ended"):
            count_wave(postgres, count_keys, *counted[:2], backups=None)
        assert count_keys.holds(counted.wave_id)
    done = count_wave(postgres, count_keys, *counted[:2], backups=None)
    assert done.manifest["responses"] == PEOPLE
