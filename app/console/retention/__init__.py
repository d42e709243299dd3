"""How long answers are kept: what is due when, and having them erased by two people."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from app.accounts.pages.doors import FormDep, see_other, typed
from app.accounts.signing_in import SignedIn
from app.accounts.staff import list_staff, others_who_may
from app.console.doors import ApproverDep, EraserDep
from app.console.rendering import told
from app.db import SessionDep
from app.errors import AppError, BadInput, NotFound
from app.initiatives.service import get_initiative, list_waves
from app.retention.due import BACKUPS_KEPT
from app.retention.service import (
    Kept,
    agree_alone,
    agree_to_erase,
    ask_to_erase,
    call_off_erasing,
    job_of,
    kept_of,
    schedule,
)

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

LIST: Final = "/staff/retention"
ONE: Final = "/staff/initiatives/{initiative_id}/retention"
router = APIRouter()


@router.get(LIST)
def show_schedule(request: Request, session: SessionDep, approver: ApproverDep) -> Response:
    lines = schedule(session, approver.agency_id)
    return told(request, "retention.html", signed_in=approver, lines=lines)


@router.get(ONE)
def show_erasing(
    initiative_id: str, request: Request, session: SessionDep, approver: ApproverDep
) -> Response:
    return _erasing(request, session, approver, initiative_id)


@router.post(ONE)
def post_wish_to_erase(
    initiative_id: str, request: Request, session: SessionDep, eraser: EraserDep, form: FormDep
) -> Response:
    def ask() -> None:
        initiative = get_initiative(session, eraser.agency_id, initiative_id)
        if typed(form, "title").strip() not in initiative.title.values():
            raise BadInput("retention.other_title")
        reason = typed(form, "reason")
        ask_to_erase(session, eraser.agency_id, initiative_id, eraser.staff_id, reason)

    return _done(request, session, eraser, initiative_id, ask)


@router.post(ONE + "/agreement")
def post_agreement(
    initiative_id: str, request: Request, session: SessionDep, approver: ApproverDep, form: FormDep
) -> Response:
    """With a statement it is the word of who is alone; the rules judge whether they are."""

    def agree() -> None:
        key = approver.agency_id, initiative_id
        if "statement" in form:
            if not approver.may("erase_answers"):
                raise NotFound("accounts.no_page_for_role")
            agree_alone(session, *key, approver.staff_id, typed(form, "statement"))
        else:
            agree_to_erase(session, *key, approver.staff_id)

    return _done(request, session, approver, initiative_id, agree)


@router.post(ONE + "/call-off")
def post_calling_off(
    initiative_id: str, request: Request, session: SessionDep, approver: ApproverDep
) -> Response:
    def call_off() -> None:
        call_off_erasing(session, approver.agency_id, initiative_id, approver.staff_id)

    return _done(request, session, approver, initiative_id, call_off)


def _done(
    request: Request,
    session: Session,
    staff: SignedIn,
    initiative_id: str,
    act: Callable[[], None],
) -> Response:
    """What is refused is told on the same page."""
    get_initiative(session, staff.agency_id, initiative_id)
    try:
        act()
    except AppError as refused:
        return _erasing(request, session, staff, initiative_id, refused)
    return see_other(ONE.format(initiative_id=initiative_id))


def _erasing(
    request: Request,
    session: Session,
    staff: SignedIn,
    initiative_id: str,
    refused: AppError | None = None,
) -> Response:
    kept = kept_of(session, staff.agency_id, initiative_id)
    return told(
        request,
        "erasing.html",
        refused,
        signed_in=staff,
        kept=kept,
        initiative=kept.initiative,
        erasure=kept.erasure,
        waves=list_waves(session, staff.agency_id, initiative_id),
        job=job_of(session, staff.agency_id, initiative_id),
        names={each.id: each.name for each in list_staff(session, staff.agency_id)},
        may=_may(session, staff, kept),
        days=BACKUPS_KEPT.days,
    )


def _may(session: Session, staff: SignedIn, kept: Kept) -> dict[str, bool]:
    """Which of the forms stand on the page of this person."""
    asked = kept.erasure is not None and kept.standing == "asked"
    by = kept.erasure.asked_by if kept.erasure is not None else None
    is_own = by == staff.staff_id
    others = others_who_may(session, staff.agency_id, by, "approve_reports")
    erases = staff.may("erase_answers")
    return {
        "ask": erases and kept.standing in {"due", "later", "unstated"},
        "agree": asked and not is_own,
        "agree_alone": asked and is_own and erases and not others,
        "wait": asked and is_own and others > 0,
        "call_off": asked,
    }
