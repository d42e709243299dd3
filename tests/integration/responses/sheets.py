"""Waves to send to and sheets to send, drawn as residents of every opinion would fill them."""

from __future__ import annotations

import asyncio
import os
import random
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import NamedTuple, Self

from app.db import WRITER_BATCH, Database
from app.initiatives import tables
from app.initiatives.fielding import close_wave
from app.instruments.model import Instrument
from app.instruments.sheet import decode_sheet
from app.privacy.count_keys import CountKeyStore
from app.questions.contract import AreaChoice, PageContext
from app.responses.intake import Acceptance, Writer, accept_response, intake_writer
from app.responses.sheet import Sheet
from tests.factories import core_trust, make_areas, make_initiative, make_wave

AREAS = tuple(AreaChoice(code, {"en": name}) for code, name in enumerate(("N", "S", "W"), start=1))


class Wave(NamedTuple):
    """What the way in must know of an open wave."""

    agency_id: str
    wave_id: str
    public_key: bytes | None
    sheet_room: int = 0

    @classmethod
    def of(cls, wave: tables.Wave) -> Self:
        return cls(wave.agency_id, wave.id, wave.public_key)


def sealed_wave(
    database: Database, keys: CountKeyStore, instrument: Instrument | None = None
) -> Wave:
    with database.writing() as session:
        initiative = make_initiative(session)
        make_areas(session, initiative)
        wave = make_wave(
            session,
            initiative,
            state="open",
            keys=keys,
            instrument=instrument,
            languages=("en", "es"),
        )
        return Wave.of(wave)


def sheet(rng: random.Random | None = None, *, language: str = "en", **other: object) -> Sheet:
    """A whole sheet of the default instrument; without an `rng` nothing was answered."""
    instrument = core_trust()
    form: dict[str, list[str]] = {}
    if rng is not None:
        page = PageContext("en", instrument.missing_labels, AREAS)
        for question in instrument.asking("baseline"):
            choices = [choice.value for choice in question.choices(page, {})]
            if choices and question.fields:
                form[question.fields[0]] = [rng.choice(choices)]
    decoded = decode_sheet(instrument, form, "baseline", AREAS)
    assert not decoded.problems
    parts = {
        "language": language,
        "mode": "phone_web",
        "recruitment": "open",
        "area": None if rng is None else rng.choice(AREAS).code,
        "quality": 0,
        "answers": decoded.answers,
    }
    return Sheet(**{**parts, **other})


@contextmanager
def running(writer: Writer) -> Iterator[Writer]:
    writer.start()
    try:
        yield writer
    finally:
        writer.stop()


def send(database: Database, *sendings: tuple[Wave, bytes, Sheet]) -> list[Acceptance]:
    """Through one writer, a batch of it at once: more would wait longer than a caller may."""

    async def together(writer: Writer) -> list[Acceptance]:
        accepted: list[Acceptance] = []
        for start in range(0, len(sendings), WRITER_BATCH):
            burst = sendings[start : start + WRITER_BATCH]
            accepted += await asyncio.gather(*(accept_response(writer, *each) for each in burst))
        return accepted

    with running(intake_writer(database)) as writer:
        return asyncio.run(together(writer))


def fill(database: Database, wave: Wave, sheets: Iterable[Sheet]) -> list[bytes]:
    """Send these sheets in this order and close the wave; returns their nonces."""
    sendings = [(wave, os.urandom(16), each) for each in sheets]
    assert set(send(database, *sendings)) == {Acceptance.STORED}
    close(database, wave)
    return [nonce for _, nonce, _ in sendings]


def close(database: Database, wave: Wave) -> None:
    """With no time of grace, so that it can be counted at once."""
    with database.writing() as session:
        close_wave(session, wave.agency_id, wave.wave_id, grace=timedelta(0))
