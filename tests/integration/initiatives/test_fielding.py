from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from app.db import Database
from app.errors import BadInput, Conflict
from app.initiatives.fielding import (
    claim_count,
    close_wave,
    end_grace,
    finish_count,
    request_opening,
)
from app.initiatives.opening import open_wave
from app.initiatives.service import get_wave, list_plans, lock_plan
from app.instruments.model import Language
from app.jobs.service import claim, finish
from app.privacy.count_keys import CountKeyStore
from app.privacy.seal import open_sealed, seal
from tests.conftest import HeldClock
from tests.factories import core_trust, make_areas, make_initiative, make_wave
from tests.integration.jobs.standing import find_job

SECOND = timedelta(seconds=1)
TWO_DAYS = timedelta(hours=48)
KINDS = ("open_wave", "close_wave", "count_wave")


def test_a_wave_is_led_from_draft_to_counted_and_each_step_asks_for_the_next(
    database: Database, count_keys: CountKeyStore, held_clock: HeldClock
) -> None:
    opened = held_clock.moment
    with database.writing() as session:
        wave = make_wave(session)
        key = (wave.agency_id, wave.id)
        request_opening(session, *key)
    job = claim(database, KINDS, "w", opened)
    assert job is not None
    assert (job.kind, job.subject) == ("open_wave", wave.id)
    finish(database, job)
    with database.writing() as session:
        open_wave(session, count_keys, *key)

    closed = held_clock.advance(timedelta(days=30))
    with database.writing() as session:
        close_wave(session, *key)
    assert claim(database, KINDS, "w", closed + TWO_DAYS - SECOND) is None
    job = claim(database, KINDS, "w", closed + TWO_DAYS)
    assert job is not None
    assert (job.kind, job.subject) == ("close_wave", wave.id)
    finish(database, job)

    held_clock.advance(TWO_DAYS - SECOND)
    with pytest.raises(Conflict, match="cannot end its grace yet"), database.writing() as session:
        end_grace(session, *key)
    counted = held_clock.advance(SECOND)
    with database.writing() as session:
        end_grace(session, *key)
        end_grace(session, *key)
    job = claim(database, KINDS, "w", counted)
    assert job is not None
    assert (job.kind, job.subject) == ("count_wave", wave.id)

    with database.writing() as session:
        claim_count(session, *key)
    with database.writing() as session:
        claim_count(session, *key)
        finish_count(session, *key, manifest={"rows": 3})
    with database.reading() as session:
        stored = get_wave(session, *key)
        assert stored.state == "counted"
        assert stored.count_manifest == {"rows": 3}
        assert stored.opened_at == opened
        assert stored.closed_at == closed
        assert stored.grace_ends_at == counted
        assert stored.counted_at == counted


def test_the_key_of_an_open_wave_opens_what_was_sealed_to_it(
    database: Database, count_keys: CountKeyStore
) -> None:
    with database.writing() as session:
        wave = make_wave(session, state="open", keys=count_keys)
    with database.reading() as session:
        stored = get_wave(session, wave.agency_id, wave.id)
        assert stored.key_state == "kept"
        public = stored.public_key
    assert public is not None
    sealed = seal(b"a sheet", public, wave.id)
    assert open_sealed(sealed, count_keys.unlock(wave.id, public), wave.id) == b"a sheet"


def test_an_opening_that_is_repeated_keeps_the_key_and_the_moment(
    database: Database, count_keys: CountKeyStore, held_clock: HeldClock
) -> None:
    with database.writing() as session:
        wave = make_wave(session, state="open", keys=count_keys)
    before = (wave.public_key, wave.opened_at)
    held_clock.advance(timedelta(hours=1))
    with database.writing() as session:
        again = open_wave(session, count_keys, wave.agency_id, wave.id)
        assert (again.public_key, again.opened_at) == before


def test_an_opening_killed_after_the_key_was_made_goes_on_with_that_key(
    database: Database, count_keys: CountKeyStore
) -> None:
    with database.writing() as session:
        wave = make_wave(session)
    public = count_keys.make_keys(wave.id)
    with database.writing() as session:
        opened = open_wave(session, count_keys, wave.agency_id, wave.id)
        assert opened.public_key == public


def test_a_wave_stays_a_draft_when_its_key_cannot_be_kept(
    database: Database, tmp_path: Path
) -> None:
    folder = tmp_path / "lost-keys"
    keys = CountKeyStore(folder, tmp_path / "lost-master")
    folder.rmdir()
    with database.writing() as session:
        wave = make_wave(session)
    with pytest.raises(Exception, match="lost-keys"), database.writing() as session:
        open_wave(session, keys, wave.agency_id, wave.id)
    with database.reading() as session:
        stored = get_wave(session, wave.agency_id, wave.id)
        assert (stored.state, stored.public_key, stored.key_state) == ("draft", None, "none")


def test_a_follow_up_waits_for_its_plan_or_for_the_stated_default(
    database: Database, count_keys: CountKeyStore
) -> None:
    with database.writing() as session:
        initiative = make_initiative(session)
        make_wave(session, initiative, state="counted", keys=count_keys)
        plans_before = list_plans(session, initiative.agency_id, initiative.id)
        wave = make_wave(session, initiative, kind="follow_up")
        with pytest.raises(Conflict, match="Lock a plan, or accept the default plan"):
            open_wave(session, count_keys, wave.agency_id, wave.id)
        assert not count_keys.holds(wave.id)
        open_wave(session, count_keys, wave.agency_id, wave.id, accept_default_plan=True)
        plans = list_plans(session, initiative.agency_id, initiative.id)
    assert plans_before == []
    assert [(plan.version, plan.document) for plan in plans] == [(1, {})]
    assert plans[0].locked_at <= wave.opened_at


def test_a_plan_that_was_locked_is_not_replaced_by_the_default(
    database: Database, count_keys: CountKeyStore
) -> None:
    with database.writing() as session:
        initiative = make_initiative(session)
        make_wave(session, initiative, state="counted", keys=count_keys)
        lock_plan(session, initiative.agency_id, initiative.id, {"primary": ["trust"]})
        make_wave(session, initiative, kind="follow_up", state="open", keys=count_keys)
        plans = list_plans(session, initiative.agency_id, initiative.id)
    assert [plan.document for plan in plans] == [{"primary": ["trust"]}]


def test_a_draft_translation_asks_for_a_stated_decision_which_is_kept(
    database: Database, count_keys: CountKeyStore
) -> None:
    with database.writing() as session:
        wave = make_wave(session, languages=("en", "es", "ar"))
        for nothing in ("", "  "):
            with pytest.raises(Conflict, match=r"asks in es, ar, .*state who accepts the drafts"):
                open_wave(session, count_keys, wave.agency_id, wave.id, draft_decision=nothing)
        with pytest.raises(BadInput, match="at most 500 characters"):
            open_wave(session, count_keys, wave.agency_id, wave.id, draft_decision="x" * 501)
        assert not count_keys.holds(wave.id)
        decision = "The council, 2 November: read aloud by two native speakers, not yet reviewed."
        open_wave(session, count_keys, wave.agency_id, wave.id, draft_decision=f" {decision} ")
    with database.reading() as session:
        stored = get_wave(session, wave.agency_id, wave.id)
        assert stored.accepted_drafts == {"languages": ["es", "ar"], "decision": decision}


def test_reviewed_words_ask_for_no_decision(database: Database, count_keys: CountKeyStore) -> None:
    instrument = core_trust()
    reviewed = Language(status="reviewed", reviewer="A. Reader")
    languages = instrument.languages | {"es": reviewed}
    with database.writing() as session:
        read = instrument.model_copy(update={"languages": languages})
        wave = make_wave(session, instrument=read, languages=("en", "es"))
        open_wave(session, count_keys, wave.agency_id, wave.id)
        assert wave.accepted_drafts is None


def test_a_language_with_a_hole_is_not_opened_and_the_hole_is_named(
    database: Database, count_keys: CountKeyStore
) -> None:
    instrument = core_trust()
    page, *others = instrument.pages
    question, *rest = page.questions
    without = question.model_copy(update={"text": {"en": question.text["en"]}})
    holed = instrument.model_copy(
        update={"pages": (page.model_copy(update={"questions": (without, *rest)}), *others)}
    )
    with database.writing() as session:
        wave = make_wave(session, instrument=holed, languages=("en", "es"))
        with pytest.raises(Conflict) as refused:
            open_wave(session, count_keys, wave.agency_id, wave.id)
    place = "pages[0].questions[0].text"
    assert refused.value.message == (
        f"The wave cannot be opened in 'es', because these texts are missing in it: {place}. "
        "Write them, or create a wave without this language."
    )


def test_an_area_without_a_name_in_a_language_of_the_wave_keeps_it_from_opening(
    database: Database, count_keys: CountKeyStore
) -> None:
    with database.writing() as session:
        initiative = make_initiative(session)
        areas = make_areas(session, initiative)
        areas[1].name = {"en": "South"}
        wave = make_wave(session, initiative, languages=("en", "ar"))
        with pytest.raises(Conflict, match=r"in 'ar'.*name of area 2"):
            open_wave(session, count_keys, wave.agency_id, wave.id)


def test_a_notice_that_is_missing_in_a_language_of_the_wave_keeps_it_from_opening(
    database: Database, count_keys: CountKeyStore
) -> None:
    with database.writing() as session:
        initiative = make_initiative(session)
        initiative.notice = {"contact": "survey@example.org", "run_by": {"en": "The council"}}
        wave = make_wave(session, initiative, languages=("en", "es"))
        with pytest.raises(Conflict, match=r"in 'es'.*: who runs the survey\."):
            open_wave(session, count_keys, wave.agency_id, wave.id)


@pytest.mark.parametrize("state", ["open", "closing", "closed", "counting", "counted"])
def test_an_opened_wave_cannot_be_asked_to_open(
    database: Database, count_keys: CountKeyStore, state: str
) -> None:
    with database.writing() as session:
        wave = make_wave(session, state=state, keys=count_keys)
        with pytest.raises(Conflict, match="cannot be opened"):
            request_opening(session, wave.agency_id, wave.id)
        assert find_job(session, wave.agency_id, "open_wave", wave.id) is None


def test_closing_twice_is_refused_and_changes_nothing(
    database: Database, count_keys: CountKeyStore, held_clock: HeldClock
) -> None:
    with database.writing() as session:
        wave = make_wave(session, state="closing", keys=count_keys)
    end = wave.grace_ends_at
    held_clock.advance(timedelta(hours=1))
    with pytest.raises(Conflict, match="is closing"), database.writing() as session:
        close_wave(session, wave.agency_id, wave.id, timedelta(0))
    with database.reading() as session:
        assert get_wave(session, wave.agency_id, wave.id).grace_ends_at == end
