from __future__ import annotations

from datetime import timedelta

import pytest

from app.db import Database
from app.errors import BadInput, Conflict, NotFound
from app.initiatives.fielding import close_wave
from app.initiatives.service import (
    add_area,
    change_area,
    create_wave,
    get_initiative,
    get_wave,
    is_changed_after_data,
    list_areas,
    list_plans,
    lock_plan,
)
from app.initiatives.store import waves_of
from app.instruments.service import thawed_version
from app.privacy.count_keys import CountKeyStore
from tests.conftest import HeldClock
from tests.factories import core_trust, lead_to, make_agency, make_areas, make_initiative, make_wave

MINUTE = timedelta(minutes=1)


def test_an_agency_needs_a_name(database: Database) -> None:
    with database.writing() as session:
        for name in ("", "  ", "x" * 201):
            with pytest.raises(BadInput, match="1 to 200 characters"):
                make_agency(session, name)


def test_what_one_agency_sets_up_another_cannot_reach(database: Database) -> None:
    with database.writing() as session:
        ours, theirs = make_agency(session), make_agency(session, "Hillside Police")
        initiative = make_initiative(session, ours)
        wave = make_wave(session, initiative)
    with database.reading() as session:
        assert get_initiative(session, ours.agency_id, initiative.id).id == initiative.id
        assert waves_of(session, theirs.agency_id, initiative.id) == []
        with pytest.raises(NotFound, match="no such initiative"):
            get_initiative(session, theirs.agency_id, initiative.id)
        with pytest.raises(NotFound, match="no such wave"):
            get_wave(session, theirs.agency_id, wave.id)
        with pytest.raises(NotFound, match="no such wave"):
            close_wave(session, theirs.agency_id, wave.id)


def test_areas_are_numbered_in_order_and_stand_once_a_wave_was_opened(
    database: Database, count_keys: CountKeyStore
) -> None:
    with database.writing() as session:
        initiative = make_initiative(session)
        areas = make_areas(session, initiative)
        make_wave(session, initiative, state="open", keys=count_keys)
        with pytest.raises(Conflict, match="after the first wave was opened"):
            add_area(
                session,
                initiative.agency_id,
                initiative.id,
                name={"en": "East"},
                role="comparison",
            )
    assert [(area.code, area.role) for area in areas] == [
        (1, "initiative"),
        (2, "initiative"),
        (3, "comparison"),
    ]
    with database.reading() as session:
        assert len(list_areas(session, initiative.agency_id, initiative.id)) == 3


def test_no_two_areas_have_one_name(database: Database) -> None:
    with database.writing() as session:
        initiative = make_initiative(session)
        key = initiative.agency_id, initiative.id
        north = {"en": "North End", "es": "Zona Norte"}
        add_area(session, *key, name=north, role="initiative")
        east = add_area(session, *key, name={"en": "East End"}, role="initiative")
        for same in ({"en": " north end"}, {"en": "Uptown", "es": "Zona norte"}):
            with pytest.raises(Conflict, match="already, as area 1"):
                add_area(session, *key, name=same, role="comparison")
            with pytest.raises(Conflict, match="already, as area 1"):
                change_area(session, *key, east.code, name=same, role="initiative")
        change_area(session, *key, 1, name=north | {"ar": "الشمال"}, role="initiative")


def test_a_text_shown_to_residents_is_neither_empty_nor_endless(database: Database) -> None:
    with database.writing() as session:
        initiative = make_initiative(session)
        for name in ({}, {"en": " "}, {"en": "x" * 201}):
            with pytest.raises(BadInput, match="name of the area"):
                add_area(session, initiative.agency_id, initiative.id, name=name, role="initiative")


def test_a_wave_keeps_the_instrument_as_it_was(database: Database) -> None:
    with database.writing() as session:
        initiative = make_initiative(session)
        first = make_wave(session, initiative)
        second = make_wave(session, initiative, kind="follow_up")
    assert first.instrument_hash == second.instrument_hash
    with database.reading() as session:
        kept = thawed_version(session, first.agency_id, first.instrument_hash)
    assert kept == core_trust()


def test_waves_are_numbered_and_a_follow_up_needs_a_baseline(database: Database) -> None:
    with database.writing() as session:
        initiative = make_initiative(session)
        with pytest.raises(Conflict, match="create a baseline first"):
            make_wave(session, initiative, kind="follow_up")
        make_wave(session, initiative)
        make_wave(session, initiative, kind="follow_up")
        make_wave(session, initiative, kind="follow_up")
        with pytest.raises(Conflict, match="comes before every follow-up"):
            make_wave(session, initiative)
        waves = waves_of(session, initiative.agency_id, initiative.id)
    assert [wave.position for wave in waves] == [1, 2, 3]


@pytest.mark.parametrize(("languages", "problem"), [((), "at least one"), (("fr",), "'fr'")])
def test_a_wave_speaks_only_languages_of_its_instrument(
    database: Database, languages: tuple[str, ...], problem: str
) -> None:
    with database.writing() as session:
        initiative = make_initiative(session)
        with pytest.raises(BadInput, match=problem):
            create_wave(
                session,
                initiative.agency_id,
                initiative.id,
                kind="baseline",
                label={"en": "Before"},
                languages=languages,
                instrument=core_trust(),
            )


def test_a_plan_is_numbered_and_hashed_and_an_equal_one_is_the_same(database: Database) -> None:
    plan = {"primary": ["trust"], "smallest_change": {"trust": 0.2}}
    same_in_other_order = {"smallest_change": {"trust": 0.2}, "primary": ["trust"]}
    with database.writing() as session:
        initiative = make_initiative(session)
        key = (initiative.agency_id, initiative.id)
        first = lock_plan(session, *key, plan)
        assert lock_plan(session, *key, same_in_other_order) is first
        second = lock_plan(session, *key, plan | {"primary": ["trust", "fair"]})
    assert (first.version, second.version) == (1, 2)
    assert first.content_hash != second.content_hash
    with database.reading() as session:
        assert [p.document for p in list_plans(session, *key)] == [first.document, second.document]


def test_a_plan_that_is_too_long_is_refused(database: Database) -> None:
    with database.writing() as session:
        initiative = make_initiative(session)
        with pytest.raises(BadInput, match="longer than 64 KiB"):
            lock_plan(session, initiative.agency_id, initiative.id, {"note": "x" * 70_000})


def test_a_plan_locked_after_the_after_wave_opened_shows_as_changed(
    database: Database, count_keys: CountKeyStore, held_clock: HeldClock
) -> None:
    with database.writing() as session:
        initiative = make_initiative(session)
        key = (initiative.agency_id, initiative.id)
        make_wave(session, initiative, state="open", keys=count_keys)
        held_clock.advance(MINUTE)
        before = lock_plan(session, *key, {"primary": ["trust"]})
        after_wave = make_wave(session, initiative, kind="follow_up")
        lead_to(session, after_wave, "open", count_keys)
        at_once = lock_plan(session, *key, {"primary": ["fair"]})
        held_clock.advance(MINUTE)
        later = lock_plan(session, *key, {"primary": ["legit"]})
        waves = waves_of(session, *key)
    assert [is_changed_after_data(plan, waves) for plan in (before, at_once, later)] == [
        False,
        False,
        True,
    ]
