from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
from sqlalchemy.orm import Session

from app.db import Database
from app.errors import Conflict
from app.initiatives.fielding import close_wave
from app.initiatives.opening import open_wave
from app.initiatives.planning.revisions import ChangedMeanwhile, aim_revision_of, revision_of
from app.initiatives.service import (
    Description,
    add_area,
    describe_initiative,
    expect_answers,
    get_initiative,
    keep_logo,
    lock_plan,
)
from app.initiatives.store import areas_of, plans_of, waves_of
from app.initiatives.tables import Initiative
from app.instruments.library import library
from app.instruments.library.editing import OwnQuestion, add_question, as_yaml, bring_instrument
from app.instruments.model import Instrument
from app.privacy.count_keys import CountKeyStore
from tests.factories import core_trust, make_agency, make_initiative, make_wave
from tests.unit.app.initiatives.test_logo import png

AT_ONCE = 6
Save = Callable[[Session, Initiative, str | None], object]


def all_at_once(act: Callable[[int], None]) -> list[BaseException]:
    """What went wrong when several people did it together."""
    together = threading.Barrier(AT_ONCE)
    problems: list[BaseException] = []

    def one(number: int) -> None:
        together.wait()
        try:
            act(number)
        except BaseException as exc:  # noqa: BLE001 - returned to the test
            problems.append(exc)

    threads = [threading.Thread(target=one, args=(number,)) for number in range(AT_ONCE)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return problems


def an_initiative(database: Database) -> Initiative:
    with database.writing() as session:
        initiative = make_initiative(session)
        make_wave(session, initiative)
        return initiative


def test_areas_plans_and_waves_added_at_once_get_numbers_of_their_own(database: Database) -> None:
    initiative = an_initiative(database)
    key = (initiative.agency_id, initiative.id)

    def add_one_of_each(number: int) -> None:
        with database.writing() as session:
            add_area(session, *key, name={"en": f"Area {number}"}, role="initiative")
        with database.writing() as session:
            lock_plan(session, *key, {"note": number})
        with database.writing() as session:
            make_wave(session, initiative, kind="follow_up")

    assert all_at_once(add_one_of_each) == []
    with database.reading() as session:
        codes = [area.code for area in areas_of(session, *key)]
        versions = [plan.version for plan in plans_of(session, *key)]
        positions = [wave.position for wave in waves_of(session, *key)]
    assert codes == versions == list(range(1, AT_ONCE + 1))
    assert positions == list(range(1, AT_ONCE + 2))


def test_of_many_who_close_a_wave_at_once_one_does_and_the_others_are_told(
    database: Database, count_keys: CountKeyStore
) -> None:
    with database.writing() as session:
        wave = make_wave(session, state="open", keys=count_keys)

    def close(_number: int) -> None:
        with database.writing() as session:
            close_wave(session, wave.agency_id, wave.id)

    problems = all_at_once(close)
    assert len(problems) == AT_ONCE - 1
    assert all(isinstance(problem, Conflict) for problem in problems)


def describe(title: str) -> Save:
    wanted = Description({"en": title}, {"en": "Riverside Police"}, {})
    return lambda session, one, seen: describe_initiative(
        session, one.agency_id, one.id, wanted, seen=seen
    )


def aim(number: int) -> Save:
    return lambda session, one, seen: expect_answers(
        session, one.agency_id, one.id, {"before": {"1": number}}, seen=seen
    )


def show_logo(session: Session, one: Initiative, seen: str | None) -> None:
    keep_logo(session, one.agency_id, one.id, png(), seen=seen)


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)  # SQLite has one writer
@pytest.mark.parametrize(
    ("revision", "theirs", "mine"),
    [
        (revision_of, describe("Theirs"), describe("Mine")),
        (revision_of, describe("Theirs"), show_logo),
        (revision_of, show_logo, describe("Mine")),
        (aim_revision_of, aim(7), aim(9)),
    ],
)
def test_what_was_read_before_somebody_else_saved_is_not_taken_for_what_stands(
    database: Database, revision: Callable[[Initiative], str], theirs: Save, mine: Save
) -> None:
    initiative = an_initiative(database)
    with database.writing() as session:
        read = get_initiative(session, initiative.agency_id, initiative.id)
        seen = revision(read)
        with database.writing() as other:
            theirs(other, initiative, seen)
        with pytest.raises(ChangedMeanwhile):
            mine(session, read, seen)


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_a_logo_that_was_kept_meanwhile_outlives_a_description(database: Database) -> None:
    initiative = an_initiative(database)
    key = initiative.agency_id, initiative.id
    with database.writing() as session:
        read = get_initiative(session, *key)
        with database.writing() as other:
            show_logo(other, initiative, None)
        describe("Mine")(session, read, None)
    with database.reading() as session:
        kept = get_initiative(session, *key)
        assert (kept.title["en"], "logo" in kept.notice) == ("Mine", True)


class Meanwhile:
    """Somebody who acts while another transaction has not ended."""

    def __init__(self, database: Database, act: Callable[[Session], object]) -> None:
        self._database, self._act = database, act
        self._refused: list[Conflict] = []
        self._thread = threading.Thread(target=self._try)
        self._thread.start()
        self._thread.join(0.5)  # who does not wait is done by now

    def is_refused(self) -> bool:
        self._thread.join()
        return bool(self._refused)

    def _try(self) -> None:
        try:
            with self._database.writing() as session:
                self._act(session)
        except Conflict as exc:
            self._refused.append(exc)


def add_harbour(session: Session, agency_id: str, initiative_id: str) -> None:
    add_area(session, agency_id, initiative_id, name={"en": "Harbour"}, role="initiative")


def test_nobody_adds_an_area_to_a_wave_that_opens(
    database: Database, count_keys: CountKeyStore
) -> None:
    with database.writing() as session:
        wave = make_wave(session, languages=("en",))
    key = wave.agency_id, wave.initiative_id
    with database.writing() as session:
        open_wave(session, count_keys, wave.agency_id, wave.id)
        adding = Meanwhile(database, lambda other: add_harbour(other, *key))
    assert adding.is_refused()


def brought(title: str) -> str:
    own = core_trust().model_copy(update={"id": "city", "title": {"en": title, "es": title}})
    return as_yaml(own)


def numbers(database: Database, agency_id: str) -> list[int]:
    """Of the versions that the agency brought, the newest first."""
    with database.reading() as session:
        kept = library(session, agency_id)
    return [entry.instrument.version for entry in kept if not entry.is_shipped]


def test_two_questionnaires_brought_at_once_do_not_get_one_number(database: Database) -> None:
    with database.writing() as session:
        agency_id = make_agency(session).agency_id

    def bring(session: Session, title: str) -> None:
        bring_instrument(session, agency_id, brought(title), source="city.yaml")

    with database.writing() as session:
        bring(session, "Ours")
        bringing = Meanwhile(database, lambda other: bring(other, "Theirs"))
    assert bringing.is_refused()
    assert len(numbers(database, agency_id)) == 1


def test_two_questions_added_at_once_make_two_versions(database: Database) -> None:
    with database.writing() as session:
        agency_id = make_agency(session).agency_id
    instrument = core_trust()

    def ask(session: Session, text: str) -> None:
        add_question(session, agency_id, instrument, own_question(instrument, text))

    with database.writing() as session:
        ask(session, "Ours?")
        asking = Meanwhile(database, lambda other: ask(other, "Theirs?"))
    assert not asking.is_refused()
    last = instrument.version
    assert numbers(database, agency_id) == [last + 2, last + 1]


def own_question(instrument: Instrument, text: str) -> OwnQuestion:
    texts = dict.fromkeys(instrument.languages, text)
    return OwnQuestion("short_text", instrument.pages[0].id, texts, {}, (), "background", ())
