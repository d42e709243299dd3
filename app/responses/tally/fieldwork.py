"""How far an open wave is: two lists apart, against what was planned, and what to do today."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from app import clock
from app.collectors.service import collectors_of_wave
from app.initiatives.fielding import END_JOB
from app.initiatives.planning.outlook import (
    change_that_matters,
    inside,
    numbers_to_begin_with,
    part_inside,
)
from app.initiatives.planning.planner import Answers, Assumptions, visible_change
from app.initiatives.service import get_initiative, list_areas, list_plans, list_waves
from app.initiatives.wave import HOLDS_RESPONSES
from app.jobs.service import standing_of
from app.responses.service import rounded_intake
from app.responses.tally import told_tally

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from sqlalchemy.orm import Session

    from app.collectors.service import CollectorLine
    from app.initiatives.tables import Area, Wave

BEHIND: Final = 0.5  # of what was planned


@dataclass(frozen=True, slots=True)
class WayIn:
    """A collector with how many came by it: rounded to five, 0 for fewer than ten."""

    line: CollectorLine
    came: int

    @property
    def is_going(self) -> bool:
        return self.line.stopped_on is None


@dataclass(frozen=True, slots=True)
class Place:
    """An area, or a language: what came by the ways in of it, and what is aimed at.

    `is_told`: it has ways in of its own. `is_whole`: nobody can have chosen it elsewhere.
    """

    key: str
    name: Mapping[str, str]
    came: int
    aim: int | None
    has_way_in: bool
    is_told: bool = True
    is_whole: bool = True

    @property
    def is_behind(self) -> bool:
        """Only where its own ways in tell; through the others people say themselves where."""
        return (
            self.is_told
            and self.is_whole
            and self.aim is not None
            and self.came < BEHIND * self.aim
        )


@dataclass(frozen=True, slots=True)
class Forecast:
    """`now`: with what has come; `planned`: once the aim is reached. In points of the scale.

    Of the initiative's areas, as the report judges them, against what the locked plan calls enough.
    """

    now: float | None
    planned: float | None
    matters: float

    @property
    def is_enough(self) -> bool:
        return self.now is not None and self.now <= self.matters


@dataclass(frozen=True, slots=True)
class Advice:
    """What would help today: its name, whom it is about, how many answers it speaks of."""

    what: str
    about: Place | None = None
    answers: int | None = None


@dataclass(frozen=True, slots=True)
class Fieldwork:
    """`came` is None under ten. The lists are those of `told_tally`."""

    came: int | None
    aim: int | None
    ways: list[WayIn]
    days: dict[str, int]
    places: list[Place]
    tongues: list[Place]
    forecast: Forecast
    ends_at: datetime | None
    todo: list[Advice]


def fieldwork_of(session: Session, wave: Wave) -> Fieldwork:
    initiative = get_initiative(session, wave.agency_id, wave.initiative_id)
    areas = list_areas(session, wave.agency_id, wave.initiative_id)
    numbers = numbers_to_begin_with(initiative)
    aims: Mapping[str, int] = numbers["before" if wave.kind == "baseline" else "after"]
    came = rounded_intake(session, wave.agency_id, wave.id)
    ways = _ways_in(session, wave)
    places = _places(areas, ways, aims)
    tongues = _tongues(wave, ways)
    ends_at = _end(session, wave)
    aim = sum(aims.values()) if aims else None
    return Fieldwork(
        came=came,
        aim=aim,
        ways=ways,
        days=told_tally(session, wave.agency_id, wave.id, "calendar"),
        places=places,
        tongues=tongues,
        forecast=_forecast(session, wave, numbers, (areas, ways, came or 0)),
        ends_at=ends_at,
        todo=[
            *_ways_to_add(wave, ways, places, tongues),
            *_numbers_to_reach(wave, came or 0, aim, places, ends_at),
        ],
    )


def _end(session: Session, wave: Wave) -> datetime | None:
    """The moment for which the closing is planned, if it is."""
    job = standing_of(session, wave.agency_id, END_JOB, wave.id)
    return job.run_after if job is not None and job.is_waited_for else None


def _ways_in(session: Session, wave: Wave) -> list[WayIn]:
    came = told_tally(session, wave.agency_id, wave.id, "way_in")
    return [
        WayIn(line, came.get(line.collector_id, 0))
        for line in collectors_of_wave(session, wave.agency_id, wave.id)
    ]


def _places(areas: Sequence[Area], ways: Sequence[WayIn], aims: Mapping[str, int]) -> list[Place]:
    found = []
    asking = [way for way in ways if way.line.area_code is None]
    asks_area, asks_area_still = bool(asking), any(way.is_going for way in asking)
    for area in areas:
        own = [way for way in ways if way.line.area_code == area.code]
        found.append(
            Place(
                key=str(area.code),
                name=area.name,
                came=sum(way.came for way in own),
                aim=aims.get(str(area.code)),
                has_way_in=any(way.is_going for way in own) or asks_area_still,
                is_told=bool(own),
                is_whole=not asks_area,
            )
        )
    return found


def _tongues(wave: Wave, ways: Sequence[WayIn]) -> list[Place]:
    """By the language in which a way in opens; what people chose there is inside the seal."""
    found = []
    for language in wave.languages:
        own = [way for way in ways if way.line.language == language]
        came = sum(way.came for way in own)
        found.append(Place(language, {}, came, None, has_way_in=any(way.is_going for way in own)))
    return found


def _forecast(
    session: Session,
    wave: Wave,
    numbers: Mapping[str, Any],
    found: tuple[Sequence[Area], Sequence[WayIn], int],
) -> Forecast:
    areas, ways, came = found
    assumed = Assumptions(numbers["spread"], numbers["deff"])
    kind, other_kind = ("before", "after") if wave.kind == "baseline" else ("after", "before")
    part, other_part = (part_inside(areas, numbers[each]) for each in (kind, other_kind))
    aim = part * sum(numbers[kind].values())
    now = _came_inside(areas, ways, came * part)
    counted = other_part * _counted(session, wave)
    other = counted or other_part * sum(numbers[other_kind].values()) or aim or now
    reached = [
        visible_change([Answers(n, other)], assumed) if n and other else None for n in (now, aim)
    ]
    plans = list_plans(session, wave.agency_id, wave.initiative_id)
    matters = change_that_matters(plans[-1].document) if plans else numbers["matters"]
    return Forecast(reached[0], reached[1], matters)


def _came_inside(areas: Sequence[Area], ways: Sequence[WayIn], assumed: float) -> float:
    """As the ways in tell it where each has its area; else what people chose is in the seal."""
    if not areas or any(way.line.area_code is None for way in ways):
        return assumed
    own = {area.code for area in inside(areas)}
    return float(sum(way.came for way in ways if way.line.area_code in own))


def _counted(session: Session, wave: Wave) -> int:
    """Answers of the newest counted wave of the other kind."""
    counted = [
        int((each.count_manifest or {}).get("responses", 0))
        for each in list_waves(session, wave.agency_id, wave.initiative_id)
        if each.kind != wave.kind and each.state in HOLDS_RESPONSES
    ]
    return counted[-1] if counted else 0


def _ways_to_add(
    wave: Wave, ways: Sequence[WayIn], places: Sequence[Place], tongues: Sequence[Place]
) -> list[Advice]:
    if wave.state != "open":
        return []
    if not any(way.is_going for way in ways):
        return [Advice("no_way_in")]
    todo = [Advice("area_without", place) for place in places if not place.has_way_in]
    if places and not any(place.is_told for place in places):
        todo.append(Advice("area_unknown"))
    if len(tongues) > 1:
        todo += [Advice("language_without", each) for each in tongues if not each.has_way_in]
    return todo


def _numbers_to_reach(
    wave: Wave, came: int, aim: int | None, places: Sequence[Place], ends_at: datetime | None
) -> list[Advice]:
    if wave.state != "open":
        return []
    if aim is None:
        return [Advice("no_aim")]
    if came >= aim:
        return [Advice("enough")]
    behind = [
        Advice("area_behind", place, (place.aim or 0) - place.came)
        for place in places
        if place.has_way_in and place.is_behind
    ]
    if ends_at is None:
        return [*behind, Advice("go_on", answers=aim - came), Advice("no_end")]
    days = max(1, math.ceil((ends_at - clock.now()) / timedelta(days=1)))
    return [*behind, Advice("a_day", answers=math.ceil((aim - came) / days))]
