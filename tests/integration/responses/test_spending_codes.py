"""A code and its sheet are taken together or not at all."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event

from app.collectors.cards import Batch
from app.db import Database
from app.initiatives.fielding import end_grace
from app.privacy.count_keys import CountKeyStore
from app.privacy.seal import open_sealed
from app.privacy.transport import TransportKeys
from app.privacy.web_keys import WebKeyStore
from app.responses import store
from app.responses.count import count_wave
from app.responses.intake import Acceptance, Writer, accept_response, intake_writer
from app.responses.quality import Quality
from app.responses.service import read_responses
from app.responses.sheet import Sheet
from tests.integration.responses.cards import deal, keys_in, uses
from tests.integration.responses.sheets import Wave, close, running, sealed_wave, sheet
from tests.integration.responses.test_intake import stored

STORED, ALREADY = Acceptance.STORED, Acceptance.ALREADY_ARRIVED
UNKNOWN, SPENT, CLOSED = Acceptance.CODE_UNKNOWN, Acceptance.CODE_SPENT, Acceptance.WAVE_CLOSED

Sending = tuple[bytes, bytes | None]


def send(database: Database, wave: Wave, *sendings: Sending, writers: int = 1) -> list[Acceptance]:
    """Nonces with tags, all at once, spread over the writers of so many web processes."""

    async def together(ends: list[Writer]) -> list[Acceptance]:
        return await asyncio.gather(
            *(
                accept_response(ends[place % writers], wave, nonce, sheet(), tag=tag)
                for place, (nonce, tag) in enumerate(sendings)
            )
        )

    ends = [intake_writer(database) for _ in range(writers)]
    if writers == 1:
        with running(ends[0]):
            return asyncio.run(together(ends))
    with running(ends[0]), running(ends[1]):
        return asyncio.run(together(ends))


def qualities(database: Database, wave: Wave, keys: CountKeyStore) -> list[int]:
    assert wave.public_key is not None
    private = keys.unlock(wave.wave_id, wave.public_key)
    sealed = [open_sealed(ct, private, wave.wave_id) for ct in stored(database).values()]
    return sorted(Sheet.from_bytes(plain).quality for plain in sealed)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path


def test_a_single_use_code_admits_one_sheet_also_within_one_batch(
    database: Database, wave: Wave, folder: Path
) -> None:
    deck = deal(database, keys_in(folder), wave[:2], Batch(3))
    tag, other, unused = map(deck.tag, deck.cards)
    outcomes = send(database, wave, *((os.urandom(16), t) for t in (tag, tag, other, tag)))
    assert sorted(o.value for o in outcomes) == ["code_spent", "code_spent", "stored", "stored"]
    assert outcomes[2] is STORED
    assert send(database, wave, (os.urandom(16), tag)) == [SPENT]
    assert len(stored(database)) == 2
    assert uses(database) == {tag: 1, other: 1, unused: 0}


def test_of_two_processes_with_one_code_one_stores(
    database: Database, wave: Wave, folder: Path
) -> None:
    deck = deal(database, keys_in(folder), wave[:2], Batch(40))
    sendings = [(os.urandom(16), deck.tag(card)) for card in deck.cards for _ in range(2)]
    outcomes = send(database, wave, *sendings, writers=2)
    assert (outcomes.count(STORED), outcomes.count(SPENT)) == (40, 40)
    assert len(stored(database)) == 40
    assert set(uses(database).values()) == {1}


def test_the_same_sheet_sent_again_has_arrived_and_uses_nothing(
    database: Database, wave: Wave, folder: Path
) -> None:
    deck = deal(database, keys_in(folder), wave[:2], Batch(2))
    tag, other = map(deck.tag, deck.cards)
    nonce = os.urandom(16)
    outcomes = send(database, wave, *[(nonce, tag)] * 3, writers=2)
    assert (outcomes.count(STORED), outcomes.count(ALREADY)) == (1, 2)
    assert send(database, wave, (nonce, tag)) == [ALREADY]
    assert send(database, wave, (nonce, other)) == [ALREADY]
    assert uses(database) == {tag: 1, other: 0}
    assert len(stored(database)) == 1


def test_a_code_that_nobody_was_given_stores_nothing(
    database: Database, wave: Wave, folder: Path
) -> None:
    deck = deal(database, keys_in(folder), wave[:2], Batch(1))
    outcomes = send(database, wave, (os.urandom(16), os.urandom(16)), (os.urandom(16), None))
    assert outcomes == [UNKNOWN, STORED]
    assert uses(database) == {deck.tag(deck.cards[0]): 0}


def test_a_code_of_another_wave_or_agency_is_unknown(
    database: Database, wave: Wave, folder: Path, count_keys: CountKeyStore
) -> None:
    other = sealed_wave(database, count_keys)
    deck = deal(database, keys_in(folder), other[:2], Batch(1))
    tag = deck.tag(deck.cards[0])
    assert send(database, wave, (os.urandom(16), tag)) == [UNKNOWN]
    assert send(database, other, (os.urandom(16), tag)) == [STORED]


def test_a_closed_wave_refuses_and_leaves_the_code_unused(
    database: Database, wave: Wave, folder: Path
) -> None:
    deck = deal(database, keys_in(folder), wave[:2], Batch(1))
    tag = deck.tag(deck.cards[0])
    close(database, wave)
    with database.writing() as session:
        end_grace(session, wave.agency_id, wave.wave_id)
    assert send(database, wave, (os.urandom(16), tag)) == [CLOSED]
    assert uses(database) == {tag: 0}


def test_beyond_its_cap_a_group_code_admits_and_flags(
    database: Database, wave: Wave, folder: Path, count_keys: CountKeyStore
) -> None:
    deck = deal(database, keys_in(folder), wave[:2], Batch(1, cap=5), "group_code")
    tag = deck.tag(deck.cards[0])
    outcomes = send(database, wave, *((os.urandom(16), tag) for _ in range(8)), writers=2)
    assert set(outcomes) == {STORED}
    assert uses(database) == {tag: 8}
    assert qualities(database, wave, count_keys) == [0] * 5 + [Quality.OVER_CAP] * 3


def test_test_cards_work_as_often_as_wanted_and_never_count(
    database: Database, wave: Wave, folder: Path, count_keys: CountKeyStore
) -> None:
    deck = deal(database, keys_in(folder), wave[:2], Batch(3, tests=1))
    tags = [deck.tag(card) for card in (*deck.cards[:2], *deck.tests * 4)]
    assert set(send(database, wave, *((os.urandom(16), tag) for tag in tags))) == {STORED}
    assert qualities(database, wave, count_keys) == [0] * 2 + [Quality.TEST_CARD] * 4
    close(database, wave)
    counted = count_wave(database, count_keys, *wave[:2], backups=None)
    manifest = {name: counted.manifest[name] for name in ("intake", "responses", "tests", "codes")}
    assert manifest == {"intake": 6, "responses": 2, "tests": 4, "codes": {"made": 3, "used": 2}}
    with database.reading() as session:
        assert [row.quality for row in read_responses(session, *wave[:2])] == [0, 0]
    assert uses(database) == {}


def test_the_keys_of_a_wave_go_together(folder: Path, database: Database, wave: Wave) -> None:
    keys = WebKeyStore(folder / "web-keys", folder / "secrets" / "web-master")
    deal(database, keys_in(folder), wave[:2], Batch(1))
    TransportKeys(keys).public(wave.wave_id)
    assert len(list((folder / "web-keys").iterdir())) == 2
    keys.destroy_wave_keys(wave.wave_id)
    assert list((folder / "web-keys").iterdir()) == []


def test_sqlite_finds_codes_and_sheets_by_their_keys_and_reads_no_whole_table(
    sqlite_url: str,
) -> None:
    """Of several waves in one batch too: a wave of a hundred thousand takes codes as a new one."""
    keys = {("agency", wave, os.urandom(16)) for wave in ("first", "second") for _ in range(9)}
    asked: list[tuple[str, Any]] = []
    database = Database(sqlite_url)
    with database.writing() as session:
        connection = session.connection()

        @event.listens_for(connection, "before_cursor_execute")
        def note(*told: Any) -> None:
            asked.append((told[2], told[3]))

        assert not store.arrived_before(connection, keys)
        assert not store.lock_codes(connection, keys)
        explained = [
            row.detail
            for question, parameters in list(asked)
            for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {question}", parameters)
        ]
    database.dispose()
    assert len(explained) == 4
    assert all("USING PRIMARY KEY (agency_id=? AND wave_id=?" in each for each in explained)
