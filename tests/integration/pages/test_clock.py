"""A clock that is set, stands wrong, or passes a seam of the calendar accepts and refuses rightly.

The page was fetched at one moment and is sent at another, which the clock of the server tells: the
days on which clocks are set, the leap day, the turn of a year. Nobody is ever thanked for nothing,
stored twice, or sent away with what they typed.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import product
from typing import Final

import pytest
from sqlalchemy import update

from app.console.waves.moving import _moment
from app.db import Database
from app.errors import BadInput
from app.initiatives.tables import Initiative
from app.initiatives.wave import LONGEST_GRACE, USUAL_GRACE, TooEarly, WaveLife
from app.jobs.service import claim, enqueue
from tests.conftest import HeldClock
from tests.integration.pages.reading import ReadPage
from tests.integration.pages.site import Fielded, Phone, stored

SEAMS: Final = (
    datetime(2026, 3, 8, 7, 0, tzinfo=UTC),  # clocks go forward in New York
    datetime(2026, 3, 29, 1, 0, tzinfo=UTC),  # and in Madrid
    datetime(2026, 10, 25, 1, 0, tzinfo=UTC),  # back in Madrid
    datetime(2026, 11, 1, 6, 0, tzinfo=UTC),  # and in New York
    datetime(2028, 2, 29, 0, 0, tzinfo=UTC),
    datetime(2028, 3, 1, 0, 0, tzinfo=UTC),
    datetime(2027, 1, 1, 0, 0, tzinfo=UTC),
    datetime(2100, 3, 1, 0, 0, tzinfo=UTC),  # no leap year
)
TICK: Final = timedelta(microseconds=1)
SECOND: Final = timedelta(seconds=1)
HOUR: Final = timedelta(hours=1)
DAY: Final = timedelta(days=1)
# From fetching to sending; taken at once between two hours too early and a day (privacy.md §12).
AT_ONCE: Final = (-2 * HOUR, -SECOND, timedelta(0), 3 * SECOND, DAY - SECOND, DAY)
ASKED_ONCE_MORE: Final = (
    *(-400 * DAY, -DAY, -2 * HOUR - SECOND, DAY + SECOND),
    *(3 * DAY, 3 * DAY + SECOND, 400 * DAY),
)
ANSWERS: Final[dict[str, str | list[str]]] = {"t1": "4", "area": "1"}
only_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@only_sqlite
def test_a_hundred_sheets_sent_across_a_seam_are_each_stored_once(
    phone: Phone, database: Database, fielded: Fielded, held_clock: HeldClock
) -> None:
    cases = [*product(SEAMS, AT_ONCE), *product(SEAMS, ASKED_ONCE_MORE)]
    assert len(cases) >= 100
    for number, (seam, passed) in enumerate(cases):
        held_clock.moment = seam - passed / 2
        form = phone.open().form
        held_clock.moment = seam + passed / 2
        answer = phone.send(form, ANSWERS)
        if passed in ASKED_ONCE_MORE:
            assert answer.status_code == 422, (seam, passed)
            assert len(stored(database, fielded)) == number, (seam, passed)
            again = ReadPage(answer.text).form
            assert dict(again.sent)["t1"] == "4"
            answer = phone.send(again)
        assert "Thank you" in answer.text, (seam, passed)
        assert len(stored(database, fielded)) == number + 1, (seam, passed)


@pytest.mark.parametrize("seam", SEAMS)
@pytest.mark.parametrize("grace", [timedelta(0), HOUR, USUAL_GRACE, LONGEST_GRACE])
def test_a_wave_ends_its_grace_at_that_moment_on_every_clock(
    seam: datetime, grace: timedelta
) -> None:
    closing = WaveLife("baseline").open(seam - DAY).close(seam, grace)
    assert closing.grace_ends_at == seam + grace
    if grace:
        for early in (seam + grace - TICK, seam - DAY):  # the second: the clock was set back
            with pytest.raises(TooEarly):
                closing.end_grace(early)
    for late in (seam + grace, seam + grace + TICK, seam + grace + 400 * DAY):
        closed = closing.end_grace(late)
        assert closed.state == "closed"
        counted = closed.claim_count().finish_count(seam - 400 * DAY)
        assert counted.counted_at == seam + grace


@only_sqlite
@pytest.mark.parametrize("seam", SEAMS)
def test_what_is_planned_is_done_at_its_moment_and_not_before(
    database: Database, seam: datetime
) -> None:
    kinds = ["end_fieldwork"]
    with database.writing() as session:
        enqueue(session, "abc123", kinds[0], "0123456789", {"grace_hours": 0}, seam)
    for early in (seam - DAY, seam - TICK):
        assert claim(database, kinds, "worker", early) is None
    claimed = claim(database, kinds, "worker", seam)
    assert claimed is not None
    for moment in (seam - DAY, seam, seam + 59 * SECOND):  # no second worker takes it meanwhile
        assert claim(database, kinds, "another", moment) is None


LOCAL: Final = (
    ("America/New_York", "2026-03-08T01:59", "2026-03-08T06:59"),
    ("America/New_York", "2026-03-08T02:30", "2026-03-08T07:30"),  # an hour that does not exist
    ("America/New_York", "2026-03-08T03:00", "2026-03-08T07:00"),
    ("America/New_York", "2026-11-01T01:30", "2026-11-01T05:30"),  # the first of two such hours
    ("America/New_York", "2026-11-01T02:00", "2026-11-01T07:00"),
    ("America/Phoenix", "2026-03-08T02:30", "2026-03-08T09:30"),  # which sets no clocks
    ("Europe/Madrid", "2026-03-29T03:00", "2026-03-29T01:00"),
    ("Europe/Madrid", "2026-10-25T03:00", "2026-10-25T02:00"),
    ("Asia/Kathmandu", "2028-02-29T00:00", "2028-02-28T18:15"),
    ("Pacific/Kiritimati", "2027-01-01T00:00", "2026-12-31T10:00"),
    ("Pacific/Pago_Pago", "2026-12-31T23:59", "2027-01-01T10:59"),
)


@only_sqlite
@pytest.mark.parametrize(("zone", "typed", "meant"), LOCAL)
def test_a_moment_is_meant_as_the_clock_on_the_wall_of_the_place_shows_it(
    database: Database, fielded: Fielded, zone: str, typed: str, meant: str
) -> None:
    with database.writing() as session:
        session.execute(update(Initiative).values(time_zone=zone))
    with database.reading() as session:
        told = _moment(session, fielded.agency_id, fielded.wave_id, typed)
    assert told == datetime.fromisoformat(meant).replace(tzinfo=UTC)


@only_sqlite
@pytest.mark.parametrize(
    ("zone", "typed"),
    [
        ("Asia/Kathmandu", "0001-01-01T00:00"),
        ("America/New_York", "9999-12-31T23:59"),
        ("Europe/Madrid", "2026-02-29T10:00"),
        ("Europe/Madrid", "2026-13-01T10:00"),
    ],
)
def test_a_moment_that_no_calendar_has_is_refused_in_words(
    database: Database, fielded: Fielded, zone: str, typed: str
) -> None:
    with database.writing() as session:
        session.execute(update(Initiative).values(time_zone=zone))
    with (
        database.reading() as session,
        pytest.raises(BadInput, match="is no moment"),
    ):
        _moment(session, fielded.agency_id, fielded.wave_id, typed)
