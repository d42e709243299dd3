"""Waves, their ways in, codes, and how many have answered."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Path
from starlette.requests import Request
from starlette.responses import Response

from app.api.callers import CallerDep, asks
from app.api.creating import CreatingDep, note
from app.api.paging import Listed, PagingDep
from app.api.shapes.waves import (
    CardShown,
    Closing,
    CodesShown,
    CollectorShown,
    FieldworkShown,
    NewCodes,
    NewCollector,
    NewWave,
    Opening,
    WaveShown,
)
from app.api.shapes.words import Id, PublicId
from app.api.showing import shown_collector, shown_wave
from app.collectors.cards import Batch, make_cards
from app.collectors.service import collectors_of_wave, create_collector, line_of, own_collector
from app.db import SessionDep
from app.errors import BadInput
from app.initiatives.fielding import close_wave, request_opening
from app.initiatives.service import create_wave, get_initiative, get_wave, list_waves
from app.instruments.library import find_in_library
from app.privacy.codes import CodeTags
from app.responses.service import rounded_intake
from app.responses.tally import COUNT_STEP, LEAST_TOLD
from app.settings import Settings

router = APIRouter(tags=["Waves"])
WaveId = Annotated[Id, Path(examples=["7hx1c5s9ra"])]
InitiativeId = Annotated[Id, Path(examples=["4w2kq0n8zc"])]
CollectorId = Annotated[PublicId, Path(examples=["r1v3rs4w2kq0n8zc"])]


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
        instrument = find_in_library(session, agency_id, new.instrument)
        if instrument is None:
            raise BadInput("There is no such questionnaire. Take `id` or `content_hash` of a list.")
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


@router.post("/waves/{wave_id}/opening", status_code=202, **asks("run_waves", 404, 409, 413, 422))
def open_a_wave(
    wave_id: WaveId, opening: Opening, session: SessionDep, caller: CallerDep
) -> WaveShown:
    """Ask the worker to open a wave. Its key is made; read the wave until the job is done."""
    request_opening(
        session,
        caller.agency_id,
        wave_id,
        accept_default_plan=opening.accept_default_plan,
        draft_decision=opening.draft_decision,
    )
    note(session, caller, "open wave", wave_id)
    return shown_wave(session, get_wave(session, caller.agency_id, wave_id))


@router.post("/waves/{wave_id}/closing", status_code=202, **asks("run_waves", 404, 409, 413, 422))
def close_a_wave(
    wave_id: WaveId, closing: Closing, session: SessionDep, caller: CallerDep
) -> WaveShown:
    """Ask nobody new. After the grace the worker counts the wave and destroys its key."""
    grace = timedelta(hours=closing.grace_hours)
    wave = close_wave(session, caller.agency_id, wave_id, grace)
    note(session, caller, "close wave", wave_id)
    session.flush()
    return shown_wave(session, wave)


@router.get("/waves/{wave_id}/fieldwork", **asks("see_fieldwork", 404))
def read_the_fieldwork(wave_id: WaveId, session: SessionDep, caller: CallerDep) -> FieldworkShown:
    """How many have answered: to the nearest five, and not told under ten."""
    get_wave(session, caller.agency_id, wave_id)
    return FieldworkShown(
        wave_id=wave_id,
        answered=rounded_intake(session, caller.agency_id, wave_id),
        rounded_to=COUNT_STEP,
        least_told=LEAST_TOLD,
    )


@router.get("/waves/{wave_id}/collectors", **asks("see_fieldwork", 404, 422))
def list_the_collectors(
    wave_id: WaveId, request: Request, session: SessionDep, caller: CallerDep, paging: PagingDep
) -> Listed[CollectorShown]:
    """The ways in to a wave."""
    get_wave(session, caller.agency_id, wave_id)
    return paging.page(
        collectors_of_wave(session, caller.agency_id, wave_id),
        lambda line: (line.public_id,),
        lambda line: shown_collector(_site(request), line),
    )


@router.post(
    "/waves/{wave_id}/collectors",
    status_code=201,
    response_model=CollectorShown,
    **asks("run_waves", 404, 409, 413, 422),
)
def create_a_collector(
    wave_id: WaveId, new: NewCollector, request: Request, creating: CreatingDep
) -> Response:
    """Make a way in: a link for a poster, a tablet, paper; open, or with codes."""

    def create() -> CollectorShown:
        made = create_collector(
            creating.session,
            creating.caller.agency_id,
            wave_id,
            label=new.label,
            area_code=new.area_code,
            mode=new.mode,
            recruitment=new.recruitment,
        )
        creating.note("add collector", made.id)
        return shown_collector(_site(request), line_of(made))

    return creating.once(create)


@router.get("/collectors/{public_id}", **asks("see_fieldwork", 404))
def read_a_collector(
    public_id: CollectorId, request: Request, session: SessionDep, caller: CallerDep
) -> CollectorShown:
    """One way in."""
    return shown_collector(
        _site(request), line_of(own_collector(session, caller.agency_id, public_id))
    )


@router.post(
    "/collectors/{public_id}/codes",
    status_code=201,
    response_model=CodesShown,
    **asks("run_waves", 404, 409, 413, 422),
)
def make_codes(
    public_id: CollectorId, new: NewCodes, request: Request, creating: CreatingDep
) -> Response:
    """Make further codes. They are told here and nowhere else, once."""

    def create() -> CodesShown:
        collector = own_collector(creating.session, creating.caller.agency_id, public_id)
        tags: CodeTags = request.app.state.code_tags
        batch = Batch(new.codes, new.tests, new.cap)
        site = _site(request)
        cards = make_cards(creating.session, tags, collector, batch, base_url=site)
        creating.note("make codes", collector.id, {"codes": new.codes, "tests": new.tests})
        shown = [CardShown.model_validate(card) for card in cards]
        return CodesShown(collector=public_id, cards=shown)

    return creating.once(create)


def _site(request: Request) -> str:
    settings: Settings = request.app.state.settings
    return settings.base_url.rstrip("/")
