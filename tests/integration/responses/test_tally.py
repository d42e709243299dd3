"""The two lists of the fieldwork: apart from the sheets, and from each other."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from app.collectors.service import FieldedCollector, create_collector, load_collector
from app.db import Database
from app.initiatives.tables import Wave
from app.responses.tally import AT_ONCE, FieldworkTally, told_count, told_tally
from tests.factories import make_initiative, make_wave

NOW = datetime(2026, 11, 21, 3, 0, tzinfo=UTC)


@pytest.fixture
def collectors(database: Database) -> list[FieldedCollector]:
    with database.writing() as session:
        initiative = make_initiative(session)
        initiative.time_zone = "America/Denver"
        wave = make_wave(session, initiative)
        wave.state = "open"
        made = [
            create_collector(session, wave.agency_id, wave.id, label=label) for label in ("A", "B")
        ]
        return [load_collector(session, each.public_id) for each in made]


def _rows(database: Database) -> list[tuple[Any, ...]]:
    question = "SELECT list, entry, n FROM fieldwork_tally ORDER BY list, entry"
    with database.reading() as session:
        return [tuple(row) for row in session.connection().exec_driver_sql(question)]


def test_nothing_is_written_before_several_have_come(
    database: Database, collectors: list[FieldedCollector]
) -> None:
    tally = FieldworkTally(database)
    for _ in range(AT_ONCE["way_in"] - 1):
        assert not tally.note(collectors[0], NOW)
        tally.write()
    assert _rows(database) == []
    assert tally.note(collectors[1], NOW)
    tally.write()
    ways = [(entry, n) for name, entry, n in _rows(database) if name == "way_in"]
    assert sorted(ways) == sorted(
        [(collectors[0].collector_id, 9), (collectors[1].collector_id, 1)]
    )
    assert all(name == "way_in" for name, *_ in _rows(database))


def test_a_crowd_plans_one_write_until_it_is_done(
    database: Database, collectors: list[FieldedCollector]
) -> None:
    tally = FieldworkTally(database)
    assert sum(tally.note(collectors[0], NOW) for _ in range(100)) == 1
    tally.write()
    assert {(name, n) for name, _, n in _rows(database)} == {("calendar", 100), ("way_in", 100)}
    assert sum(tally.note(collectors[0], NOW) for _ in range(AT_ONCE["way_in"])) == 1


def test_a_day_is_the_initiative_s_own_and_both_lists_add_up(
    database: Database, collectors: list[FieldedCollector]
) -> None:
    tally = FieldworkTally(database)
    for _ in range(23):
        tally.note(collectors[0], NOW)
        tally.write()
    tally.write(is_last=True)
    assert _rows(database) == [
        ("calendar", "2026-11-20", 23),
        ("way_in", collectors[0].collector_id, 23),
    ]
    agency_id, wave_id = collectors[0].agency_id, collectors[0].wave_id
    with database.reading() as session:
        assert told_tally(session, agency_id, wave_id, "calendar") == {"2026-11-20": 25}


def test_a_wave_that_takes_no_sheets_gets_no_list(
    database: Database, collectors: list[FieldedCollector]
) -> None:
    """Another process may still hold a few when the count has removed the lists."""
    tally = FieldworkTally(database)
    for _ in range(20):
        tally.note(collectors[0], NOW)
    with database.writing() as session:
        wave = session.get(Wave, (collectors[0].agency_id, collectors[0].wave_id))
        assert wave is not None
        wave.state = "counted"
    tally.write(is_last=True)
    assert _rows(database) == []


def test_no_batch_of_one_list_is_a_batch_of_the_other(
    database: Database, collectors: list[FieldedCollector]
) -> None:
    """Who watches the table must not see which day a way in was used: the lists move apart."""
    tally = FieldworkTally(database)
    moves = []
    before: dict[str, int] = {}
    for _ in range(sum(AT_ONCE.values())):
        tally.note(collectors[0], NOW)
        tally.write()
        now = {name: n for name, _, n in _rows(database)}
        moves.append({name for name in now if now[name] != before.get(name)})
        before = now
    assert {"way_in"} in moves
    assert {"calendar"} in moves
    assert {"way_in", "calendar"} not in moves


@pytest.mark.parametrize(
    ("n", "told"), [(0, None), (9, None), (10, 10), (12, 10), (13, 15), (99, 100)]
)
def test_a_count_is_told_to_the_nearest_five(n: int, told: int | None) -> None:
    assert told_count(n) == told
