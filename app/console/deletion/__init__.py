"""Deleting what was set up by mistake: what goes with it, what forbids it, and a last question."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus
from typing import TYPE_CHECKING, Final, NamedTuple

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from app.accounts.audit import note_act
from app.accounts.pages.doors import HOME, see_other
from app.collectors.service import own_collector
from app.console.doors import AuthorDep, RunnerDep
from app.console.rendering import in_reach, told
from app.db import SessionDep
from app.deletion import service
from app.deletion.held import Deletion, StillHeld
from app.initiatives.service import get_wave
from app.instruments.library import get_entry

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from app.accounts.signing_in import SignedIn

INITIATIVE: Final = "/staff/initiatives/{initiative_id}"
AREA: Final = INITIATIVE + "/areas/{code}"
WAVE: Final = "/staff/waves/{wave_id}"
WAY_IN: Final = "/staff/collectors/{public_id}"
INSTRUMENTS: Final = "/staff/instruments"
INSTRUMENT: Final = INSTRUMENTS + "/{name}"
DELETE: Final = "/delete"
router = APIRouter()


class Thing(NamedTuple):
    """What may be deleted. `page` is where it stands now, `after` where it stood."""

    kind: str
    subject: str
    page: str
    after: str


@router.get(INITIATIVE + DELETE)
def ask_about_initiative(
    initiative_id: str, request: Request, session: SessionDep, author: AuthorDep
) -> Response:
    deletion = service.deletion_of_initiative(session, author.agency_id, initiative_id)
    return _page(request, author, _initiative(initiative_id), deletion)


@router.post(INITIATIVE + DELETE)
def post_initiative_deletion(
    initiative_id: str, request: Request, session: SessionDep, author: AuthorDep
) -> Response:
    def delete() -> Deletion:
        return service.delete_initiative(session, author.agency_id, initiative_id)

    return _deleted(request, session, author, _initiative(initiative_id), delete)


@router.get(AREA + DELETE)
def ask_about_area(
    initiative_id: str, code: int, request: Request, session: SessionDep, author: AuthorDep
) -> Response:
    deletion = service.deletion_of_area(session, author.agency_id, initiative_id, code)
    return _page(request, author, _area(initiative_id), deletion)


@router.post(AREA + DELETE)
def post_area_deletion(
    initiative_id: str, code: int, request: Request, session: SessionDep, author: AuthorDep
) -> Response:
    def delete() -> Deletion:
        return service.delete_area(session, author.agency_id, initiative_id, code)

    return _deleted(request, session, author, _area(initiative_id), delete)


@router.get(WAVE + DELETE)
def ask_about_wave(
    wave_id: str, request: Request, session: SessionDep, author: AuthorDep
) -> Response:
    deletion = service.deletion_of_wave(session, author.agency_id, wave_id)
    return _page(request, author, _wave(session, author, wave_id), deletion)


@router.post(WAVE + DELETE)
def post_wave_deletion(
    wave_id: str, request: Request, session: SessionDep, author: AuthorDep
) -> Response:
    def delete() -> Deletion:
        return service.delete_wave(session, author.agency_id, wave_id)

    return _deleted(request, session, author, _wave(session, author, wave_id), delete)


@router.get(WAY_IN + DELETE)
def ask_about_way_in(
    public_id: str, request: Request, session: SessionDep, runner: RunnerDep
) -> Response:
    thing = _way_in(session, runner, public_id)
    deletion = service.deletion_of_way_in(session, runner.agency_id, thing.subject)
    return _page(request, runner, thing, deletion)


@router.post(WAY_IN + DELETE)
def post_way_in_deletion(
    public_id: str, request: Request, session: SessionDep, runner: RunnerDep
) -> Response:
    thing = _way_in(session, runner, public_id)

    def delete() -> Deletion:
        return service.delete_way_in(session, runner.agency_id, thing.subject)

    return _deleted(request, session, runner, thing, delete)


@router.get(INSTRUMENT + DELETE)
def ask_about_instrument(
    name: str, request: Request, session: SessionDep, author: AuthorDep
) -> Response:
    thing = _instrument(session, author, name)
    deletion = service.deletion_of_instrument(session, author.agency_id, thing.subject)
    return _page(request, author, thing, deletion)


@router.post(INSTRUMENT + DELETE)
def post_instrument_deletion(
    name: str, request: Request, session: SessionDep, author: AuthorDep
) -> Response:
    thing = _instrument(session, author, name)

    def delete() -> Deletion:
        return service.delete_instrument(session, author.agency_id, thing.subject)

    return _deleted(request, session, author, thing, delete)


def _initiative(initiative_id: str) -> Thing:
    page = INITIATIVE.format(initiative_id=initiative_id)
    return Thing("initiative", initiative_id, page, HOME)


def _area(initiative_id: str) -> Thing:
    page = INITIATIVE.format(initiative_id=initiative_id) + "#areas"
    return Thing("area", initiative_id, page, page)


def _wave(session: Session, author: SignedIn, wave_id: str) -> Thing:
    wave = get_wave(session, author.agency_id, wave_id)
    after = INITIATIVE.format(initiative_id=wave.initiative_id) + "#waves"
    return Thing("wave", wave_id, WAVE.format(wave_id=wave_id), after)


def _way_in(session: Session, runner: SignedIn, public_id: str) -> Thing:
    collector = own_collector(session, runner.agency_id, public_id)
    page = WAVE.format(wave_id=collector.wave_id) + "#collectors"
    return Thing("collector", collector.id, page, page)


def _instrument(session: Session, author: SignedIn, name: str) -> Thing:
    content_hash = get_entry(session, author.agency_id, name).content_hash
    return Thing("instrument", content_hash, INSTRUMENT.format(name=name), INSTRUMENTS)


def _page(
    request: Request,
    staff: SignedIn,
    thing: Thing,
    deletion: Deletion,
    refused: StillHeld | None = None,
) -> Response:
    answer = told(request, "deletion.html", signed_in=staff, thing=thing, deletion=deletion)
    if refused is not None:
        answer.status_code = HTTPStatus.CONFLICT
    return answer


def _deleted(
    request: Request,
    session: Session,
    staff: SignedIn,
    thing: Thing,
    delete: Callable[[], Deletion],
) -> Response:
    """What was refused is told on the page that asks: it names the reasons."""
    try:
        deletion = delete()
    except StillHeld as refused:
        return _page(request, staff, thing, refused.deletion, refused)
    facts = {"name": in_reach(deletion.name, "en")}
    note_act(session, staff.agency_id, staff.staff_id, f"delete {thing.kind}", thing.subject, facts)
    return see_other(thing.after)
