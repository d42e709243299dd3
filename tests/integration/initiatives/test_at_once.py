from __future__ import annotations

import threading
from collections.abc import Callable

from app.db import Database
from app.errors import Conflict
from app.initiatives.fielding import close_wave
from app.initiatives.service import add_area, lock_plan
from app.initiatives.store import areas_of, plans_of, waves_of
from app.initiatives.tables import Initiative
from app.privacy.count_keys import CountKeyStore
from tests.factories import make_initiative, make_wave

AT_ONCE = 6


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
