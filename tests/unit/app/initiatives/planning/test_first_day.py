from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from app.initiatives.planning.first_day import wrong_side
from app.initiatives.tables import Initiative, Wave
from app.initiatives.wave import WaveKind, WaveState

EVE = datetime(2027, 3, 9, 22, 59, tzinfo=UTC)  # a minute to midnight in Madrid
FIRST = datetime(2027, 3, 9, 23, 0, tzinfo=UTC)
NIGHT = datetime(2027, 3, 10, 5, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("kind", "state", "at", "ends_at", "warned"),
    [
        ("follow_up", "draft", EVE, None, "early"),
        ("follow_up", "draft", FIRST, None, None),
        ("follow_up", "open", EVE, None, None),
        ("baseline", "draft", EVE, None, None),
        ("baseline", "draft", FIRST, None, "late"),
        ("baseline", "draft", EVE, FIRST, None),
        ("baseline", "draft", EVE, NIGHT, "ends_late"),
        ("baseline", "open", EVE, NIGHT, "ends_late"),
        ("baseline", "open", FIRST, NIGHT, "still_open"),
        ("baseline", "closing", NIGHT, None, None),
        ("baseline", "counted", NIGHT, None, None),
        ("baseline", "imported", NIGHT, None, None),
    ],
)
def test_a_wave_is_held_against_the_first_day_where_the_initiative_takes_place(
    kind: WaveKind, state: WaveState, at: datetime, ends_at: datetime | None, warned: str | None
) -> None:
    initiative = Initiative(starts_on=date(2027, 3, 10), time_zone="Europe/Madrid")
    wave = Wave(kind=kind, state=state)
    assert wrong_side(wave, initiative, at, ends_at) == warned
    unknown = Initiative(starts_on=None, time_zone="Europe/Madrid")
    assert wrong_side(wave, unknown, at, ends_at) is None


@pytest.mark.parametrize("day", [date.min, date.max])
def test_any_day_can_be_the_first(day: date) -> None:
    for zone in ("Pacific/Kiritimati", "Pacific/Niue"):
        initiative = Initiative(starts_on=day, time_zone=zone)
        wave = Wave(kind="baseline", state="draft")
        assert wrong_side(wave, initiative, EVE, NIGHT) == ("late" if day == date.min else None)
