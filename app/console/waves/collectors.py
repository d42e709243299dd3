"""The ways in to a wave: links, shared tablets, paper, and cards with codes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, cast

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from app.accounts.audit import note_act
from app.accounts.pages.doors import FormDep, see_other, typed
from app.collectors.cards import (
    USUAL_CAP,
    Batch,
    csv_by_parts,
    make_cards,
    make_many_cards,
    refuse_cards,
)
from app.collectors.each import add_link_for_each
from app.collectors.service import (
    MODES,
    CodedRecruitment,
    CollectorMode,
    create_collector,
    open_in_language,
    own_collector,
)
from app.collectors.stopping import resume_collector, stop_collector
from app.console.doors import RunnerDep
from app.console.rendering import LANGUAGES, in_reach, pages
from app.console.waves.card_sheet import MOST_ON_SHEET, card_sheet
from app.console.waves.pages import ONE, RECRUITMENTS, wave_page
from app.db import SessionDep
from app.errors import AppError, BadInput
from app.initiatives.service import get_wave, list_areas
from app.privacy.codes import CodeTags
from app.settings import Settings
from app.web.forms import whole_number

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from sqlalchemy.orm import Session

    from app.accounts.signing_in import SignedIn
    from app.collectors.tables import Collector
    from app.web.forms import Form

OF_COLLECTOR: Final = "/staff/collectors/{public_id}"
CARDS: Final = OF_COLLECTOR + "/cards"
SHEET: Final = "sheet"  # the cards to print, in place of the list of codes
router = APIRouter()


@router.post(ONE + "/collectors")
def post_collector(
    wave_id: str, request: Request, session: SessionDep, runner: RunnerDep, form: FormDep
) -> Response:
    get_wave(session, runner.agency_id, wave_id)
    try:
        made = _add(session, runner, wave_id, form)
    except AppError as refused:
        return wave_page(request, session, runner, wave_id, refused, form)
    note_act(session, runner.agency_id, runner.staff_id, "add collector", made.id)
    return see_other(ONE.format(wave_id=wave_id) + "#collectors")


@router.post(ONE + "/collectors/each")
def post_one_for_each(
    wave_id: str, request: Request, session: SessionDep, runner: RunnerDep
) -> Response:
    """A link for every area and language that has none yet."""
    spoken = pages.locale_for(request).language

    def name(area: Mapping[str, str], language: str) -> str:
        return f"{in_reach(area, spoken)}, {LANGUAGES.get(language, language)}"

    get_wave(session, runner.agency_id, wave_id)
    try:
        made = add_link_for_each(session, runner.agency_id, wave_id, name)
    except AppError as refused:
        return wave_page(request, session, runner, wave_id, refused)
    facts = {"collectors": len(made)}
    note_act(session, runner.agency_id, runner.staff_id, "add collectors", wave_id, facts)
    return see_other(ONE.format(wave_id=wave_id) + "#collectors")


@router.post(OF_COLLECTOR + "/stop")
def post_stop(public_id: str, request: Request, session: SessionDep, runner: RunnerDep) -> Response:
    return _moved(request, session, runner, public_id, stop_collector, "stop collector")


@router.post(OF_COLLECTOR + "/resume")
def post_resume(
    public_id: str, request: Request, session: SessionDep, runner: RunnerDep
) -> Response:
    return _moved(request, session, runner, public_id, resume_collector, "resume collector")


def _moved(
    request: Request,
    session: Session,
    runner: SignedIn,
    public_id: str,
    move: Callable[[Session, str, str], bool],
    act: str,
) -> Response:
    collector = own_collector(session, runner.agency_id, public_id)
    try:
        is_moved = move(session, runner.agency_id, public_id)
    except AppError as refused:
        return wave_page(request, session, runner, collector.wave_id, refused)
    if is_moved:
        note_act(session, runner.agency_id, runner.staff_id, act, collector.id)
    return see_other(ONE.format(wave_id=collector.wave_id) + "#collectors")


@router.post(CARDS)
def post_cards(
    public_id: str, request: Request, session: SessionDep, runner: RunnerDep, form: FormDep
) -> Response:
    """New codes, told this once: the reply is the file, and only their keyed hashes are kept.

    A list is made while it is sent, when this transaction has ended.
    """
    collector = own_collector(session, runner.agency_id, public_id)
    settings: Settings = request.app.state.settings
    wave = get_wave(session, runner.agency_id, collector.wave_id)
    areas = list_areas(session, runner.agency_id, wave.initiative_id)
    area = next((in_reach(a.name, "en") for a in areas if a.code == collector.area_code), "")
    batch = _batch(form)
    try:
        if SHEET in form and batch.codes + batch.tests > MOST_ON_SHEET:
            raise BadInput("collectors.many_cards", most=MOST_ON_SHEET)
        refuse_cards(session, collector, batch)
    except AppError as refused:
        return wave_page(request, session, runner, collector.wave_id, refused, form)
    facts = {"cards": batch.codes + batch.tests}
    note_act(session, runner.agency_id, runner.staff_id, "make codes", collector.id, facts)
    tags, site = CodeTags(request.app.state.web_keys), settings.base_url
    if SHEET in form:
        cards = make_cards(session, tags, collector, batch, base_url=site)
        return card_sheet(request, session, runner, public_id, cards)
    parts = make_many_cards(request.app.state.database, tags, public_id, batch, base_url=site)
    return StreamingResponse(
        csv_by_parts(parts, label=collector.label, area=area),
        headers={
            "content-type": "text/csv; charset=utf-8",
            "content-disposition": f'attachment; filename="codes-{collector.id}.csv"',
        },
    )


def _add(session: Session, runner: SignedIn, wave_id: str, form: Form) -> Collector:
    language = typed(form, "language")
    made = create_collector(
        session,
        runner.agency_id,
        wave_id,
        label=typed(form, "label"),
        area_code=whole_number(typed(form, "area")),
        mode=_mode(typed(form, "mode")),
        recruitment=_recruitment(typed(form, "recruitment")),
    )
    if language:
        open_in_language(session, made, language)
    return made


def _mode(wanted: str) -> CollectorMode:
    return next((mode for mode in MODES if mode == wanted), MODES[0])


def _recruitment(wanted: str) -> CodedRecruitment | None:
    return cast("CodedRecruitment", wanted) if wanted in RECRUITMENTS[1:] else None


def _batch(form: Form) -> Batch:
    return Batch(
        codes=_number(form, "codes", 0),
        tests=_number(form, "tests", 0),
        cap=_number(form, "cap", USUAL_CAP),
    )


def _number(form: Form, name: str, usual: int) -> int:
    number = whole_number(typed(form, name))
    return usual if number is None else number
