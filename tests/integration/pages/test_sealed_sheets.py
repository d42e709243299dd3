"""A sheet that waited on a phone is taken once, for three days, and only as it was sealed."""

from __future__ import annotations

import time
from datetime import timedelta
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from httpx2 import Response

from app.collectors.stopping import resume_collector, stop_collector
from app.db import Database
from app.initiatives.tables import Wave
from app.main import create_app
from app.privacy.count_keys import CountKeyStore
from app.responses.pages.collector_cache import FRESH_SECONDS
from app.responses.pages.spent_keys import destroy_spent_keys
from app.responses.pages.wording import locales
from app.settings import Settings
from tests.conftest import HeldClock
from tests.factories import make_collector
from tests.integration.commands.rapport import PATIENCE
from tests.integration.pages.conftest import Watch
from tests.integration.pages.reading import ReadPage
from tests.integration.pages.sealing import TOKEN_CHARACTERS, queued, sealed, transport_key
from tests.integration.pages.site import Fielded, Phone, field, opened, stored
from tests.integration.pages.test_sending import ANSWERS, close


def post(client: TestClient, fielded: Fielded, body: bytes) -> Response:
    return client.post(fielded.path + "/sealed", content=body)


def test_a_sheet_that_waited_is_stored_as_if_it_had_been_sent_at_once(
    client: TestClient,
    phone: Phone,
    database: Database,
    fielded: Fielded,
    count_keys: CountKeyStore,
    held_clock: HeldClock,
) -> None:
    page = phone.open("ar")
    body = queued(page, ANSWERS)
    held_clock.advance(timedelta(hours=71))
    answer = post(client, fielded, body)
    assert answer.status_code == 200
    assert ReadPage(answer.text).attributes["main"]["data-page"] == "thanks"
    (sheet,) = opened(database, fielded, count_keys)
    assert (sheet["language"], sheet["area"], sheet["quality"]) == ("ar", 2, 0)
    assert (sheet["answers"]["t1"], sheet["answers"]["race"]) == (4, [2, 6])


def test_sent_at_once_and_again_from_the_queue_it_is_one_sheet(
    client: TestClient, phone: Phone, database: Database, fielded: Fielded
) -> None:
    page = phone.open()
    body = queued(page, ANSWERS)
    assert "Thank you" in phone.send(page.form, ANSWERS).text
    assert [post(client, fielded, body).status_code for _ in range(3)] == [200] * 3
    assert len(stored(database, fielded)) == 1


def test_what_lies_in_the_queue_shows_nothing_of_the_answers(phone: Phone) -> None:
    page = phone.open()
    few, many = queued(page, {}), queued(page, ANSWERS)
    assert len(few) == len(many) == TOKEN_CHARACTERS + 65 + 2048 + 16
    assert b"race" not in many
    assert few[TOKEN_CHARACTERS:] != queued(page, {})[TOKEN_CHARACTERS:]


def test_after_three_days_it_is_refused(
    client: TestClient, phone: Phone, database: Database, fielded: Fielded, held_clock: HeldClock
) -> None:
    body = queued(phone.open(), ANSWERS)
    held_clock.advance(timedelta(hours=72, seconds=1))
    assert post(client, fielded, body).status_code == 422
    assert stored(database, fielded) == []


def test_any_byte_that_was_changed_is_noticed(
    client: TestClient, phone: Phone, database: Database, fielded: Fielded
) -> None:
    body = queued(phone.open(), ANSWERS)
    for place in (3, TOKEN_CHARACTERS, TOKEN_CHARACTERS + 40, TOKEN_CHARACTERS + 70, len(body) - 1):
        forged = body[:place] + bytes([body[place] ^ 1]) + body[place + 1 :]
        assert post(client, fielded, forged).status_code == 422
    assert stored(database, fielded) == []


@pytest.mark.parametrize("length", [0, 10, 54, 55, 119, 134, 2182])
def test_a_body_cut_short_is_refused(
    client: TestClient, phone: Phone, database: Database, fielded: Fielded, length: int
) -> None:
    assert post(client, fielded, queued(phone.open(), ANSWERS)[:length]).status_code == 422
    assert stored(database, fielded) == []


def test_a_body_beyond_the_limit_is_not_opened(client: TestClient, fielded: Fielded) -> None:
    assert post(client, fielded, b"x" * (64 * 1024 + 1)).status_code == 413


def test_a_sheet_of_another_wave_or_under_another_token_is_worth_nothing(
    client: TestClient,
    phone: Phone,
    database: Database,
    fielded: Fielded,
    count_keys: CountKeyStore,
) -> None:
    other = field(database, count_keys)
    foreign, own = Phone(client, other).open(), phone.open()
    assert transport_key(foreign) != transport_key(own)
    assert post(client, fielded, queued(foreign, ANSWERS)).status_code == 422
    moved = own.form.token.encode() + queued(foreign, ANSWERS)[TOKEN_CHARACTERS:]
    assert post(client, fielded, moved).status_code == 422
    swapped = phone.open().form.token.encode() + queued(own, ANSWERS)[TOKEN_CHARACTERS:]
    assert post(client, fielded, swapped).status_code == 422
    assert stored(database, fielded) == stored(database, other) == []


@pytest.mark.parametrize(
    "plain", [b"", b"t1=77", b"zz=1", b"t1=%ff", "t1=é".encode(), b"\xff\xfe", b"&" * 1500]
)
def test_what_is_inside_is_judged_like_any_form(
    client: TestClient, phone: Phone, database: Database, fielded: Fielded, plain: bytes
) -> None:
    page = phone.open()
    body = page.form.token.encode() + sealed(plain, transport_key(page), page.form.token)
    status = post(client, fielded, body).status_code
    assert status == (422 if plain else 200)
    assert len(stored(database, fielded)) == (0 if plain else 1)


def test_a_wave_that_closed_meanwhile_says_so_and_its_key_is_gone(
    client: TestClient,
    phone: Phone,
    database: Database,
    fielded: Fielded,
    watch: Watch,
    tmp_path: Path,
) -> None:
    body = queued(phone.open(), ANSWERS)
    key = tmp_path / "web-keys" / f"transport-{fielded.wave_id}.key"
    assert key.exists()
    close(database, fielded, grace=timedelta(0))
    watch.seconds += FRESH_SECONDS
    answer = post(client, fielded, body)
    assert answer.status_code == 410
    assert "It closed before your answers arrived" in answer.text
    assert stored(database, fielded) == []
    assert not key.exists()


def test_a_way_in_that_was_stopped_takes_no_sheet_while_the_wave_goes_on(
    client: TestClient,
    phone: Phone,
    database: Database,
    fielded: Fielded,
    watch: Watch,
    tmp_path: Path,
) -> None:
    page = phone.open()
    body, public_id = queued(page, ANSWERS), fielded.path.rpartition("/")[2]
    with database.writing() as session:
        wave = session.get_one(Wave, (fielded.agency_id, fielded.wave_id))
        other = make_collector(session, wave, label="Another poster").public_id
        stop_collector(session, fielded.agency_id, public_id)
    watch.seconds += FRESH_SECONDS
    refused = (phone.send(page.form, ANSWERS), post(client, fielded, body))
    for answer in (client.get(fielded.path), *refused):
        assert answer.status_code == 410
        assert "No more answers are taken here" in answer.text
        assert "There may be another" in answer.text
        assert "+1 555 0100" in answer.text
        assert ("before your answers arrived" in answer.text) == (answer in refused)
    caller = client.get(fielded.path, headers={"accept": "application/json"})
    assert "This way to the survey was stopped" in caller.json()["detail"]
    for language, words in locales().items():
        assert words("stopped_text") in client.get(f"{fielded.path}?lang={language}").text
    assert stored(database, fielded) == []
    assert (tmp_path / "web-keys" / f"transport-{fielded.wave_id}.key").exists(), "others need it"
    assert client.get(f"/s/{other}").status_code == 200
    with database.writing() as session:
        resume_collector(session, fielded.agency_id, public_id)
    watch.seconds += FRESH_SECONDS
    assert "Thank you" in phone.send(page.form, ANSWERS).text
    assert len(stored(database, fielded)) == 1


def test_the_key_of_a_wave_that_is_over_goes_though_nobody_comes_by_any_more(
    client: TestClient,
    site: FastAPI,
    database: Database,
    fielded: Fielded,
    count_keys: CountKeyStore,
    tmp_path: Path,
) -> None:
    open_still = field(database, count_keys)
    for wave in (fielded, open_still):
        assert client.get(wave.path).status_code == 200
    transport = site.state.resident_pages._transport
    unknown = transport.public("0000000000")
    close(database, fielded, grace=timedelta(0))
    keys = site.state.resident_pages._keys
    keys.ledger_key(fielded.wave_id)
    destroy_spent_keys(database, keys)
    left = {path.stem for path in (tmp_path / "web-keys").glob("[tl]*-*")}
    assert left == {f"transport-{open_still.wave_id}", "transport-0000000000"}
    assert unknown == transport.public("0000000000")


def test_the_web_process_sweeps_old_keys_as_it_starts(
    site: FastAPI, settings: Settings, database: Database, fielded: Fielded
) -> None:
    with TestClient(site) as client:
        assert client.get(fielded.path).status_code == 200
    key = settings.web_key_store / f"transport-{fielded.wave_id}.key"
    assert key.exists()
    close(database, fielded, grace=timedelta(0))
    with TestClient(create_app(settings)):
        ends = time.monotonic() + PATIENCE
        while key.exists():
            assert time.monotonic() < ends
            time.sleep(0.02)


def test_a_wave_in_its_grace_still_takes_what_waited(
    client: TestClient, phone: Phone, database: Database, fielded: Fielded, watch: Watch
) -> None:
    body = queued(phone.open(), ANSWERS)
    close(database, fielded, grace=timedelta(hours=48))
    watch.seconds += FRESH_SECONDS
    assert client.get(fielded.path).status_code == 410
    assert post(client, fielded, body).status_code == 200
    assert len(stored(database, fielded)) == 1


def test_an_unknown_address_and_another_site_are_refused(
    client: TestClient, phone: Phone, fielded: Fielded
) -> None:
    body = queued(phone.open(), {})
    assert client.post("/s/0000000000000000/sealed", content=body).status_code == 404
    headers = {"sec-fetch-site": "cross-site"}
    answer = client.post(fielded.path + "/sealed", content=body, headers=headers)
    assert answer.status_code == 403
