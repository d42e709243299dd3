"""The steps of two waves from the way in to the downloads, each in a process of its own.

So that the memory that is measured is its own.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import resource
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Final

import numpy as np

from app.db import Database
from app.exports.catalogue import DOWNLOADS
from app.exports.making import write_download
from app.exports.service import Wanted
from app.initiatives.fielding import close_wave
from app.initiatives.service import lock_plan
from app.initiatives.tables import Initiative
from app.initiatives.wave import WaveKind
from app.instruments.sheet import decode_sheet
from app.migrations import migrate
from app.privacy.count_keys import CountKeyStore
from app.privacy.identifiers import new_nonce
from app.questions.contract import AreaChoice, PageContext
from app.reports.computation import compute_now
from app.responses.count import count_wave
from app.responses.intake import Writer, accept_response, intake_writer
from app.responses.sheet import Sheet
from tests.factories import core_trust, make_areas, make_initiative, make_wave
from tests.integration.responses.sheets import Wave

DIFFERENT_SHEETS: Final = 5000  # drawing more takes longer than storing them
AT_ONCE: Final = 500
SEED: Final = 20261121
PLAN: Final = {"primary": ["trust"], "smallest_change": {"trust": 0.2}}
AREAS: Final = tuple(AreaChoice(n, {"en": name}) for n, name in enumerate(("N", "S", "W"), 1))


@dataclass(frozen=True)
class Ground:
    """What every step finds again: the database, the keys, and where things are."""

    url: str
    folder: Path
    agency_id: str
    initiative_id: str

    @property
    def keys(self) -> CountKeyStore:
        return CountKeyStore(self.folder / "count-keys", self.folder / "secrets" / "count-master")


@dataclass(frozen=True)
class Taken:
    """What a step took, its process's start included; `said` is what the next one needs."""

    seconds: float
    cpu_seconds: float
    mebibytes: float
    said: str


def prepare(url: str, folder: Path) -> Ground:
    database = Database(url)
    migrate(database)
    with database.writing() as session:
        initiative = make_initiative(session)
        make_areas(session, initiative)
        ground = Ground(url, folder, initiative.agency_id, initiative.id)
    database.dispose()
    return ground


def _sheets(kind: WaveKind) -> list[Sheet]:
    """As residents fill them in; in the follow-up a little more trust."""
    rng = np.random.default_rng([SEED, len(kind)])
    instrument = core_trust()
    page = PageContext("en", instrument.missing_labels, AREAS, {"initiative": ""})
    asked = [
        (question.fields[0], [choice.value for choice in question.choices(page, {})])
        for question in instrument.asking(kind)
        if question.fields
    ]
    shift = 0.05 if kind == "follow_up" else 0.0
    sheets = []
    for _ in range(DIFFERENT_SHEETS):
        form = {
            field: [choices[min(int(len(choices) * (rng.random() + shift)), len(choices) - 1)]]
            for field, choices in asked
            if choices
        }
        answers = decode_sheet(instrument, form, kind, AREAS).answers
        area = int(rng.integers(1, len(AREAS) + 1))
        sheets.append(Sheet("en", "phone_web", "open", area, 0, answers))
    return sheets


def take_in(ground: Ground, kind: WaveKind, people: int) -> str:
    """Through the way in itself: sealed, grouped, flushed to the disk. Says the wave's id."""
    database = Database(ground.url)
    with database.writing() as session:
        initiative = session.get_one(Initiative, (ground.agency_id, ground.initiative_id))
        wave = Wave.of(make_wave(session, initiative, kind=kind, state="open", keys=ground.keys))
    sheets = _sheets(kind)

    async def one_phone(writer: Writer, first: int) -> None:
        for n in range(first, people, AT_ONCE):
            await accept_response(writer, wave, new_nonce(), sheets[n % len(sheets)])

    async def all_phones() -> None:
        await asyncio.gather(*(one_phone(writer, n) for n in range(AT_ONCE)))

    writer = intake_writer(database)
    writer.start()
    asyncio.run(all_phones())
    writer.stop()
    with database.writing() as session:
        close_wave(session, wave.agency_id, wave.wave_id, grace=timedelta(0))
    database.dispose()
    return wave.wave_id


def count(ground: Ground, wave_id: str) -> str:
    database = Database(ground.url, statement_seconds=3600)
    counted = count_wave(database, ground.keys, ground.agency_id, wave_id, backups=None)
    database.dispose()
    return f"{counted.manifest['responses']:,}"


def compare(ground: Ground, before: str, after: str) -> str:
    database = Database(ground.url, statement_seconds=3600)
    report = compute_now(database, ground.agency_id, before_wave_id=before, after_wave_id=after)
    database.dispose()
    return report


def download(ground: Ground, wave_id: str, kind: str) -> str:
    database = Database(ground.url, statement_seconds=3600)
    ending = next(each.ending for each in DOWNLOADS if each.kind == kind)
    file = ground.folder / f"answers.{ending}"
    with file.open("wb") as opened, database.reading() as session:
        wanted = Wanted(kind, wave_id, "en")
        write_download(session, ground.agency_id, wanted, opened, lambda _line: None)
    database.dispose()
    size = file.stat().st_size
    file.unlink()
    return f"{size / 1e6:,.0f} MB"


def here(step: Callable[..., str], *arguments: object) -> Taken:
    began = time.perf_counter()
    said = step(*arguments)
    used = resource.getrusage(resource.RUSAGE_SELF)
    cpu = used.ru_utime + used.ru_stime
    return Taken(time.perf_counter() - began, cpu, used.ru_maxrss / 1024, said)


def _told(tell: Connection, step: Callable[..., str], arguments: tuple[object, ...]) -> None:
    tell.send(here(step, *arguments))


def apart(step: Callable[..., str], *arguments: object) -> Taken:
    context = multiprocessing.get_context("spawn")
    told, tell = context.Pipe(duplex=False)
    process = context.Process(target=_told, args=(tell, step, arguments))
    process.start()
    tell.close()
    try:
        found: Taken = told.recv()
    except EOFError as exc:
        raise RuntimeError(f"{step.__name__} broke; see above") from exc
    finally:
        process.join()
    return found


def steps(
    url: str, folder: Path, people: int, taken: Callable[..., Taken] = apart
) -> Iterator[tuple[str, Taken]]:
    """`taken` does a step and measures it."""
    ground = prepare(url, folder)
    before = taken(take_in, ground, "baseline", people)
    yield "before wave: sheets sealed and on the disk", before
    yield "before wave: counted", taken(count, ground, before.said)
    database = Database(url)
    with database.writing() as session:
        lock_plan(session, ground.agency_id, ground.initiative_id, PLAN)
    database.dispose()
    after = taken(take_in, ground, "follow_up", people)
    yield "after wave: sheets sealed and on the disk", after
    yield "after wave: counted", taken(count, ground, after.said)
    yield "report: both documents", taken(compare, ground, before.said, after.said)
    for kind in (each.kind for each in DOWNLOADS if each.has_answers and each.of == "wave"):
        yield f"download of the after wave: {kind}", taken(download, ground, after.said, kind)
