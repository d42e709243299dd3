from __future__ import annotations

import asyncio
import os
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from app.db import Database
from app.initiatives.fielding import close_wave
from app.privacy.count_keys import CountKeyStore
from app.privacy.identifiers import intake_id
from app.privacy.seal import open_sealed
from app.responses.intake import Acceptance, Sheet, Writer, accept_response, intake_writer
from app.responses.store import SealedSheet
from app.responses.tables import intake
from tests.factories import lead_to, make_wave
from tests.integration.responses.sheets import Wave, running, sealed_wave, send, sheet

STORED, ALREADY, CLOSED = Acceptance.STORED, Acceptance.ALREADY_ARRIVED, Acceptance.WAVE_CLOSED


def stored(database: Database) -> dict[bytes, bytes]:
    with database.reading() as session:
        return {row.id: row.ct for row in session.execute(select(intake))}


def test_an_accepted_sheet_opens_to_what_was_answered(
    database: Database, wave: Wave, count_keys: CountKeyStore
) -> None:
    nonce, answered = os.urandom(16), sheet()
    assert send(database, (wave, nonce, answered)) == [STORED]
    ((key, ct),) = stored(database).items()
    assert key == intake_id(nonce)
    private = count_keys.unlock(wave.wave_id, wave.public_key)
    assert Sheet.from_bytes(open_sealed(ct, private, wave.wave_id)) == answered


def test_a_sheet_sent_five_times_at_once_is_stored_once(database: Database, wave: Wave) -> None:
    nonce = os.urandom(16)
    outcomes = send(database, *[(wave, nonce, sheet())] * 5)
    assert sorted(outcome.value for outcome in outcomes) == [*[ALREADY.value] * 4, STORED.value]
    assert len(stored(database)) == 1


def test_a_sheet_sent_again_later_is_told_that_it_arrived(database: Database, wave: Wave) -> None:
    nonce = os.urandom(16)
    assert send(database, (wave, nonce, sheet())) == [STORED]
    before = stored(database)
    assert send(database, (wave, nonce, sheet(language="es"))) == [ALREADY]
    assert stored(database) == before


def test_two_writers_store_a_sheet_once(database: Database, wave: Wave) -> None:
    """As two web processes on one database would."""
    nonces = [os.urandom(16) for _ in range(60)]

    async def together(one: Writer, other: Writer) -> list[Acceptance]:
        return await asyncio.gather(
            *(accept_response(w, wave, n, sheet()) for n in nonces for w in (one, other))
        )

    with running(intake_writer(database)) as one, running(intake_writer(database)) as other:
        outcomes = asyncio.run(together(one, other))
    assert outcomes.count(STORED) == outcomes.count(ALREADY) == 60
    assert len(stored(database)) == 60


def test_a_sheet_that_cannot_be_stored_refuses_no_other_of_its_batch(
    database: Database, wave: Wave
) -> None:
    """The row of sealed bytes is missing: the database itself refuses it, and the whole batch."""
    own = wave.agency_id, wave.wave_id
    good = [SealedSheet(*own, os.urandom(16), os.urandom(2096)) for _ in range(20)]
    nothing: Any = None
    bad = SealedSheet(*own, os.urandom(16), nothing)

    async def together(writer: Writer) -> list[Acceptance | BaseException]:
        sheets = [*good[:10], bad, *good[10:]]
        return await asyncio.gather(*map(writer.write, sheets), return_exceptions=True)

    with running(intake_writer(database)) as writer:
        outcomes = asyncio.run(together(writer))
    assert isinstance(outcomes.pop(10), IntegrityError)
    assert outcomes == [STORED] * 20
    assert stored(database) == {each.intake_id: each.ct for each in good}


def test_one_nonce_in_two_waves_is_two_sheets(
    database: Database, wave: Wave, count_keys: CountKeyStore
) -> None:
    nonce, other = os.urandom(16), sealed_wave(database, count_keys)
    assert send(database, (wave, nonce, sheet()), (other, nonce, sheet())) == [STORED, STORED]


def test_a_closing_wave_still_takes_sheets(database: Database, wave: Wave) -> None:
    with database.writing() as session:
        close_wave(session, wave.agency_id, wave.wave_id)
    assert send(database, (wave, os.urandom(16), sheet())) == [STORED]


@pytest.mark.parametrize("state", ["closed", "counting", "counted"])
def test_no_sheet_enters_a_wave_that_is_over(
    database: Database, count_keys: CountKeyStore, wave: Wave, state: str
) -> None:
    with database.writing() as session:
        over = make_wave(session, state=state, keys=count_keys)
    outcomes = send(
        database, (Wave.of(over), os.urandom(16), sheet()), (wave, os.urandom(16), sheet())
    )
    assert outcomes == [CLOSED, STORED]
    assert len(stored(database)) == 1


def test_no_sheet_enters_a_draft_or_a_wave_that_is_not_there(
    database: Database, wave: Wave
) -> None:
    with database.writing() as session:
        draft = make_wave(session)
    gone = Wave(wave.agency_id, "0000000000", wave.public_key)
    outcomes = send(
        database, (Wave.of(draft), os.urandom(16), sheet()), (gone, os.urandom(16), sheet())
    )
    assert outcomes == [CLOSED, CLOSED]
    assert stored(database) == {}


def test_a_wave_of_another_agency_takes_nothing(database: Database, wave: Wave) -> None:
    stolen = Wave("zzzzzz", wave.wave_id, wave.public_key)
    assert send(database, (stolen, os.urandom(16), sheet())) == [CLOSED]


def test_a_wave_that_closes_meanwhile_refuses_or_has_stored(
    database: Database, count_keys: CountKeyStore
) -> None:
    """Whoever was thanked is in the intake; whoever was refused is not."""
    with database.writing() as session:
        made = make_wave(session)
        lead_to(session, made, "open", count_keys)
        wave = Wave.of(made)
    nonces = [os.urandom(16) for _ in range(300)]

    def close() -> None:
        with database.writing() as session:
            close_wave(session, wave.agency_id, wave.wave_id)
            session.get_one(type(made), (wave.agency_id, wave.wave_id)).state = "closed"

    async def together(writer: Writer) -> list[Acceptance]:
        sendings = [accept_response(writer, wave, nonce, sheet()) for nonce in nonces]
        outcomes, _ = await asyncio.gather(asyncio.gather(*sendings), asyncio.to_thread(close))
        outcomes.append(await accept_response(writer, wave, os.urandom(16), sheet()))
        return outcomes

    with running(intake_writer(database)) as writer:
        outcomes = asyncio.run(together(writer))
    assert outcomes[-1] is CLOSED
    thanked = {intake_id(n) for n, o in zip(nonces, outcomes, strict=False) if o is STORED}
    assert stored(database).keys() == thanked
