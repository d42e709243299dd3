from __future__ import annotations

import pytest
from sqlalchemy.orm import Session

from app.collectors.each import add_link_for_each
from app.collectors.service import LONGEST_LABEL, create_collector, load_collector
from app.collectors.tables import Collector
from app.db import Database
from app.errors import BadInput, NotFound
from app.initiatives.fielding import close_wave
from app.initiatives.service import LONGEST_TEXT, add_area
from app.privacy.count_keys import CountKeyStore
from tests.factories import (
    core_trust,
    make_agency,
    make_areas,
    make_collector,
    make_initiative,
    make_wave,
)
from tests.integration.initiatives.test_at_once import Meanwhile


def test_a_collector_brings_all_that_a_page_must_know(
    database: Database, count_keys: CountKeyStore
) -> None:
    with database.writing() as session:
        initiative = make_initiative(session, is_simulated=True)
        make_areas(session, initiative)
        wave = make_wave(session, initiative, state="open", keys=count_keys, languages=("en", "ar"))
        collector = make_collector(session, wave, area_code=2)
    assert len(collector.public_id) == 16
    with database.reading() as session:
        fielded = load_collector(session, collector.public_id)
    assert fielded.public_id == collector.public_id == fielded.agency_id + fielded.collector_id
    assert (fielded.mode, fielded.recruitment, fielded.area_code) == ("phone_web", "open", 2)
    assert (fielded.wave_id, fielded.wave_state, fielded.wave_kind) == (
        wave.id,
        "open",
        "baseline",
    )
    assert fielded.languages == ("en", "ar")
    assert fielded.public_key == wave.public_key
    assert fielded.instrument == core_trust()
    assert fielded.instrument_hash == wave.instrument_hash
    assert fielded.initiative.police_name["en"] == "Riverside Police"
    assert fielded.initiative.is_simulated
    assert [(area.code, area.name["en"]) for area in fielded.areas] == [
        (1, "North"),
        (2, "South"),
        (3, "West"),
    ]


def test_a_frozen_instrument_is_thawed_once_in_a_process(
    database: Database, count_keys: CountKeyStore
) -> None:
    with database.writing() as session:
        wave = make_wave(session, state="open", keys=count_keys)
        first, second = make_collector(session, wave), make_collector(session, wave)
    with database.reading() as session:
        one = load_collector(session, first.public_id)
        other = load_collector(session, second.public_id)
    assert one.instrument is other.instrument


def test_the_state_of_the_wave_is_never_an_old_one(
    database: Database, count_keys: CountKeyStore
) -> None:
    with database.writing() as session:
        wave = make_wave(session, state="open", keys=count_keys)
        collector = make_collector(session, wave)
    with database.writing() as session:
        close_wave(session, wave.agency_id, wave.id)
    with database.reading() as session:
        assert load_collector(session, collector.public_id).wave_state == "closing"


@pytest.mark.parametrize(
    "public_id",
    [
        "",
        "short",
        "0" * 16,
        "0" * 17,
        "ABCDEFGHJKMNPQRS",
        "../../etc/passwd",
        "\x00" * 16,
        "é" * 16,
    ],
)
def test_an_address_that_leads_nowhere_is_not_found(database: Database, public_id: str) -> None:
    with database.reading() as session, pytest.raises(NotFound, match="Check the link"):
        load_collector(session, public_id)


def test_another_agencys_key_before_a_collector_leads_nowhere(database: Database) -> None:
    with database.writing() as session:
        collector = make_collector(session, make_wave(session))
        stranger = make_agency(session)
    with database.reading() as session, pytest.raises(NotFound):
        load_collector(session, stranger.agency_id + collector.id)


def test_a_collector_is_made_only_for_a_wave_of_its_own_agency(database: Database) -> None:
    with database.writing() as session:
        wave = make_wave(session)
        stranger = make_agency(session)
        with pytest.raises(NotFound, match="no such wave"):
            create_collector(session, stranger.agency_id, wave.id, label="Poster")


def test_a_collector_hangs_only_in_an_area_of_its_initiative(database: Database) -> None:
    with database.writing() as session:
        initiative = make_initiative(session)
        wave = make_wave(session, initiative)
        with pytest.raises(BadInput, match=r"no area 1 in this initiative\. Its areas: none"):
            make_collector(session, wave, area_code=1)
        make_areas(session, initiative)
        with pytest.raises(BadInput, match="Its areas: 1, 2, 3"):
            make_collector(session, wave, area_code=4)


def test_a_collector_needs_a_label(database: Database) -> None:
    with database.writing() as session:
        wave = make_wave(session)
        for label in (" ", "x" * 201):
            with pytest.raises(BadInput, match="1 to 200 characters"):
                make_collector(session, wave, label=label)


def test_paper_says_that_staff_enter_it_and_takes_no_codes(database: Database) -> None:
    with database.writing() as session:
        wave = make_wave(session)
        paper = make_collector(session, wave, mode="paper")
        assert (paper.mode, paper.recruitment) == ("paper", "staff_entered")
        with pytest.raises(BadInput, match="Paper takes no codes"):
            create_collector(
                session,
                wave.agency_id,
                wave.id,
                label="Desk",
                mode="paper",
                recruitment="group_code",
            )


def test_of_two_who_ask_for_a_link_for_each_area_at_once_one_makes_them(
    database: Database,
) -> None:
    with database.writing() as session:
        initiative = make_initiative(session)
        key = initiative.agency_id, initiative.id
        add_area(session, *key, name={"en": "x" * LONGEST_TEXT}, role="initiative")
        wave = make_wave(session, initiative, languages=("en", "es"))

    def add(session: Session) -> list[Collector]:
        return add_link_for_each(
            session, key[0], wave.id, lambda area, language: f"{area['en']}, {language}"
        )

    with database.writing() as session:
        labels = [collector.label for collector in add(session)]
        other = Meanwhile(database, add)
    assert other.is_refused()
    assert labels == ["x" * LONGEST_LABEL] * 2
