"""The ways in to a wave, and the codes of cards."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Path
from starlette.requests import Request
from starlette.responses import Response

from app.api.callers import CallerDep, asks
from app.api.creating import CreatingDep, deleted, note
from app.api.paging import Listed, PagingDep
from app.api.shapes.waves import (
    CardShown,
    CodesShown,
    CollectorShown,
    LinksShown,
    NewCodes,
    NewCollector,
)
from app.api.shapes.words import Id, PublicId
from app.api.showing import shown_collector
from app.collectors.cards import Batch, make_cards
from app.collectors.each import add_link_for_each
from app.collectors.service import (
    collectors_of_wave,
    create_collector,
    line_of,
    open_in_language,
    own_collector,
)
from app.collectors.stopping import resume_collector, stop_collector
from app.db import SessionDep
from app.deletion.service import delete_way_in
from app.initiatives.service import get_wave
from app.privacy.codes import CodeTags
from app.privacy.identifiers import AGENCY_KEY_LENGTH
from app.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Mapping

router = APIRouter(tags=["Waves"])
WaveId = Annotated[Id, Path(examples=["7hx1c5s9ra"])]
CollectorId = Annotated[PublicId, Path(examples=["r1v3rs4w2kq0n8zc"])]


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
        if new.language is not None:
            open_in_language(creating.session, made, new.language)
        creating.note("add collector", made.id)
        return shown_collector(_site(request), line_of(made))

    return creating.once(create)


@router.post(
    "/waves/{wave_id}/links",
    status_code=201,
    response_model=LinksShown,
    **asks("run_waves", 404, 409, 413, 422),
)
def add_links_for_each(wave_id: WaveId, request: Request, creating: CreatingDep) -> Response:
    """A link for each area and language that has none, so that fieldwork tells who is missing."""

    def name(area: Mapping[str, str], language: str) -> str:
        return f"{area.get('en') or next(iter(area.values()))}, {language}"

    def create() -> LinksShown:
        session, agency_id = creating.session, creating.caller.agency_id
        get_wave(session, agency_id, wave_id)
        made = add_link_for_each(session, agency_id, wave_id, name)
        creating.note("add collectors", wave_id, {"collectors": len(made)})
        return LinksShown(links=[shown_collector(_site(request), line_of(one)) for one in made])

    return creating.once(create)


@router.get("/collectors/{public_id}", **asks("see_fieldwork", 404))
def read_a_collector(
    public_id: CollectorId, request: Request, session: SessionDep, caller: CallerDep
) -> CollectorShown:
    """One way in."""
    return shown_collector(
        _site(request), line_of(own_collector(session, caller.agency_id, public_id))
    )


@router.delete("/collectors/{public_id}", status_code=204, **asks("run_waves", 404, 409))
def delete_a_collector(public_id: CollectorId, session: SessionDep, caller: CallerDep) -> None:
    """Delete a way in while its wave is a draft. Later nothing tells whether anyone used it."""
    collector_id = own_collector(session, caller.agency_id, public_id).id
    deletion = delete_way_in(session, caller.agency_id, collector_id)
    deleted(session, caller, "delete collector", collector_id, deletion)


@router.post("/collectors/{public_id}/stop", **asks("run_waves", 404, 409))
def stop_a_collector(
    public_id: CollectorId, request: Request, session: SessionDep, caller: CallerDep
) -> CollectorShown:
    """Ask nobody by it any more, while the wave goes on. What waits on phones is refused."""
    if stop_collector(session, caller.agency_id, public_id):
        note(session, caller, "stop collector", public_id[AGENCY_KEY_LENGTH:])
    return read_a_collector(public_id, request, session, caller)


@router.post("/collectors/{public_id}/resume", **asks("run_waves", 404, 409))
def resume_a_collector(
    public_id: CollectorId, request: Request, session: SessionDep, caller: CallerDep
) -> CollectorShown:
    """Let a way in that was stopped go on. Safe to repeat, as stopping is."""
    if resume_collector(session, caller.agency_id, public_id):
        note(session, caller, "resume collector", public_id[AGENCY_KEY_LENGTH:])
    return read_a_collector(public_id, request, session, caller)


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
