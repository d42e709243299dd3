"""Forged forms, thousands at every instrument: no fault, and nothing stored that is not allowed."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import pytest
from fastapi import FastAPI

from app.db import Database
from app.initiatives.wave import WaveKind
from app.instruments.load.shipped import shipped_instruments
from app.instruments.model import Instrument
from app.instruments.texts import openable_languages
from app.instruments.version import freeze
from app.main import create_app
from app.privacy.count_keys import CountKeyStore
from app.responses.count import count_wave
from app.settings import Settings
from tests.attack.forgery.allowed import Allowed
from tests.attack.forgery.forger import Forged, Forger, Target
from tests.integration.pages.reading import ReadPage
from tests.integration.pages.site import Fielded, field, opened
from tests.integration.responses.sheets import Wave, close
from tests.surveys.read import names, read

AT_ONCE: Final = 25
AREA_CODES: Final = frozenset({1, 2, 3})
SPOKEN: Final = {"en", "es", "ar"}  # what the initiative of the tests says of itself
EXPECTED: Final = {200, 400, 403, 404, 405, 413, 415, 422, 429}


@dataclass(frozen=True)
class Box:
    """One wave, and what its instrument allows."""

    instrument: Instrument
    fielded: Fielded
    allowed: Allowed


@dataclass(frozen=True)
class Reply:
    status: int
    text: str


def make_boxes(database: Database, keys: CountKeyStore) -> list[Box]:
    every = [*shipped_instruments(), *(read(name) for name in names())]
    kinds: Sequence[WaveKind] = ("baseline", "follow_up")
    return [
        _box(database, keys, instrument, kinds[n % 2], area_code=2 if n % 3 == 2 else None)
        for n, instrument in enumerate(every)
    ]


def _box(
    database: Database,
    keys: CountKeyStore,
    instrument: Instrument,
    kind: WaveKind,
    area_code: int | None,
) -> Box:
    languages = [tag for tag in openable_languages(instrument) if tag in SPOKEN]
    fielded = field(
        database,
        keys,
        instrument=instrument,
        kind=kind,
        languages=languages,
        area_code=area_code,
    )
    document = freeze(instrument).document
    return Box(instrument, fielded, Allowed(document, kind, frozenset(languages), AREA_CODES))


async def ask(app: FastAPI, forged: Forged, address: str) -> Reply:
    """As a server would hand it on, without a network between."""
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": forged.method,
        "scheme": "http",
        "path": forged.path,
        "raw_path": forged.path.encode(),
        "query_string": forged.query,
        "root_path": "",
        "headers": [(b"host", b"127.0.0.1"), *forged.headers],
        "client": (address, 4000),
        "server": ("127.0.0.1", 80),
    }
    rest = [{"type": "http.request", "body": forged.body, "more_body": False}]
    got: list[bytes] = []
    status = 0

    async def receive() -> dict[str, object]:
        return rest.pop() if rest else {"type": "http.disconnect"}

    async def send(message: dict[str, object]) -> None:
        nonlocal status
        if message["type"] == "http.response.start":
            status = int(str(message["status"]))
        else:
            got.append(bytes(message.get("body", b"")))

    await app(scope, receive, send)
    return Reply(status, b"".join(got).decode("utf-8", "replace"))


def page_of(fielded: Fielded) -> Forged:
    return Forged("GET", fielded.path, b"lang=en", [], b"")


async def forge_many(app: FastAPI, boxes: Sequence[Box], rng: random.Random, count: int) -> Tally:
    tally = Tally(Counter(), Counter())
    async with app.router.lifespan_context(app):
        pages = [ReadPage((await ask(app, page_of(box.fielded), "::1")).text) for box in boxes]
        targets = [
            Target(box.fielded.path, page, sorted(box.allowed.languages))
            for box, page in zip(boxes, pages, strict=True)
        ]
        forger = Forger(rng, targets)
        for _ in range(-(-count // AT_ONCE)):
            drawn = [await _draw(app, forger, rng.choice(targets), rng) for _ in range(AT_ONCE)]
            replies = await asyncio.gather(*(ask(app, each, _address(rng)) for each in drawn))
            for forged, reply in zip(drawn, replies, strict=True):
                tally.add(forged, reply)
    return tally


async def _draw(app: FastAPI, forger: Forger, target: Target, rng: random.Random) -> Forged:
    page = await ask(app, Forged("GET", target.path, b"lang=en", [], b""), _address(rng))
    token = page.text.partition('name="_token" value="')[2].partition('"')[0]
    assert len(token) == 54, page
    return forger.draw(target, token)


def _address(rng: random.Random) -> str:
    return ".".join(str(rng.randrange(1, 255)) for _ in range(4))


@dataclass
class Tally:
    statuses: Counter[int]
    thanked: Counter[str]

    def add(self, forged: Forged, reply: Reply) -> None:
        assert reply.status in EXPECTED, (reply.status, forged)
        assert "Traceback" not in reply.text
        assert "<script>alert" not in reply.text
        self.statuses[reply.status] += 1
        if 'data-page="thanks"' in reply.text:
            self.thanked[forged.path.removesuffix("/sealed").rstrip("/")] += 1


def attack(
    database: Database, database_url: str, keys: CountKeyStore, folder: Path, count: int, seed: int
) -> None:
    settings = Settings(
        environment="test",
        database_url=database_url,
        web_key_store=folder / "web-keys",
        web_master_file=folder / "secrets" / "web-master",
    )
    boxes = make_boxes(database, keys)
    tally = asyncio.run(forge_many(create_app(settings), boxes, random.Random(seed), count))
    in_boxes = 0
    for box in boxes:
        sheets = opened(database, box.fielded, keys)
        for sheet in sheets:
            faults = list(box.allowed.faults(sheet))
            assert not faults, (box.instrument.id, faults, sheet)
        # a sheet that waited and came twice is thanked for twice
        assert len(sheets) <= tally.thanked[box.fielded.path]
        in_boxes += len(sheets)
        assert_counts(database, keys, box, len(sheets))
    assert in_boxes > count * 0.15, "too few forms were near enough to honest ones"
    assert tally.statuses[422] > count * 0.3, "too few forms were forged enough"
    assert {403, 404, 405, 413} <= tally.statuses.keys()


def assert_counts(database: Database, keys: CountKeyStore, box: Box, sheets: int) -> None:
    """What was let in can be counted: nothing has to be put into quarantine."""
    wave = Wave(box.fielded.agency_id, box.fielded.wave_id, box.fielded.public_key)
    close(database, wave)
    done = count_wave(database, keys, wave.agency_id, wave.wave_id, backups=None)
    assert done.manifest["responses"] == sheets
    assert done.manifest["quarantined"] == {}


@pytest.fixture
def database(sqlite_url: str) -> Database:
    return Database(sqlite_url)


def test_five_thousand_forged_forms_break_nothing_and_store_nothing_forbidden(
    database: Database, sqlite_url: str, count_keys: CountKeyStore, tmp_path: Path
) -> None:
    attack(database, sqlite_url, count_keys, tmp_path, 5000, seed=4)


@pytest.mark.proof
@pytest.mark.parametrize("which", ["sqlite", "postgresql"])
def test_fifty_thousand_forged_forms_on_both_databases(
    request: pytest.FixtureRequest, which: str, count_keys: CountKeyStore, tmp_path: Path
) -> None:
    url = str(
        request.getfixturevalue({"sqlite": "sqlite_url", "postgresql": "postgres_url"}[which])
    )
    database = Database(url)
    attack(database, url, count_keys, tmp_path, 25_000, seed=5 if which == "sqlite" else 6)
    database.dispose()


def test_some_hundred_forged_forms_on_postgresql(
    postgres_url: str, count_keys: CountKeyStore, tmp_path: Path
) -> None:
    database = Database(postgres_url)
    attack(database, postgres_url, count_keys, tmp_path, 500, seed=7)
    database.dispose()


def test_a_planted_answer_that_no_page_offers_is_seen(
    database: Database, count_keys: CountKeyStore
) -> None:
    """The judge of the boxes can say no: one sheet of each kind of sin."""
    box = next(b for b in make_boxes(database, count_keys) if b.instrument.id == "street_pulse")
    good = {
        "format": 1,
        "language": "en",
        "mode": "phone_web",
        "recruitment": "open",
        "area": None,
        "quality": 0,
        "answers": {"t1": 4, "q1": -1, "q2": -3, "met": 2, "heard": -4},
        "words": {},
        "tags": [],
    }
    allowed = replace(box.allowed, languages=frozenset({"en"}))
    assert list(allowed.faults(good)) == []
    for sin in (
        {"language": "es"},
        {"area": 9},
        {"quality": -1},
        {"mode": "officer"},
        {"words": {"t1": "x"}},
        *({"answers": good["answers"] | wrong} for wrong in _wrong_answers()),
        {"answers": {"t1": 4}},
        {"address": "10.0.0.1"},
    ):
        assert list(allowed.faults(good | sin)), sin


def _wrong_answers() -> list[dict[str, object]]:
    values: list[object] = [6, "4", 4.0, True, [4], None, -2.0, -9]
    return [*({"t1": value} for value in values), {"heard": 3}, {"met": 1}, {"stranger": 1}]
