"""A wave tried by staff: the page as residents will see it, and nothing that is kept or counted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from app.accounts.pages.doors import FormDep
from app.collectors.service import rehearsal_of
from app.console.doors import FieldworkDep
from app.console.rendering import told
from app.console.waves.pages import ONE
from app.db import SessionDep
from app.initiatives.service import get_initiative, get_wave
from app.responses.pages.rehearsal import Rehearsal, rehearse

if TYPE_CHECKING:
    from app.web.forms import Form

TRY: Final = ONE + "/try"
router = APIRouter()


@router.get(TRY)
def show_try(wave_id: str, request: Request, session: SessionDep, staff: FieldworkDep) -> Response:
    return _try(wave_id, request, session, staff, {})


@router.post(TRY)
def post_try(
    wave_id: str, request: Request, session: SessionDep, staff: FieldworkDep, form: FormDep
) -> Response:
    return _try(wave_id, request, session, staff, form, is_sent=True)


def _try(
    wave_id: str,
    request: Request,
    session: SessionDep,
    staff: FieldworkDep,
    form: Form,
    *,
    is_sent: bool = False,
) -> Response:
    wave = get_wave(session, staff.agency_id, wave_id)
    collector = rehearsal_of(session, staff.agency_id, wave_id)
    outcome = rehearse(
        request, collector, form, tried_from=ONE.format(wave_id=wave_id), is_sent=is_sent
    )
    if not isinstance(outcome, Rehearsal):
        return outcome
    return told(
        request,
        "tried.html",
        signed_in=staff,
        wave=wave,
        initiative=get_initiative(session, staff.agency_id, wave.initiative_id),
        rehearsal=outcome,
    )
