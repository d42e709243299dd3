"""Who holds the key of a wave, for those who do: made elsewhere, tried, used, destroyed."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any, Final

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from app.accounts.audit import note_act
from app.accounts.pages.doors import FormDep, see_other, typed
from app.accounts.signing_in import SignedIn
from app.console.doors import KeyHolderDep, SentDep
from app.console.rendering import in_reach, pages
from app.db import Database, SessionDep
from app.errors import AppError, BadInput, Conflict
from app.initiatives.custody import (
    challenge_of,
    confirm_copy,
    custody_of,
    entrust_key,
    key_release,
    return_key_to_server,
    take_certificate,
)
from app.initiatives.service import get_initiative, get_wave, list_initiatives, list_waves
from app.jobs.service import standing_of
from app.privacy.partner.key_file import COPIES
from app.responses.custody.service import JOB, arrived_parts, intake_lines, sealed_intake, take_part
from app.web.forms import read_upload

LIST: Final = "/staff/keys"
ONE: Final = LIST + "/{wave_id}"
LONGEST_UPLOAD: Final = 1024 * 1024  # what the proxy that ships lets through as well
router = APIRouter()


@router.get(LIST)
def show_waves(request: Request, session: SessionDep, holder: KeyHolderDep) -> Response:
    waves = [
        (initiative, wave, custody_of(session, holder.agency_id, wave.id))
        for initiative in list_initiatives(session, holder.agency_id)
        for wave in list_waves(session, holder.agency_id, initiative.id)
    ]
    return pages.page(request, "keys.html", signed_in=holder, waves=waves, in_reach=in_reach)


@router.get(ONE)
def show_custody(
    wave_id: str, request: Request, session: SessionDep, holder: KeyHolderDep
) -> Response:
    return _custody(request, session, holder, wave_id)


@router.post(ONE + "/entrust")
def post_key(
    wave_id: str, request: Request, session: SessionDep, holder: KeyHolderDep, form: FormDep
) -> Response:
    def entrust() -> None:
        public_part = typed(form, "public_part")
        name = typed(form, "holder")
        entrust_key(session, holder.agency_id, wave_id, holder=name, public_part=public_part)

    return _done(request, session, holder, wave_id, "entrust key", entrust)


@router.post(ONE + "/return")
def post_return(
    wave_id: str, request: Request, session: SessionDep, holder: KeyHolderDep
) -> Response:
    def give_back() -> None:
        return_key_to_server(session, holder.agency_id, wave_id)

    return _done(request, session, holder, wave_id, "return key to server", give_back)


@router.get(ONE + "/challenge")
def get_challenge(wave_id: str, session: SessionDep, holder: KeyHolderDep) -> Response:
    return _json_file(challenge_of(session, holder.agency_id, wave_id), f"challenge-{wave_id}.json")


@router.post(ONE + "/answer")
def post_answer(
    wave_id: str, request: Request, session: SessionDep, holder: KeyHolderDep, form: FormDep
) -> Response:
    def confirm() -> None:
        confirm_copy(session, holder.agency_id, wave_id, typed(form, "answer"))

    return _done(request, session, holder, wave_id, "confirm copy of key", confirm)


@router.get(ONE + "/intake")
def get_intake(
    wave_id: str, request: Request, session: SessionDep, holder: KeyHolderDep
) -> Response:
    """The sealed sheets. Only the partner's key opens them."""
    database: Database = request.app.state.database
    intake = sealed_intake(session, holder.agency_id, wave_id)
    note_act(session, holder.agency_id, holder.staff_id, "download sealed sheets", wave_id)
    return StreamingResponse(
        intake_lines(database, holder.agency_id, intake),
        media_type="application/octet-stream",
        headers=_named(f"sealed-{wave_id}.rapport"),
    )


@router.post(ONE + "/opened")
def post_opened(
    wave_id: str, request: Request, session: SessionDep, holder: KeyHolderDep, sent: SentDep
) -> Response:
    def take() -> None:
        _, files = read_upload(*sent)
        if "opened" not in files:
            raise BadInput("pages.choose_file")
        take_part(session, holder.agency_id, wave_id, files["opened"].content)

    return _done(request, session, holder, wave_id, "hand in partner's count", take)


@router.get(ONE + "/release")
def get_release(wave_id: str, session: SessionDep, holder: KeyHolderDep) -> Response:
    wave = get_wave(session, holder.agency_id, wave_id)
    custody = custody_of(session, holder.agency_id, wave_id)
    release = None if custody is None else key_release(wave, custody)
    if release is None:
        raise Conflict("custody.key_needed")
    return _json_file(release, f"release-{wave_id}.json")


@router.post(ONE + "/certificate")
def post_certificate(
    wave_id: str, request: Request, session: SessionDep, holder: KeyHolderDep, form: FormDep
) -> Response:
    def take() -> None:
        take_certificate(session, holder.agency_id, wave_id, typed(form, "certificate"))

    return _done(request, session, holder, wave_id, "certify key destroyed", take)


def _done(
    request: Request,
    session: SessionDep,
    holder: SignedIn,
    wave_id: str,
    act: str,
    do: Callable[[], None],
) -> Response:
    """Refusals are told on the page; what was done is in the log of staff actions."""
    try:
        do()
    except AppError as refused:
        return _custody(request, session, holder, wave_id, refused)
    note_act(session, holder.agency_id, holder.staff_id, act, wave_id)
    return see_other(ONE.format(wave_id=wave_id))


def _custody(
    request: Request,
    session: SessionDep,
    holder: SignedIn,
    wave_id: str,
    refused: AppError | None = None,
) -> Response:
    wave = get_wave(session, holder.agency_id, wave_id)
    custody = custody_of(session, holder.agency_id, wave_id)
    return pages.page(
        request,
        "custody.html",
        signed_in=holder,
        wave=wave,
        initiative=get_initiative(session, holder.agency_id, wave.initiative_id),
        custody=custody,
        copies=COPIES,
        release=None if custody is None else key_release(wave, custody),
        parts=arrived_parts(session, holder.agency_id, wave_id),
        job=standing_of(session, holder.agency_id, JOB, wave_id),
        in_reach=in_reach,
        problem=refused,
        status=HTTPStatus.OK if refused is None else refused.status,
    )


def _json_file(document: Mapping[str, Any], name: str) -> Response:
    content = json.dumps(document, indent=1) + "\n"
    return Response(content, media_type="application/json", headers=_named(name))


def _named(name: str) -> dict[str, str]:
    return {"content-disposition": f'attachment; filename="{name}"', "cache-control": "no-store"}
