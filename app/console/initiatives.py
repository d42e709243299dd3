"""Initiatives: what is to be judged, where, by which plan, in which waves."""

from __future__ import annotations

from http import HTTPStatus
from typing import Final

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from app.accounts.audit import note_act
from app.accounts.pages.doors import HOME, FormDep, InsiderDep, see_other, typed
from app.accounts.signing_in import SignedIn
from app.console.doors import AuthorDep, FieldworkDep
from app.console.plans import outcomes_to_choose, plan_from
from app.console.rendering import LANGUAGES, in_reach, pages, texts_of
from app.db import SessionDep
from app.errors import AppError, BadInput
from app.initiatives.service import (
    AreaRole,
    add_area,
    create_initiative,
    create_wave,
    get_initiative,
    list_areas,
    list_initiatives,
    list_plans,
    list_waves,
    lock_plan,
)
from app.instruments.load.shipped import shipped_instruments
from app.reports.service import reports_of_initiative
from app.web.forms import Form

NOTICE: Final = ("run_by", "paid_by", "complaint", "retention", "result_where")
ONE: Final = "/staff/initiatives/{initiative_id}"
router = APIRouter()


@router.get(HOME)
def show_initiatives(request: Request, session: SessionDep, insider: InsiderDep) -> Response:
    found = list_initiatives(session, insider.agency_id)
    waves = {i.id: list_waves(session, insider.agency_id, i.id) for i in found}
    return pages.page(
        request,
        "initiatives.html",
        signed_in=insider,
        initiatives=found,
        waves=waves,
        in_reach=in_reach,
    )


@router.get("/staff/initiatives/new")
def show_new_initiative(request: Request, author: AuthorDep) -> Response:
    return _form_page(request, author, {})


@router.post("/staff/initiatives/new")
def post_initiative(
    request: Request, session: SessionDep, author: AuthorDep, form: FormDep
) -> Response:
    notice: dict[str, object] = {name: texts_of(form, name) for name in NOTICE}
    notice = {name: texts for name, texts in notice.items() if texts}
    if typed(form, "contact").strip():
        notice["contact"] = typed(form, "contact").strip()
    try:
        made = create_initiative(
            session,
            author.agency_id,
            title=texts_of(form, "title"),
            police_name=texts_of(form, "police_name"),
            notice=notice,
        )
    except BadInput as refused:
        return _form_page(request, author, form, refused)
    note_act(session, author.agency_id, author.staff_id, "create initiative", made.id)
    return see_other(ONE.format(initiative_id=made.id))


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
        return _initiative(request, session, author, initiative_id, refused)
    note_act(session, author.agency_id, author.staff_id, "add area", made.id)
    return see_other(ONE.format(initiative_id=initiative_id))


@router.post(ONE + "/plan")
def post_plan(
    initiative_id: str, request: Request, session: SessionDep, author: AuthorDep, form: FormDep
) -> Response:
    try:
        document = plan_from(form)
        plan = lock_plan(session, author.agency_id, initiative_id, document)
    except AppError as refused:
        return _initiative(request, session, author, initiative_id, refused)
    facts = {"version": plan.version, "hash": plan.content_hash}
    note_act(session, author.agency_id, author.staff_id, "lock plan", initiative_id, facts)
    return see_other(ONE.format(initiative_id=initiative_id))


@router.post(ONE + "/waves")
def post_wave(
    initiative_id: str, request: Request, session: SessionDep, author: AuthorDep, form: FormDep
) -> Response:
    chosen = [i for i in shipped_instruments() if i.id == typed(form, "instrument")]
    try:
        if not chosen:
            raise BadInput("Choose one of the questionnaires.")
        wave = create_wave(
            session,
            author.agency_id,
            initiative_id,
            kind="follow_up" if typed(form, "kind") == "follow_up" else "baseline",
            label=texts_of(form, "label"),
            languages=form.get("languages", []),
            instrument=chosen[0],
        )
    except AppError as refused:
        return _initiative(request, session, author, initiative_id, refused)
    note_act(session, author.agency_id, author.staff_id, "create wave", wave.id)
    return see_other(f"/staff/waves/{wave.id}")


def _form_page(
    request: Request, author: SignedIn, typed_in: Form, refused: AppError | None = None
) -> Response:
    return pages.page(
        request,
        "new_initiative.html",
        signed_in=author,
        languages=LANGUAGES,
        notice=NOTICE,
        typed_in=typed_in,
        problem=None if refused is None else refused.message,
        status=HTTPStatus.OK if refused is None else refused.status,
    )


def _initiative(
    request: Request,
    session: SessionDep,
    staff: SignedIn,
    initiative_id: str,
    refused: AppError | None = None,
) -> Response:
    initiative = get_initiative(session, staff.agency_id, initiative_id)
    plans = list_plans(session, staff.agency_id, initiative_id)
    return pages.page(
        request,
        "initiative.html",
        signed_in=staff,
        initiative=initiative,
        areas=list_areas(session, staff.agency_id, initiative_id),
        waves=list_waves(session, staff.agency_id, initiative_id),
        plan=plans[-1] if plans else None,
        reports=reports_of_initiative(session, staff.agency_id, initiative_id),
        instruments=shipped_instruments(),
        outcomes=outcomes_to_choose(),
        outcome_titles={
            outcome.id: in_reach(outcome.title, pages.locale_for(request).language) or outcome.id
            for outcome in outcomes_to_choose()
        },
        languages=LANGUAGES,
        in_reach=in_reach,
        problem=None if refused is None else refused.message,
        status=HTTPStatus.OK if refused is None else refused.status,
    )
