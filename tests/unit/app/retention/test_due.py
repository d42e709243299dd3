"""When answers are due: from the last count, by the months that residents were told."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.initiatives.tables import Initiative, Wave
from app.initiatives.wave import STATES
from app.retention.due import TEXTS_KEPT, answers_due, months_after, standing_of, texts_due

MADE = date(2026, 1, 31)
DAYS = st.dates(date(2000, 1, 1), date(2100, 1, 1))


def initiative(months: int | None = 24) -> Initiative:
    notice = {} if months is None else {"keeps_months": months}
    return Initiative(agency_id="aaaaaa", id="i", notice=notice, created_on=MADE)


def wave(state: str, counted: date | None = None) -> Wave:
    moment = None if counted is None else datetime(*counted.timetuple()[:3], 9, tzinfo=UTC)
    return Wave(agency_id="aaaaaa", id="w", state=state, counted_at=moment)


@pytest.mark.parametrize(
    ("day", "months", "due"),
    [
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2024, 1, 31), 1, date(2024, 2, 29)),
        (date(2026, 12, 15), 1, date(2027, 1, 15)),
        (date(2024, 2, 29), 12, date(2025, 2, 28)),
        (date(2026, 11, 21), 24, date(2028, 11, 21)),
    ],
)
def test_months_are_counted_as_people_count_them(day: date, months: int, due: date) -> None:
    assert months_after(day, months) == due


@given(DAYS, st.integers(1, 240))
def test_a_month_is_never_short_of_28_days_and_never_longer_than_31(day: date, months: int) -> None:
    assert 28 * months <= (months_after(day, months) - day).days <= 31 * months


@given(DAYS, st.integers(1, 239))
def test_more_months_are_later(day: date, months: int) -> None:
    assert months_after(day, months) < months_after(day, months + 1)


def test_the_time_runs_from_the_last_count() -> None:
    first, last = date(2026, 3, 1), date(2026, 9, 1)
    waves = [wave("counted", first), wave("counted", last), wave("draft")]
    assert answers_due(initiative(), waves) == date(2028, 9, 1)
    assert answers_due(initiative(), [wave("imported")]) == date(2028, 1, 31)


@pytest.mark.parametrize("state", ["open", "closing", "closed", "counting"])
def test_while_a_wave_asks_nothing_is_due(state: str) -> None:
    waves = [wave("counted", date(2020, 1, 1)), wave(state)]
    assert answers_due(initiative(), waves) is None
    assert standing_of(initiative(), waves, None, date(2026, 1, 1)) == "asks"


def test_the_day_itself_is_due_and_the_day_before_is_not() -> None:
    waves = [wave("counted", date(2026, 9, 1))]
    due = date(2028, 9, 1)
    assert standing_of(initiative(), waves, None, due) == "due"
    assert standing_of(initiative(), waves, None, due - timedelta(days=1)) == "later"


def test_a_time_that_nobody_stated_is_told_as_such() -> None:
    waves = [wave("counted", date(2020, 1, 1))]
    assert standing_of(initiative(None), waves, None, date(2026, 1, 1)) == "unstated"


def test_what_was_asked_for_stands_before_what_is_due() -> None:
    waves = [wave("counted", date(2020, 1, 1))]
    for state in ("asked", "approved"):
        assert standing_of(initiative(), waves, state, date(2026, 1, 1)) == state
    assert standing_of(initiative(), [wave("erased")], "erased", date(2026, 1, 1)) == "erased"
    assert standing_of(initiative(), [wave("draft")], None, date(2026, 1, 1)) == "nothing"


@pytest.mark.parametrize("state", STATES)
def test_every_state_of_a_wave_has_a_standing(state: str) -> None:
    assert standing_of(initiative(), [wave(state)], None, date(2026, 1, 1)) in {
        *("nothing", "asks", "due", "later", "erased"),
    }


def test_texts_are_due_90_days_after_the_first_report_that_has_their_wave() -> None:
    reported = {"a": date(2026, 5, 1), "b": date(2026, 3, 1)}
    assert texts_due(["a"], reported) == date(2026, 5, 1) + TEXTS_KEPT
    assert texts_due(["a", "b"], reported) == date(2026, 5, 30)
    assert texts_due(["c"], reported) is None
