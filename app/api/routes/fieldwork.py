"""How far a wave is."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path

from app.api.callers import CallerDep, asks
from app.api.shapes.fieldwork import (
    Advice,
    CameByCollector,
    CameFromArea,
    CameInLanguage,
    CameOnDay,
    FieldworkShown,
)
from app.api.shapes.words import Id
from app.db import SessionDep
from app.initiatives.service import get_wave
from app.responses.tally import COUNT_STEP, LEAST_TOLD
from app.responses.tally.fieldwork import fieldwork_of

router = APIRouter(tags=["Waves"])
WaveId = Annotated[Id, Path(examples=["7hx1c5s9ra"])]


@router.get("/waves/{wave_id}/fieldwork", **asks("see_fieldwork", 404))
def read_the_fieldwork(wave_id: WaveId, session: SessionDep, caller: CallerDep) -> FieldworkShown:
    """How many have answered, by way in and by day, who is missing, and what would help today."""
    work = fieldwork_of(session, get_wave(session, caller.agency_id, wave_id))
    return FieldworkShown(
        wave_id=wave_id,
        answered=work.came,
        rounded_to=COUNT_STEP,
        least_told=LEAST_TOLD,
        aim=work.aim,
        ends_at=work.ends_at,
        by_collector=[
            CameByCollector(collector=way.line.public_id, answered=way.came or None)
            for way in work.ways
        ],
        by_day=[
            CameOnDay.model_validate({"day": day, "answered": n or None})
            for day, n in work.days.items()
        ],
        by_area=[
            CameFromArea(
                area_code=int(place.key),
                answered=place.came or None,
                aim=place.aim,
                is_told=place.is_told,
                is_whole=place.is_whole,
            )
            for place in work.places
        ],
        by_language=[
            CameInLanguage(
                language=each.key, answered=each.came or None, has_way_in=each.has_way_in
            )
            for each in work.tongues
        ],
        visible_change_now=work.forecast.now,
        visible_change_at_aim=work.forecast.planned,
        change_that_matters=work.forecast.matters,
        advice=[
            Advice.model_validate(
                {
                    "what": each.what,
                    "about": each.about.key if each.about else None,
                    "answers": each.answers,
                }
            )
            for each in work.todo
        ],
    )
