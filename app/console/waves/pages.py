"""One wave: its ways in, how many have answered, opening, closing."""

from __future__ import annotations

from datetime import timedelta
from http import HTTPStatus
from typing import Final

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from app.accounts.audit import note_act
from app.accounts.pages.doors import FormDep, see_other, typed
from app.accounts.signing_in import SignedIn
from app.collectors.service import MODES, CollectorMode, collectors_of_wave, create_collector
from app.console.doors import FieldworkDep, RunnerDep
from app.console.rendering import LANGUAGES, in_reach, pages
from app.db import SessionDep
from app.errors import AppError
from app.initiatives.fielding import close_wave, request_opening
from app.initiatives.service import draft_languages, get_initiative, get_wave, list_areas
from app.initiatives.wave import LONGEST_GRACE, TAKES_SHEETS, USUAL_GRACE
from app.jobs.service import standing_of
from app.responses.service import rounded_intake
from app.settings import Settings

ONE: Final = "/staff/waves/{wave_id}"
JOBS: Final = ("open_wave", "close_wave", "count_wave")
GRACES: Final = tuple(
    grace // timedelta(hours=1) for grace in (USUAL_GRACE, LONGEST_GRACE, timedelta(0))
)
router = APIRouter()


@router.get(ONE)
def show_wave(wave_id: str, request: Request, session: SessionDep, staff: FieldworkDep) -> Response:
    return _wave(request, session, staff, wave_id)


@router.post(ONE + "/collectors")
def post_collector(
    wave_id: str, request: Request, session: SessionDep, runner: RunnerDep, form: FormDep
) -> Response:
    area = typed(form, "area")
    try:
        made = create_collector(
            session,
            runner.agency_id,
            wave_id,
            label=typed(form, "label"),
            area_code=int(area) if area.isdecimal() else None,
            mode=_mode(typed(form, "mode")),
        )
    except AppError as refused:
        return _wave(request, session, runner, wave_id, refused)
    note_act(session, runner.agency_id, runner.staff_id, "add collector", made.id)
    return see_other(ONE.format(wave_id=wave_id))


@router.post(ONE + "/open")
def post_open(
    wave_id: str, request: Request, session: SessionDep, runner: RunnerDep, form: FormDep
) -> Response:
    try:
        request_opening(
            session,
            runner.agency_id,
            wave_id,
            accept_default_plan=bool(form.get("accept_default_plan")),
            draft_decision=typed(form, "draft_decision"),
        )
    except AppError as refused:
        return _wave(request, session, runner, wave_id, refused)
    note_act(session, runner.agency_id, runner.staff_id, "open wave", wave_id)
    return see_other(ONE.format(wave_id=wave_id))


@router.post(ONE + "/close")
def post_close(
    wave_id: str, request: Request, session: SessionDep, runner: RunnerDep, form: FormDep
) -> Response:
    hours = typed(form, "grace")
    try:
        close_wave(
            session,
            runner.agency_id,
            wave_id,
            timedelta(hours=int(hours)) if hours.isdecimal() else USUAL_GRACE,
        )
    except AppError as refused:
        return _wave(request, session, runner, wave_id, refused)
    note_act(session, runner.agency_id, runner.staff_id, "close wave", wave_id)
    return see_other(ONE.format(wave_id=wave_id))


def _mode(wanted: str) -> CollectorMode:
    return next((mode for mode in MODES if mode == wanted), MODES[0])


def _wave(
    request: Request,
    session: SessionDep,
    staff: SignedIn,
    wave_id: str,
    refused: AppError | None = None,
) -> Response:
    settings: Settings = request.app.state.settings
    wave = get_wave(session, staff.agency_id, wave_id)
    jobs = [standing_of(session, staff.agency_id, kind, wave_id) for kind in JOBS]
    return pages.page(
        request,
        "wave.html",
        signed_in=staff,
        wave=wave,
        initiative=get_initiative(session, staff.agency_id, wave.initiative_id),
        drafts=draft_languages(session, wave) if wave.state == "draft" else [],
        areas=list_areas(session, staff.agency_id, wave.initiative_id),
        collectors=collectors_of_wave(session, staff.agency_id, wave_id),
        takes_sheets=wave.state in TAKES_SHEETS,
        answered=rounded_intake(session, staff.agency_id, wave_id),
        jobs=[job for job in jobs if job is not None],
        is_waited_for=any(job is not None and job.is_waited_for for job in jobs),
        base_url=settings.base_url.rstrip("/"),
        modes=MODES,
        graces=GRACES,
        languages=LANGUAGES,
        in_reach=in_reach,
        problem=None if refused is None else refused.message,
        status=HTTPStatus.OK if refused is None else refused.status,
    )
