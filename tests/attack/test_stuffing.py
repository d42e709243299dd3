"""The stuffing drill: thousands of answers by programs beside a hundred people, in one network."""

from __future__ import annotations

import asyncio
import heapq
import random
import re
from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Final
from urllib.parse import urlencode

import pytest
from fastapi import FastAPI

from app.db import Database
from app.main import create_app
from app.privacy.count_keys import CountKeyStore
from app.settings import Settings
from tests.attack.forgery.forger import FORM_TYPE, Forged
from tests.attack.test_forged_forms import Reply, ask, page_of
from tests.conftest import HeldClock
from tests.integration.pages.site import Fielded, opened
from tests.integration.pages.site import field as field_wave
from tests.surveys.read import read

TEN_MINUTES: Final = 600
PEOPLE: Final = 100
SITS_OUT: Final = 0.03  # of the programs: the others never look at a reply
BOT, PERSON = "2", "1"  # the answer to "did you talk with an officer" tells them apart here


@dataclass
class Visitor:
    """A program that answers "completely" as fast as it can, or somebody who reads."""

    address: str
    trust: int
    is_bot: bool
    is_patient: bool
    reads_for: int
    fields: dict[str, str] = field(default_factory=dict)
    replies: list[int] = field(default_factory=list)

    def filled_in(self, token: str) -> None:
        met = BOT if self.is_bot else PERSON
        self.fields = {"_lang": "en", "_token": token, "t1": str(self.trust), "met": met}


def visitors(bots: int, rng: random.Random) -> list[tuple[int, Visitor]]:
    """When each comes, in seconds. All of them share the first three parts of their address."""
    coming = []
    for number in range(bots + PEOPLE):
        is_bot = number < bots
        address = f"203.0.113.{rng.randrange(1, 255)}"
        trust = 5 if is_bot else rng.choices((1, 2, 3, 4, 5), (3, 4, 6, 4, 1))[0]
        is_patient = not is_bot or rng.random() < SITS_OUT * 5000 / bots
        reads_for = rng.randrange(2) if is_bot else rng.randrange(40, 240)
        visitor = Visitor(address, trust, is_bot, is_patient, reads_for)
        coming.append((rng.randrange(TEN_MINUTES), visitor))
    return coming


class Drill:
    """Ten minutes of a wave, second by second."""

    def __init__(self, app: FastAPI, fielded: Fielded, clock: HeldClock) -> None:
        self._app = app
        self._fielded = fielded
        self._clock = clock
        self._began = clock.moment

    def _now(self) -> float:
        return self._clock.moment.timestamp()

    async def run(self, coming: list[tuple[int, Visitor]]) -> None:
        queue = [(at, number, visitor) for number, (at, visitor) in enumerate(coming)]
        heapq.heapify(queue)
        async with self._app.router.lifespan_context(self._app):
            self._app.state.resident_pages._gate._limits._now = self._now
            while queue:
                at, number, visitor = heapq.heappop(queue)
                self._clock.moment = self._began + timedelta(seconds=at)
                wait = await self._turn(visitor)
                if wait is not None:
                    heapq.heappush(queue, (at + wait, number, visitor))

    async def _turn(self, visitor: Visitor) -> int | None:
        """Opens the page, or sends it; in how many seconds the next turn is."""
        if not visitor.fields:
            page = await ask(self._app, page_of(self._fielded), visitor.address)
            visitor.filled_in(_value(page, "_token"))
            return visitor.reads_for
        body = urlencode(visitor.fields).encode()
        headers = [(b"content-type", FORM_TYPE)]
        form = Forged("POST", self._fielded.path, b"", headers, body)
        reply = await ask(self._app, form, visitor.address)
        visitor.replies.append(reply.status)
        if reply.status != 429 or not visitor.is_patient:
            return None
        visitor.fields["_ticket"] = _value(reply, "_ticket")
        return 60 if "60 seconds" in reply.text else 20


def _value(reply: Reply, name: str) -> str:
    [value] = re.findall(rf'name="{name}" value="([^"]+)"', reply.text)
    return str(value)


def drill(url: str, keys: CountKeyStore, folder: Path, clock: HeldClock, bots: int) -> None:
    settings = Settings(
        environment="test",
        database_url=url,
        web_key_store=folder / "web-keys",
        web_master_file=folder / "secrets" / "web-master",
    )
    database = Database(url)
    fielded = field_wave(database, keys, instrument=read("street_pulse"), languages=["en"])
    coming = visitors(bots, random.Random(11))
    asyncio.run(Drill(create_app(settings), fielded, clock).run(coming))
    sheets = opened(database, fielded, keys)
    database.dispose()

    flagged = Counter(sheet["answers"]["met"] for sheet in sheets if sheet["quality"])
    slowed = [v for _, v in coming if v.is_bot and 429 in v.replies and 200 not in v.replies]
    waited = [v for _, v in coming if v.is_bot and v.replies[-1] == 200 and 429 in v.replies]
    assert len(slowed) + flagged[int(BOT)] >= 0.99 * bots
    assert len(waited) > 100, "no program got past the wait: the flag was not tried"
    people = [visitor for _, visitor in coming if not visitor.is_bot]
    assert sum(visitor.replies[-1] != 200 for visitor in people) <= 1
    assert Counter(sheet["answers"]["met"] for sheet in sheets)[int(PERSON)] >= PEOPLE - 1
    truth = sum(visitor.trust for visitor in people) / PEOPLE
    kept = [sheet["answers"]["t1"] for sheet in sheets if not sheet["quality"]]
    every = [sheet["answers"]["t1"] for sheet in sheets]
    assert abs(sum(kept) / len(kept) - truth) <= 0.05
    assert abs(sum(every) / len(every) - truth) > 0.5, "the programs would have done no harm"


def test_programs_are_slowed_or_flagged_and_people_of_the_same_network_are_heard(
    sqlite_url: str, count_keys: CountKeyStore, tmp_path: Path, held_clock: HeldClock
) -> None:
    drill(sqlite_url, count_keys, tmp_path, held_clock, bots=500)


@pytest.mark.proof
@pytest.mark.parametrize("which", ["sqlite", "postgres"])
def test_five_thousand_programs_beside_a_hundred_people(
    request: pytest.FixtureRequest,
    count_keys: CountKeyStore,
    tmp_path: Path,
    held_clock: HeldClock,
    which: str,
) -> None:
    url = str(request.getfixturevalue(f"{which}_url"))
    drill(url, count_keys, tmp_path, held_clock, bots=5000)
