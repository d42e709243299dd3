"""One wave: its state and what may happen next, its ways in, copying it."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from app import clock
from app.accounts.audit import note_act
from app.accounts.pages.doors import FormDep, see_other, typed
from app.collectors.copying import copy_wave
from app.collectors.each import lacking_links
from app.collectors.service import MODES, collectors_of_wave
from app.console.doors import AuthorDep, FieldworkDep
from app.console.rendering import in_reach, pages, texts_of, told
from app.db import SessionDep
from app.errors import AppError, BadInput
from app.exports.service import KeptDownload, kept_downloads
from app.initiatives.planning.first_day import wrong_side
from app.initiatives.planning.readiness import gaps_of, lacks_plan
from app.initiatives.service import draft_languages, get_initiative, get_wave, list_areas
from app.initiatives.wave import LONGEST_GRACE, TAKES_SHEETS, USUAL_GRACE
from app.instruments.library import find_in_library, library
from app.jobs.service import standing_of
from app.responses.service import rounded_intake
from app.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy.orm import Session

    from app.accounts.signing_in import SignedIn
    from app.collectors.service import CollectorLine
    from app.initiatives.tables import Initiative, Wave
    from app.jobs.service import JobStanding
    from app.web.forms import Form

ONE: Final = "/staff/waves/{wave_id}"
JOBS: Final = ("open_wave", "end_fieldwork", "close_wave", "count_wave")
GRACES: Final = tuple(
    grace // timedelta(hours=1) for grace in (USUAL_GRACE, LONGEST_GRACE, timedelta(0))
)
RECRUITMENTS: Final = ("open", "group_code", "single_use_code")
SAME: Final = "same"
router = APIRouter()


@router.get(ONE)
def show_wave(wave_id: str, request: Request, session: SessionDep, staff: FieldworkDep) -> Response:
    return wave_page(request, session, staff, wave_id)


@router.post(ONE + "/copy")
def post_copy(
    wave_id: str, request: Request, session: SessionDep, author: AuthorDep, form: FormDep
) -> Response:
    wanted = typed(form, "instrument") or SAME
    get_wave(session, author.agency_id, wave_id)
    try:
        chosen = None if wanted == SAME else find_in_library(session, author.agency_id, wanted)
        if chosen is None and wanted != SAME:
            raise BadInput("waves.choose_questionnaire")
        made = copy_wave(
            session,
            author.agency_id,
            wave_id,
            kind="baseline" if typed(form, "kind") == "baseline" else "follow_up",
            label=texts_of(form, "copy"),
            instrument=chosen,
        )
    except AppError as refused:
        return wave_page(request, session, author, wave_id, refused, form)
    note_act(session, author.agency_id, author.staff_id, "copy wave", made.id, {"of": wave_id})
    return see_other(ONE.format(wave_id=made.id))


def wave_page(
    request: Request,
    session: Session,
    staff: SignedIn,
    wave_id: str,
    refused: AppError | None = None,
    typed_in: Form | None = None,
) -> Response:
    settings: Settings = request.app.state.settings
    wave = get_wave(session, staff.agency_id, wave_id)
    jobs = {kind: standing_of(session, staff.agency_id, kind, wave_id) for kind in JOBS}
    now = clock.now()
    planned = {kind: job for kind, job in jobs.items() if job is not None and job.is_planned(now)}
    initiative = get_initiative(session, staff.agency_id, wave.initiative_id)
    language = pages.locale_for(request).language
    collectors = collectors_of_wave(session, staff.agency_id, wave_id)
    areas = list_areas(session, staff.agency_id, wave.initiative_id)
    return told(
        request,
        "wave.html",
        refused,
        signed_in=staff,
        wave=wave,
        initiative=initiative,
        **_warned_of(session, wave, initiative, planned),
        areas=areas,
        collectors=collectors,
        lacks_links=bool(lacking_links(wave, areas, collectors)),
        prints=_prints(session, wave, collectors),
        takes_sheets=wave.state in TAKES_SHEETS,
        answered=rounded_intake(session, staff.agency_id, wave_id),
        jobs=[job for kind, job in jobs.items() if job is not None and kind not in planned],
        planned_opening=planned.get("open_wave"),
        planned_end=planned.get("end_fieldwork"),
        is_waited_for=any(
            job is not None and job.is_waited_for and kind not in planned
            for kind, job in jobs.items()
        ),
        base_url=settings.base_url.rstrip("/"),
        modes=MODES,
        recruitments=RECRUITMENTS,
        graces=GRACES,
        instruments=_instruments(session, staff, language),
        same=SAME,
        typed_in=typed_in or {},
    )


def _warned_of(
    session: Session, wave: Wave, initiative: Initiative, planned: Mapping[str, JobStanding]
) -> dict[str, Any]:
    """What stands in the way of its opening, and what speaks against it."""
    is_draft = wave.state == "draft"
    moments = {kind: job.run_after for kind, job in planned.items()}
    opening, end = moments.get("open_wave", clock.now()), moments.get("end_fieldwork")
    return {
        "drafts": draft_languages(session, wave) if is_draft else [],
        "gaps": gaps_of(session, wave) if is_draft else {},
        "lacks_plan": lacks_plan(session, wave),
        "first_day": wrong_side(wave, initiative, opening, end),
    }


def _instruments(session: Session, staff: SignedIn, language: str) -> list[tuple[str, str, int]]:
    return [
        (entry.name, in_reach(entry.instrument.title, language), entry.instrument.version)
        for entry in library(session, staff.agency_id)
    ]


def _prints(
    session: Session, wave: Wave, collectors: Sequence[CollectorLine]
) -> list[tuple[KeptDownload, str]]:
    """Those that were asked for today, each with the name of its way in."""
    names = {wave.id: "", **{line.collector_id: line.label for line in collectors}}
    return [
        (each, names[each.file.subject])
        for each in kept_downloads(session, wave.agency_id, wave.initiative_id)
        if each.download.is_printed and each.file.subject in names
    ]
