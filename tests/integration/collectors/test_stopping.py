"""One way in is stopped while its wave goes on."""

from __future__ import annotations

import pytest

from app.collectors.cards import Batch, refuse_cards
from app.collectors.copying import copy_wave
from app.collectors.each import lacking_links
from app.collectors.service import collectors_of_wave, create_collector, load_collector
from app.collectors.stopping import resume_collector, stop_collector
from app.db import Database
from app.errors import Conflict, NotFound
from app.initiatives.fielding import close_wave
from app.initiatives.service import list_areas
from app.privacy.count_keys import CountKeyStore
from app.responses.tally.fieldwork import fieldwork_of
from tests.factories import (
    make_agency,
    make_areas,
    make_collector,
    make_initiative,
    make_wave,
)


def test_a_stopped_way_in_takes_nothing_and_can_go_on(
    database: Database, count_keys: CountKeyStore
) -> None:
    with database.writing() as session:
        wave = make_wave(session, state="open", keys=count_keys)
        stopped, other = make_collector(session, wave), make_collector(session, wave)
        assert stop_collector(session, wave.agency_id, stopped.public_id)
        assert not stop_collector(session, wave.agency_id, stopped.public_id), "it was already"
        assert stopped.stopped_on is not None
    with database.writing() as session:
        fielded = load_collector(session, stopped.public_id)
        assert (fielded.asks_people, fielded.takes_sheets) == (False, False)
        assert load_collector(session, other.public_id).asks_people
        assert resume_collector(session, wave.agency_id, stopped.public_id)
        assert not resume_collector(session, wave.agency_id, stopped.public_id)
        session.flush()
        assert load_collector(session, stopped.public_id).takes_sheets


def test_a_way_in_is_stopped_by_its_own_agency_and_while_its_wave_takes_answers(
    database: Database, count_keys: CountKeyStore
) -> None:
    with database.writing() as session:
        draft = make_wave(session)
        early = make_collector(session, draft)
        with pytest.raises(Conflict, match=r"this wave is draft.*can be deleted"):
            stop_collector(session, draft.agency_id, early.public_id)
        wave = make_wave(session, state="open", keys=count_keys)
        collector = make_collector(session, wave)
        with pytest.raises(NotFound):
            stop_collector(session, make_agency(session).agency_id, collector.public_id)
        close_wave(session, wave.agency_id, wave.id)
        assert stop_collector(session, wave.agency_id, collector.public_id), "in its grace"
        wave.state = "closed"
        for move in (stop_collector, resume_collector):
            with pytest.raises(Conflict, match="this wave is closed"):
                move(session, wave.agency_id, collector.public_id)


def test_nothing_is_handed_out_or_copied_of_a_stopped_way_in(
    database: Database, count_keys: CountKeyStore
) -> None:
    with database.writing() as session:
        initiative = make_initiative(session)
        make_areas(session, initiative)
        wave = make_wave(session, initiative, state="open", keys=count_keys, languages=("en",))
        key = wave.agency_id, wave.id
        link = make_collector(session, wave, area_code=1)
        cards = create_collector(session, *key, label="Cards", recruitment="single_use_code")
        kept = make_collector(session, wave, label="Kept")
        for each in (link, cards):
            stop_collector(session, wave.agency_id, each.public_id)
        with pytest.raises(Conflict, match="was stopped"):
            refuse_cards(session, cards, Batch(1))
        lines = collectors_of_wave(session, *key)
        posters = {line.label for line in lines if line.has_poster}
        assert posters == {kept.label}
        areas = list_areas(session, wave.agency_id, initiative.id)
        lacking = [area.code for area, _ in lacking_links(wave, areas, lines)]
        assert lacking == [1, 2, 3]
        copy = copy_wave(session, *key, kind="follow_up", label={"en": "After"})
        copied = collectors_of_wave(session, wave.agency_id, copy.id)
        assert [line.label for line in copied] == [kept.label]


def test_fieldwork_says_where_nobody_can_come_in_any_more(
    database: Database, count_keys: CountKeyStore
) -> None:
    with database.writing() as session:
        initiative = make_initiative(session)
        make_areas(session, initiative)
        wave = make_wave(session, initiative, state="open", keys=count_keys)
        links = [make_collector(session, wave, area_code=code) for code in (1, 2, 3)]
        assert not {"area_without", "no_way_in"} & {
            advice.what for advice in fieldwork_of(session, wave).todo
        }
        stop_collector(session, wave.agency_id, links[1].public_id)
        session.flush()
        todo = fieldwork_of(session, wave).todo
        [without] = [advice for advice in todo if advice.what == "area_without"]
        assert without.about is not None
        assert without.about.key == "2"
        for each in links:
            stop_collector(session, wave.agency_id, each.public_id)
        session.flush()
        assert "no_way_in" in {advice.what for advice in fieldwork_of(session, wave).todo}
