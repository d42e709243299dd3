"""Waves from their draft to their count."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Path
from starlette.responses import Response

from app.api.callers import CallerDep, asks
from app.api.creating import CreatingDep, deleted, note
from app.api.paging import Listed, PagingDep
from app.api.shapes.waves import CallOff, Closing, NewWave, Opening, WaveCopy, WaveShown
from app.api.shapes.words import Id
from app.api.showing import shown_wave
from app.collectors.copying import copy_wave
from app.db import SessionDep
from app.deletion.service import delete_wave
from app.errors import BadInput
from app.initiatives.fielding import (
    call_off_closing,
    call_off_opening,
    close_wave,
    request_closing,
    request_opening,
)
from app.initiatives.planning.readiness import refuse_unready
from app.initiatives.service import create_wave, get_initiative, get_wave, list_waves
from app.instruments.library import find_in_library

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from app.instruments.model import Instrument

router = APIRouter(tags=["Waves"])
WaveId = Annotated[Id, Path(examples=["7hx1c5s9ra"])]
InitiativeId = Annotated[Id, Path(examples=["4w2kq0n8zc"])]


@router.get("/initiatives/{initiative_id}/waves", **asks("see_fieldwork", 404, 422))
def list_the_waves(
    initiative_id: InitiativeId, session: SessionDep, caller: CallerDep, paging: PagingDep
) -> Listed[WaveShown]:
    """The waves of an initiative, in the order of their fielding."""
    get_initiative(session, caller.agency_id, initiative_id)
    return paging.page(
        list_waves(session, caller.agency_id, initiative_id),
        lambda row: (row.position,),
        lambda row: shown_wave(session, row),
    )


@router.post(
    "/initiatives/{initiative_id}/waves",
    status_code=201,
    response_model=WaveShown,
    **asks("set_up_initiatives", 404, 409, 413, 422),
)
def create_a_wave(initiative_id: InitiativeId, new: NewWave, creating: CreatingDep) -> Response:
    """Create a wave in draft, with a questionnaire frozen as it is now."""

    def create() -> WaveShown:
        session, agency_id = creating.session, creating.caller.agency_id
        instrument = _chosen(session, agency_id, new.instrument)
        made = create_wave(
            session,
            agency_id,
            initiative_id,
            kind=new.kind,
            label=new.label,
            languages=new.languages,
            instrument=instrument,
        )
        creating.note("create wave", made.id)
        return shown_wave(session, made)

    return creating.once(create)


@router.get("/waves/{wave_id}", **asks("see_fieldwork", 404))
def read_a_wave(wave_id: WaveId, session: SessionDep, caller: CallerDep) -> WaveShown:
    """One wave, with what the worker was asked to do for it."""
    return shown_wave(session, get_wave(session, caller.agency_id, wave_id))


@router.delete("/waves/{wave_id}", status_code=204, **asks("set_up_initiatives", 404, 409))
def delete_a_wave(wave_id: WaveId, session: SessionDep, caller: CallerDep) -> None:
    """Delete a draft with its ways in and codes. A wave that was opened is never deleted."""
    deleted(
        session, caller, "delete wave", wave_id, delete_wave(session, caller.agency_id, wave_id)
    )


@router.post("/waves/{wave_id}/opening", status_code=202, **asks("run_waves", 404, 409, 413, 422))
def open_a_wave(
    wave_id: WaveId, opening: Opening, session: SessionDep, caller: CallerDep
) -> WaveShown:
    """Ask the worker to open a wave. Its key is made; read the wave until the job is done."""
    if opening.opens_at is None:
        refuse_unready(
            session,
            get_wave(session, caller.agency_id, wave_id),
            accept_default_plan=opening.accept_default_plan,
            draft_decision=opening.draft_decision,
        )
    request_opening(
        session,
        caller.agency_id,
        wave_id,
        accept_default_plan=opening.accept_default_plan,
        draft_decision=opening.draft_decision,
        at=opening.opens_at,
    )
    note(session, caller, "open wave", wave_id)
    return shown_wave(session, get_wave(session, caller.agency_id, wave_id))


@router.post("/waves/{wave_id}/closing", status_code=202, **asks("run_waves", 404, 409, 413, 422))
def close_a_wave(
    wave_id: WaveId, closing: Closing, session: SessionDep, caller: CallerDep
) -> WaveShown:
    """Ask nobody new. After the grace the worker counts the wave and destroys its key."""
    grace, at = timedelta(hours=closing.grace_hours), closing.closes_at
    if at is None:
        close_wave(session, caller.agency_id, wave_id, grace)
    else:
        request_closing(session, caller.agency_id, wave_id, at=at, grace=grace)
    note(session, caller, "close wave" if at is None else "plan closing", wave_id)
    session.flush()
    return shown_wave(session, get_wave(session, caller.agency_id, wave_id))


@router.post("/waves/{wave_id}/call-off", **asks("run_waves", 404, 413))
def call_off_a_plan(
    wave_id: WaveId, dropped: CallOff, session: SessionDep, caller: CallerDep
) -> WaveShown:
    """Drop an opening or a closing that was planned for later. Safe to repeat."""
    take_back = call_off_opening if dropped.what == "opening" else call_off_closing
    if take_back(session, caller.agency_id, wave_id):
        note(session, caller, "call off", wave_id, {"what": dropped.what})
    session.flush()
    return shown_wave(session, get_wave(session, caller.agency_id, wave_id))


@router.post(
    "/waves/{wave_id}/copy",
    status_code=201,
    response_model=WaveShown,
    **asks("set_up_initiatives", 404, 409, 413, 422),
)
def copy_a_wave(wave_id: WaveId, new: WaveCopy, creating: CreatingDep) -> Response:
    """The same wave once more in draft, with its languages and ways in, or corrected."""

    def create() -> WaveShown:
        session, agency_id = creating.session, creating.caller.agency_id
        get_wave(session, agency_id, wave_id)
        chosen = None if new.instrument is None else _chosen(session, agency_id, new.instrument)
        made = copy_wave(
            session, agency_id, wave_id, kind=new.kind, label=new.label, instrument=chosen
        )
        creating.note("copy wave", made.id, {"of": wave_id})
        return shown_wave(session, made)

    return creating.once(create)


def _chosen(session: Session, agency_id: str, name: str) -> Instrument:
    instrument = find_in_library(session, agency_id, name)
    if instrument is None:
        raise BadInput("api.no_questionnaire")
    return instrument
