"""Each instrument that ships fits into one round trip, with everything on board."""

from __future__ import annotations

from typing import Final

import pytest
from fastapi.testclient import TestClient

from app.db import Database
from app.initiatives.service import add_area, create_initiative
from app.instruments.load.shipped import shipped_instruments
from app.instruments.model import Instrument
from app.privacy.count_keys import CountKeyStore
from tests.factories import make_agency, make_collector, make_wave
from tests.integration.pages.reading import ReadPage

ROUND_TRIP_BYTES: Final = 14 * 1024
DATE: Final = b"date: Sat, 01 Jan 2028 00:00:00 GMT\r\n"  # which the server adds
LANGUAGES: Final = ("en", "es", "ar", "vi")
FACTS: Final = ("run_by", "paid_by", "contact", "complaint", "retention", "result_where")


def field_in_all_languages(database: Database, keys: CountKeyStore, instrument: Instrument) -> str:
    """An open follow-up of an agency that has written every text of its notice."""
    with database.writing() as session:
        initiative = create_initiative(
            session,
            make_agency(session).agency_id,
            title=dict.fromkeys(LANGUAGES, "Neighbors and police"),
            police_name=dict.fromkeys(LANGUAGES, "Springfield Police"),
            notice={fact: dict.fromkeys(LANGUAGES, f"{fact} of the council") for fact in FACTS},
            is_simulated=True,
        )
        for name in ("Riverside", "Mill Street", "Old Harbour"):
            texts = dict.fromkeys(LANGUAGES, name)
            add_area(session, initiative.agency_id, initiative.id, name=texts, role="initiative")
        make_wave(session, initiative)
        wave = make_wave(
            session,
            initiative,
            kind="follow_up",
            state="open",
            keys=keys,
            languages=LANGUAGES,
            instrument=instrument,
        )
        return f"/s/{make_collector(session, wave).public_id}"


def on_the_wire(client: TestClient, address: str) -> int:
    with client.stream("GET", address) as answer:
        body = b"".join(answer.iter_raw())
    assert answer.status_code == 200
    headers = b"".join(b"%s: %s\r\n" % header for header in answer.headers.raw)
    return len(b"HTTP/1.1 200 OK\r\n" + DATE + headers + b"\r\n" + body)


@pytest.mark.parametrize("instrument", shipped_instruments(), ids=lambda i: i.id)
def test_questions_style_script_and_headers_fit_into_one_round_trip_in_every_language(
    client: TestClient, database: Database, count_keys: CountKeyStore, instrument: Instrument
) -> None:
    path = field_in_all_languages(database, count_keys, instrument)
    for language in LANGUAGES:
        html = client.get(f"{path}?lang={language}").text
        (script,) = ReadPage(html).loaded
        weight = on_the_wire(client, f"{path}?lang={language}") + on_the_wire(client, script)
        assert weight <= ROUND_TRIP_BYTES
