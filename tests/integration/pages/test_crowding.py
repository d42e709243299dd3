"""Many sheets from one network: slowed and flagged, never refused, and nobody else is touched."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from httpx2 import Response

from app.collectors.cards import Batch
from app.db import Database
from app.main import create_app
from app.privacy.count_keys import CountKeyStore
from app.privacy.stuffing.limits import (
    HEAVY_IN_AN_HOUR,
    SOME_IN_TEN_MINUTES,
    NetworkLimits,
    Pressure,
)
from app.responses.pages import gate
from app.responses.pages.gate import WAIT_SECONDS, WORK_BITS
from app.responses.quality import Quality
from app.settings import Settings
from app.web.forms import FORM_TYPE
from tests.conftest import HeldClock
from tests.integration.pages.reading import PostedForm, ReadPage
from tests.integration.pages.sealing import queued
from tests.integration.pages.site import Fielded, field, opened, stored
from tests.integration.responses.cards import deal, keys_in

HEADER = "X-Forwarded-For"
CHURCH, HOME = "203.0.113.7", "198.51.100.9"
ANSWERS: dict[str, str | list[str]] = {"area": "2", "t1": "4", "race": ["2", "6"]}


class Visitor:
    """Someone behind the trusted proxy, at an address."""

    def __init__(self, client: TestClient, path: str, address: str) -> None:
        self._client = client
        self._path = path
        self._headers = {HEADER: f"192.0.2.1, {address}", "accept-language": "en"}

    def open(self) -> ReadPage:
        return ReadPage(self._client.get(self._path, headers=self._headers).text)

    def send(self, form: PostedForm, answers: dict[str, str | list[str]] | None = None) -> Response:
        return self._client.post(
            self._path,
            content=form.with_answers(answers or ANSWERS),
            headers=self._headers | {"content-type": FORM_TYPE},
        )

    def answer(self, **more: str) -> Response:
        return self.send(self.open().form, ANSWERS | more)

    def send_sealed(self) -> Response:
        body = queued(self.open(), ANSWERS)
        return self._client.post(f"{self._path}/sealed", content=body, headers=self._headers)


@pytest.fixture(autouse=True)
def stopped_watch(monkeypatch: pytest.MonkeyPatch) -> None:
    """However long a test takes, no window of the limits ends meanwhile."""
    monkeypatch.setattr(gate, "NetworkLimits", partial(NetworkLimits, now=lambda: 1000.0))


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return settings.model_copy(update={"address_header": HEADER})


@pytest.fixture
def church(client: TestClient, fielded: Fielded) -> Visitor:
    return Visitor(client, fielded.path, CHURCH)


@pytest.fixture
def home(client: TestClient, fielded: Fielded) -> Visitor:
    return Visitor(client, fielded.path, HOME)


def crowd(client: TestClient, fielded: Fielded, sheets: int, address: str = CHURCH) -> None:
    """As if so many had just been taken from there."""
    limits = client.app.state.resident_pages._gate._limits  # type: ignore[attr-defined] - the app of this test
    for _ in range(sheets):
        limits.note_sheet(fielded.wave_id, address)


def worked(page: ReadPage) -> str:
    """What the script of the page finds."""
    ticket, bits = page.asked["data-ticket"], int(page.asked["data-bits"] or 0)
    return next(
        str(n)
        for n in range(10**8)
        if int(hashlib.sha256(f"{ticket}:{n}".encode()).hexdigest()[:8], 16) >> (32 - bits) == 0
    )


def test_a_tablet_that_has_to_wait_leads_back_to_its_survey_and_nowhere_else(
    client: TestClient, database: Database, count_keys: CountKeyStore
) -> None:
    tablet = field(database, count_keys, mode="kiosk", is_simulated=True)
    crowd(client, tablet, SOME_IN_TEN_MINUTES)
    answer = Visitor(client, tablet.path, CHURCH).answer()
    assert answer.status_code == 429
    assert "Start again" in answer.text
    assert "Leave now" not in answer.text
    assert "this initiative is made up" in answer.text


def test_the_thirty_first_of_a_church_waits_and_is_then_taken_without_a_flag(
    church: Visitor,
    home: Visitor,
    database: Database,
    fielded: Fielded,
    count_keys: CountKeyStore,
    held_clock: HeldClock,
) -> None:
    for _ in range(SOME_IN_TEN_MINUTES):
        assert "Thank you" in church.answer().text
    answer = church.answer()
    page = ReadPage(answer.text)
    assert (answer.status_code, answer.headers["retry-after"]) == (429, "20")
    assert "Not sent yet. Please wait." in page.text
    assert "Wait 20 seconds, then press Send again." in page.text
    assert "nothing is lost" in page.text
    assert {n: v for n, v in page.form.sent if n in ANSWERS} == {
        "area": "2",
        "t1": "4",
        "race": "6",
    }
    assert "Thank you" in home.answer().text
    assert len(stored(database, fielded)) == SOME_IN_TEN_MINUTES + 1

    held_clock.advance(timedelta(seconds=12))
    early = church.send(page.form)
    assert (early.status_code, early.headers["retry-after"]) == (429, "8")
    held_clock.advance(timedelta(seconds=8))
    assert "Thank you" in church.send(ReadPage(early.text).form).text
    sheets = opened(database, fielded, count_keys)
    assert len(sheets) == SOME_IN_TEN_MINUTES + 2
    assert not any(sheet["quality"] & Quality.CROWDED for sheet in sheets)
    assert all(sheet["answers"]["race"] == [2, 6] for sheet in sheets)


def test_a_phone_that_works_needs_no_wait(
    church: Visitor, client: TestClient, fielded: Fielded, database: Database
) -> None:
    crowd(client, fielded, SOME_IN_TEN_MINUTES)
    page = ReadPage(church.answer().text)
    assert church.send(page.form, {"_work": "1"}).status_code == 429
    answer = church.send(page.form, {"_work": worked(page)})
    assert "Thank you" in answer.text
    other = ReadPage(church.answer().text)
    stolen = dict(page.form.sent)["_ticket"]
    assert church.send(other.form, {"_work": worked(page), "_ticket": stolen}).status_code == 429
    assert len(stored(database, fielded)) == 1


def test_hundreds_an_hour_wait_longer_and_are_flagged_inside_the_seal(
    church: Visitor,
    client: TestClient,
    database: Database,
    fielded: Fielded,
    count_keys: CountKeyStore,
    held_clock: HeldClock,
) -> None:
    crowd(client, fielded, HEAVY_IN_AN_HOUR)
    answer = church.answer()
    assert answer.headers["retry-after"] == str(WAIT_SECONDS[Pressure.HEAVY])
    held_clock.advance(timedelta(seconds=WAIT_SECONDS[Pressure.HEAVY]))
    assert "Thank you" in church.send(ReadPage(answer.text).form).text
    (sheet,) = opened(database, fielded, count_keys)
    assert sheet["quality"] & Quality.CROWDED
    assert WORK_BITS[Pressure.HEAVY] > WORK_BITS[Pressure.SOME]


def test_codes_raise_the_limit_and_guessing_them_lowers_it(
    client: TestClient, database: Database, fielded: Fielded, tmp_path: Path
) -> None:
    wave = fielded.agency_id, fielded.wave_id
    deck = deal(database, keys_in(tmp_path), wave, Batch(30, cap=500), "group_code")
    event = Visitor(client, deck.path, CHURCH)
    crowd(client, fielded, SOME_IN_TEN_MINUTES * 2)
    assert "Thank you" in event.answer(_code=deck.cards[0].code).text
    guesser = Visitor(client, deck.path, HOME)
    other = deal(database, keys_in(tmp_path), wave, Batch(12))
    told = [guesser.answer(_code=card.code).status_code for card in other.cards]
    assert told == [422] * 10 + [429] * 2


def test_what_waited_on_a_phone_waits_there_longer_and_is_never_lost(
    church: Visitor, client: TestClient, fielded: Fielded, database: Database
) -> None:
    crowd(client, fielded, SOME_IN_TEN_MINUTES)
    answer = church.send_sealed()
    assert (answer.status_code, answer.headers["retry-after"]) == (429, "20")
    assert stored(database, fielded) == []


@pytest.mark.parametrize("typed", ["http://spam.example", " x"])
def test_who_fills_in_the_hidden_field_is_thanked_and_flagged(
    home: Visitor, database: Database, fielded: Fielded, count_keys: CountKeyStore, typed: str
) -> None:
    assert "Thank you" in home.answer(_website=typed).text
    (sheet,) = opened(database, fielded, count_keys)
    assert sheet["quality"] & Quality.TRAP_FILLED
    assert typed not in str(sheet)


def test_an_empty_hidden_field_is_no_flag_and_it_stays_filled_when_asked_back(
    home: Visitor, database: Database, fielded: Fielded, count_keys: CountKeyStore
) -> None:
    home.answer(_website="")
    asked = home.answer(_website="x", t1="99")
    assert asked.status_code == 422
    again = home.send(ReadPage(asked.text).form, {"_website": "x"})
    assert "Thank you" in again.text
    bits = sorted(
        sheet["quality"] & Quality.TRAP_FILLED for sheet in opened(database, fielded, count_keys)
    )
    assert bits == [0, Quality.TRAP_FILLED]


def test_without_a_trusted_header_nobody_is_believed_and_a_proxy_here_is_no_visitor(
    settings: Settings, fielded: Fielded
) -> None:
    plain = settings.model_copy(update={"address_header": ""})
    for host, expected in (("127.0.0.1", 200), ("::1", 200), ("192.0.2.99", 429)):
        with TestClient(create_app(plain), client=(host, 50000)) as client:
            crowd(client, fielded, SOME_IN_TEN_MINUTES, host)
            spoofed = Visitor(client, fielded.path, HOME)
            assert spoofed.answer().status_code == expected


def test_a_drill_slows_or_flags_the_stuffer_and_refuses_nobody(
    church: Visitor,
    home: Visitor,
    database: Database,
    fielded: Fielded,
    count_keys: CountKeyStore,
    held_clock: HeldClock,
) -> None:
    """A bot sends as fast as it can and never waits; people at home and at church get through."""
    bots = [church.answer(_website="x").status_code for _ in range(120)]
    assert bots.count(429) == 120 - SOME_IN_TEN_MINUTES
    people = [home.answer().status_code for _ in range(20)]
    assert people == [200] * 20
    waiting = ReadPage(church.answer().text).form
    held_clock.advance(timedelta(seconds=20))
    assert church.send(waiting).status_code == 200
    sheets = opened(database, fielded, count_keys)
    flagged = [sheet for sheet in sheets if sheet["quality"] & Quality.TRAP_FILLED]
    assert (len(sheets), len(flagged)) == (SOME_IN_TEN_MINUTES + 21, SOME_IN_TEN_MINUTES)
