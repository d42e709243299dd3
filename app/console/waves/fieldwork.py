"""How far an open wave is: two lists apart, against what was planned, and what to do today."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from app.collectors.service import collectors_of_wave
from app.console.doors import FieldworkDep
from app.console.plans.planner import numbers_to_begin_with
from app.console.rendering import in_reach, pages, told
from app.console.waves.pages import ONE
from app.db import SessionDep
from app.initiatives.fielding import END_JOB
from app.initiatives.planning.planner import (
    FEWEST_REPORTED,
    USUAL_MATTERS,
    Answers,
    Assumptions,
    visible_change,
)
from app.initiatives.service import get_initiative, get_wave, list_areas, list_waves
from app.initiatives.wave import HOLDS_RESPONSES
from app.jobs.service import standing_of
from app.responses.service import rounded_intake
from app.responses.tally import LEAST_TOLD, told_tally

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy.orm import Session

    from app.collectors.service import CollectorLine
    from app.initiatives.tables import Area, Wave

FIELDWORK: Final = ONE + "/fieldwork"
BEHIND: Final = 0.5  # of what was planned
router = APIRouter()


@dataclass(frozen=True, slots=True)
class WayIn:
    """A collector with how many came by it: rounded to five, 0 for fewer than ten."""

    line: CollectorLine
    area: str
    came: int


@dataclass(frozen=True, slots=True)
class Place:
    """An area, or a language: what came by the ways in of it, and what is aimed at."""

    key: str
    name: str
    came: int
    aim: int | None
    has_way_in: bool
    is_told: bool = True

    @property
    def is_behind(self) -> bool:
        """Only where its own ways in tell; through the others people say themselves where."""
        return self.is_told and self.aim is not None and self.came < BEHIND * self.aim

    @property
    def part(self) -> int:
        return min(100, round(100 * self.came / self.aim)) if self.aim else 0


@dataclass(frozen=True, slots=True)
class Forecast:
    """`now`: with what has come; `planned`: once the aim is reached. In points of the scale."""

    now: float | None
    planned: float | None
    matters: float

    @property
    def is_enough(self) -> bool:
        return self.now is not None and self.now <= self.matters


@router.get(FIELDWORK)
def show_fieldwork(
    wave_id: str, request: Request, session: SessionDep, staff: FieldworkDep
) -> Response:
    wave = get_wave(session, staff.agency_id, wave_id)
    initiative = get_initiative(session, staff.agency_id, wave.initiative_id)
    areas = list_areas(session, staff.agency_id, wave.initiative_id)
    locale = pages.locale_for(request)
    numbers = numbers_to_begin_with(initiative, USUAL_MATTERS)
    aims: Mapping[str, int] = numbers["before" if wave.kind == "baseline" else "after"]
    ways = _ways_in(session, wave, areas, locale.language)
    came = rounded_intake(session, staff.agency_id, wave_id)
    places = _areas(areas, ways, aims, locale.language)
    tongues = _languages(wave, ways)
    return told(
        request,
        "fieldwork.html",
        signed_in=staff,
        wave=wave,
        initiative=initiative,
        came=came,
        aim=sum(aims.values()) if aims else None,
        ways=ways,
        days=told_tally(session, staff.agency_id, wave_id, "calendar"),
        places=places,
        tongues=tongues,
        forecast=_forecast(session, wave, numbers, came or 0),
        ends=standing_of(session, staff.agency_id, END_JOB, wave_id),
        todo=list(_todo(wave, came, aims, ways, places, tongues)),
        fewest_told=LEAST_TOLD,
        fewest_reported=FEWEST_REPORTED,
    )


def _ways_in(session: Session, wave: Wave, areas: Sequence[Area], language: str) -> list[WayIn]:
    came = told_tally(session, wave.agency_id, wave.id, "way_in")
    names = {area.code: in_reach(area.name, language) for area in areas}
    return [
        WayIn(line, names.get(line.area_code or 0, ""), came.get(line.collector_id, 0))
        for line in collectors_of_wave(session, wave.agency_id, wave.id)
    ]


def _areas(
    areas: Sequence[Area], ways: Sequence[WayIn], aims: Mapping[str, int], language: str
) -> list[Place]:
    found = []
    asks_area = any(way.line.area_code is None for way in ways)
    for area in areas:
        own = [way for way in ways if way.line.area_code == area.code]
        found.append(
            Place(
                key=str(area.code),
                name=in_reach(area.name, language),
                came=sum(way.came for way in own),
                aim=aims.get(str(area.code)),
                has_way_in=bool(own) or asks_area,
                is_told=bool(own) and not asks_area,
            )
        )
    return found


def _languages(wave: Wave, ways: Sequence[WayIn]) -> list[Place]:
    """By the language in which a way in opens; what people chose there is inside the seal."""
    found = []
    for language in wave.languages:
        own = [way for way in ways if way.line.language == language]
        came = sum(way.came for way in own)
        found.append(Place(language, language, came, None, has_way_in=bool(own)))
    return found


def _forecast(session: Session, wave: Wave, numbers: Mapping[str, Any], came: int) -> Forecast:
    assumed = Assumptions(numbers["spread"], numbers["deff"])
    kind, other_kind = ("before", "after") if wave.kind == "baseline" else ("after", "before")
    aim = sum(numbers[kind].values())
    other = _counted(session, wave) or sum(numbers[other_kind].values()) or aim or came
    reached = [
        visible_change([Answers(n, other)], assumed) if n and other else None for n in (came, aim)
    ]
    return Forecast(reached[0], reached[1], numbers["matters"])


def _counted(session: Session, wave: Wave) -> int:
    """Answers of the newest counted wave of the other kind."""
    counted = [
        int((each.count_manifest or {}).get("responses", 0))
        for each in list_waves(session, wave.agency_id, wave.initiative_id)
        if each.kind != wave.kind and each.state in HOLDS_RESPONSES
    ]
    return counted[-1] if counted else 0


def _todo(
    wave: Wave,
    came: int | None,
    aims: Mapping[str, int],
    ways: Sequence[WayIn],
    places: Sequence[Place],
    tongues: Sequence[Place],
) -> list[tuple[str, str]]:
    """What would help most today: the name of a text, and whom it is about."""
    if wave.state != "open":
        return []
    todo = [] if ways else [("no_way_in", "")]
    todo += [("no_aim", "")] if not aims else []
    todo += [("area_without", place.name) for place in places if ways and not place.has_way_in]
    todo += [
        ("area_behind", place.name) for place in places if place.has_way_in and place.is_behind
    ]
    if ways and places and not any(place.is_told for place in places):
        todo.append(("area_unknown", ""))
    several = len(tongues) > 1 and bool(ways)
    todo += [("language_without", each.key) for each in tongues if several and not each.has_way_in]
    if aims and came is not None and came >= sum(aims.values()):
        todo.append(("enough", ""))
    elif aims:
        todo.append(("go_on", ""))
    return todo
