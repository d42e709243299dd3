"""Opening and closing: by hand at once, or at a moment to come."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final, TypedDict
from zoneinfo import ZoneInfo

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from app.accounts.audit import note_act
from app.accounts.pages.doors import FormDep, see_other, typed
from app.console.doors import RunnerDep
from app.console.waves.pages import ONE, wave_page
from app.db import SessionDep
from app.errors import AppError, BadInput
from app.initiatives.fielding import (
    call_off_closing,
    call_off_opening,
    close_wave,
    request_closing,
    request_opening,
)
from app.initiatives.planning.readiness import refuse_unready
from app.initiatives.service import get_initiative, get_wave
from app.initiatives.wave import USUAL_GRACE
from app.web.forms import whole_number

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from app.web.forms import Form

LATER: Final = "later"
router = APIRouter()


class Decided(TypedDict):
    """What has to be decided before a wave opens."""

    accept_default_plan: bool
    draft_decision: str


@router.post(ONE + "/open")
def post_open(
    wave_id: str, request: Request, session: SessionDep, runner: RunnerDep, form: FormDep
) -> Response:
    key = runner.agency_id, wave_id
    decided: Decided = {
        "accept_default_plan": bool(form.get("accept_default_plan")),
        "draft_decision": typed(form, "draft_decision"),
    }
    wave = get_wave(session, *key)
    try:
        at = _moment(session, *key, typed(form, "opens_at"))
        if at is None:
            refuse_unready(session, wave, **decided)
        request_opening(session, *key, **decided, at=at)
    except AppError as refused:
        return wave_page(request, session, runner, wave_id, refused, form)
    note_act(session, runner.agency_id, runner.staff_id, "open wave", wave_id)
    return see_other(ONE.format(wave_id=wave_id))


@router.post(ONE + "/close")
def post_close(
    wave_id: str, request: Request, session: SessionDep, runner: RunnerDep, form: FormDep
) -> Response:
    grace = _grace(form)
    try:
        at = _moment(session, runner.agency_id, wave_id, typed(form, "closes_at"))
        if at is None and LATER in form:
            raise BadInput("waves.choose_moment")
        if at is None:
            close_wave(session, runner.agency_id, wave_id, grace)
        else:
            request_closing(session, runner.agency_id, wave_id, at=at, grace=grace)
    except AppError as refused:
        return wave_page(request, session, runner, wave_id, refused, form)
    act = "close wave" if at is None else "plan closing"
    note_act(session, runner.agency_id, runner.staff_id, act, wave_id)
    if at is None:
        return see_other(ONE.format(wave_id=wave_id) + "/close")
    return see_other(ONE.format(wave_id=wave_id))


@router.post(ONE + "/call-off")
def post_call_off(wave_id: str, session: SessionDep, runner: RunnerDep, form: FormDep) -> Response:
    take_back = call_off_opening if typed(form, "what") == "opening" else call_off_closing
    if take_back(session, runner.agency_id, wave_id):
        facts = {"what": typed(form, "what")}
        note_act(session, runner.agency_id, runner.staff_id, "call off", wave_id, facts)
    return see_other(ONE.format(wave_id=wave_id))


def _grace(form: Form) -> timedelta:
    hours = whole_number(typed(form, "grace"))
    return USUAL_GRACE if hours is None else timedelta(hours=hours)


def _moment(session: Session, agency_id: str, wave_id: str, text: str) -> datetime | None:
    """As a clock on the wall of the initiative shows it; None where nothing was chosen."""
    wave = get_wave(session, agency_id, wave_id)
    if not text.strip():
        return None
    zone = get_initiative(session, agency_id, wave.initiative_id).time_zone
    try:
        local = datetime.fromisoformat(text.strip())
        return local.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)
    except (ValueError, OverflowError) as exc:
        raise BadInput("waves.no_moment", text=text[:30]) from exc
