"""Posters and paper sheets, asked for on the page of the wave and made by the worker."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from app.accounts.audit import note_act
from app.accounts.pages.doors import FormDep, see_other, typed
from app.collectors.service import collectors_of_wave
from app.console.doors import FieldworkDep, WebKeysDep
from app.console.waves.pages import ONE, wave_page
from app.db import SessionDep
from app.errors import AppError, BadInput
from app.exports.service import Asker, Wanted, ask_for
from app.initiatives.service import get_wave

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from app.initiatives.tables import Wave
    from app.web.forms import Form

SIZES: Final = ("a4", "letter")
router = APIRouter()


@router.post(ONE + "/prints")
def post_print(
    wave_id: str,
    request: Request,
    session: SessionDep,
    staff: FieldworkDep,
    form: FormDep,
    keys: WebKeysDep,
) -> Response:
    wave = get_wave(session, staff.agency_id, wave_id)
    asker = Asker(staff.agency_id, staff.staff_id, wave.initiative_id)
    try:
        file = ask_for(session, keys, asker, _wanted(session, wave, form))
    except AppError as refused:
        return wave_page(request, session, staff, wave_id, refused, form)
    facts = {"kind": file.kind, "subject": file.subject}
    note_act(session, staff.agency_id, staff.staff_id, "ask for print", file.id, facts)
    return see_other(ONE.format(wave_id=wave_id) + "#prints")


def _wanted(session: Session, wave: Wave, form: Form) -> Wanted:
    what, _, collector_id = typed(form, "print").partition(":")
    size = typed(form, "size") or SIZES[0]
    if what not in {"poster", "paper", "posters"} or size not in SIZES:
        raise BadInput("printing.choose_print")
    language = typed(form, "print_language") or _opens_in(session, wave, collector_id)
    return Wanted(f"{what}_{size}", collector_id or wave.id, language)


def _opens_in(session: Session, wave: Wave, collector_id: str) -> str:
    lines = collectors_of_wave(session, wave.agency_id, wave.id)
    own = (line.language for line in lines if line.collector_id == collector_id)
    return next(own, None) or wave.languages[0]
