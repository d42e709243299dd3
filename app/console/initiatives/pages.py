"""The list of initiatives, and one of them: its areas, its waves, and what comes next."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from app.accounts.audit import note_act
from app.accounts.pages.doors import HOME, FormDep, InsiderDep, see_other, typed
from app.console.doors import AuthorDep, FieldworkDep
from app.console.initiatives.next_step import next_step
from app.console.rendering import in_reach, pages, texts_of, told, typed_texts
from app.db import SessionDep
from app.errors import AppError, BadInput
from app.initiatives.planning.revisions import area_revision_of
from app.initiatives.service import (
    AreaRole,
    add_area,
    change_area,
    create_wave,
    get_initiative,
    list_areas,
    list_initiatives,
    list_plans,
    list_waves,
)
from app.instruments.library import find_in_library, library
from app.reports.service import reports_of_initiative

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from sqlalchemy.orm import Session

    from app.accounts.signing_in import SignedIn
    from app.initiatives.tables import Initiative
    from app.reports.store import ReportLine
    from app.web.forms import Form

ONE: Final = "/staff/initiatives/{initiative_id}"
router = APIRouter()


@router.get(HOME)
def show_initiatives(request: Request, session: SessionDep, insider: InsiderDep) -> Response:
    found = list_initiatives(session, insider.agency_id)
    waves = {i.id: list_waves(session, insider.agency_id, i.id) for i in found}
    return told(
        request,
        "initiatives.html",
        signed_in=insider,
        initiatives=found,
        waves=waves,
        waiting=list(_waiting(session, insider, found)),
    )


def _waiting(
    session: Session, insider: SignedIn, found: Iterable[Initiative]
) -> Iterator[tuple[Initiative, ReportLine]]:
    """Reports that another person proposed, for whoever may approve them."""
    if insider.may("approve_reports"):
        for initiative in found:
            for report in reports_of_initiative(session, insider.agency_id, initiative.id):
                is_own = report.life.proposed_by == insider.staff_id
                if report.life.state == "proposed" and not is_own:
                    yield initiative, report


@router.get(ONE)
def show_initiative(
    initiative_id: str, request: Request, session: SessionDep, staff: FieldworkDep
) -> Response:
    return _initiative(request, session, staff, initiative_id)


@router.post(ONE + "/areas")
def post_area(
    initiative_id: str, request: Request, session: SessionDep, author: AuthorDep, form: FormDep
) -> Response:
    role: AreaRole = "comparison" if typed(form, "role") == "comparison" else "initiative"
    try:
        made = add_area(
            session, author.agency_id, initiative_id, name=texts_of(form, "name"), role=role
        )
    except AppError as refused:
        return _initiative(request, session, author, initiative_id, refused, form)
    note_act(session, author.agency_id, author.staff_id, "add area", made.id)
    return see_other(ONE.format(initiative_id=initiative_id) + "#areas")


@router.post(ONE + "/areas/{code}")
def post_changed_area(
    initiative_id: str,
    code: int,
    request: Request,
    session: SessionDep,
    author: AuthorDep,
    form: FormDep,
) -> Response:
    role: AreaRole = "comparison" if typed(form, "role") == "comparison" else "initiative"
    key = author.agency_id, initiative_id
    try:
        name, seen = texts_of(form, f"area{code}"), typed(form, "revision") or None
        change_area(session, *key, code, name=name, role=role, seen=seen)
    except AppError as refused:
        return _initiative(request, session, author, initiative_id, refused, form)
    note_act(session, author.agency_id, author.staff_id, "change area", initiative_id)
    return see_other(ONE.format(initiative_id=initiative_id) + "#areas")


@router.post(ONE + "/waves")
def post_wave(
    initiative_id: str, request: Request, session: SessionDep, author: AuthorDep, form: FormDep
) -> Response:
    try:
        chosen = find_in_library(session, author.agency_id, typed(form, "instrument"))
        if chosen is None:
            raise BadInput("waves.choose_questionnaire")
        wave = create_wave(
            session,
            author.agency_id,
            initiative_id,
            kind="follow_up" if typed(form, "kind") == "follow_up" else "baseline",
            label=texts_of(form, "label"),
            languages=form.get("languages", []),
            instrument=chosen,
        )
    except AppError as refused:
        return _initiative(request, session, author, initiative_id, refused, form)
    note_act(session, author.agency_id, author.staff_id, "create wave", wave.id)
    return see_other(f"/staff/waves/{wave.id}")


def _initiative(
    request: Request,
    session: Session,
    staff: SignedIn,
    initiative_id: str,
    refused: AppError | None = None,
    typed_in: Form | None = None,
) -> Response:
    initiative = get_initiative(session, staff.agency_id, initiative_id)
    plans = list_plans(session, staff.agency_id, initiative_id)
    areas = list_areas(session, staff.agency_id, initiative_id)
    waves = list_waves(session, staff.agency_id, initiative_id)
    reports = reports_of_initiative(session, staff.agency_id, initiative_id)
    states = [report.life.state for report in reports]
    language = pages.locale_for(request).language
    return told(
        request,
        "initiative.html",
        refused,
        signed_in=staff,
        initiative=initiative,
        areas=areas,
        waves=waves,
        plan=plans[-1] if plans else None,
        reports=reports,
        next=next_step(initiative_id, areas, waves, plans[-1] if plans else None, states),
        instruments=[
            (entry.name, in_reach(entry.instrument.title, language), entry.instrument.version)
            for entry in library(session, staff.agency_id)
        ],
        typed_in=typed_in or {},
        typed_texts=typed_texts,
        area_revision_of=area_revision_of,
    )
