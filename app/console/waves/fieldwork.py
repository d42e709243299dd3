"""How far an open wave is: two lists apart, against what was planned, and what to do today."""

from __future__ import annotations

from datetime import date
from typing import Final

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from app.console.doors import FieldworkDep
from app.console.rendering import told
from app.console.waves.pages import ONE
from app.db import SessionDep
from app.initiatives.planning.planner import FEWEST_REPORTED
from app.initiatives.service import get_initiative, get_wave, list_areas
from app.responses.tally import LEAST_TOLD
from app.responses.tally.fieldwork import fieldwork_of

FIELDWORK: Final = ONE + "/fieldwork"
router = APIRouter()


@router.get(FIELDWORK)
def show_fieldwork(
    wave_id: str, request: Request, session: SessionDep, staff: FieldworkDep
) -> Response:
    wave = get_wave(session, staff.agency_id, wave_id)
    areas = list_areas(session, staff.agency_id, wave.initiative_id)
    return told(
        request,
        "fieldwork.html",
        signed_in=staff,
        wave=wave,
        initiative=get_initiative(session, staff.agency_id, wave.initiative_id),
        work=fieldwork_of(session, wave),
        day_of=date.fromisoformat,
        area_names={area.code: area.name for area in areas},
        fewest_told=LEAST_TOLD,
        fewest_reported=FEWEST_REPORTED,
    )
