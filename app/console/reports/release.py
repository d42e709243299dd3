"""One report on its way to the public: look, choose, propose, approve, publish, withdraw."""

from __future__ import annotations

import json
from collections.abc import Callable
from http import HTTPStatus
from typing import Any, Final

from fastapi import APIRouter
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response

from app.accounts.audit import note_act
from app.accounts.pages.doors import FormDep, see_other, typed
from app.accounts.signing_in import SignedIn
from app.accounts.staff import list_staff, others_who_may
from app.console.doors import ApproverDep, ComputedDep, PublisherDep, ReaderDep
from app.console.rendering import in_reach, pages
from app.db import SessionDep
from app.errors import AppError, NotFound
from app.initiatives.service import get_initiative, get_wave
from app.reports.publishing import acts
from app.reports.publishing.life import PublicationLife, reason_of
from app.reports.publishing.parts import PARTS, read_parts, with_parts
from app.reports.reading.checks.fairness import fairness_of
from app.reports.reading.document import column_titles
from app.reports.reading.honesty import withheld_of
from app.reports.reading.wording import read_wording
from app.reports.routes import released_reply
from app.reports.service import computed_of, get_report, key_of
from app.settings import Settings

ONE: Final = "/staff/reports/{public_id}"
router = APIRouter()


@router.get(ONE)
def show_release(
    public_id: str, request: Request, session: SessionDep, reader: ReaderDep
) -> Response:
    return _release(request, session, reader, public_id)


@router.get(ONE + "/preview")
def show_preview(
    public_id: str, request: Request, session: SessionDep, reader: ReaderDep
) -> Response:
    """The same page as the public address will show with these parts: no more, no less."""
    report = get_report(session, *_own(public_id, reader))
    parts = read_parts(request.query_params.getlist("part"))
    chosen = with_parts(json.loads(report.released), parts)
    return released_reply(request, json.dumps(chosen, ensure_ascii=False))


@router.post(ONE + "/proposal")
def post_proposal(
    public_id: str, request: Request, session: SessionDep, publisher: PublisherDep, form: FormDep
) -> Response:
    def propose(agency_id: str, report_id: str) -> object:
        return acts.propose(session, agency_id, report_id, publisher.staff_id, form.get("part", []))

    return _acted(request, session, publisher, public_id, propose)


@router.post(ONE + "/return")
def post_return(
    public_id: str, request: Request, session: SessionDep, approver: ApproverDep
) -> Response:
    def send_back(agency_id: str, report_id: str) -> object:
        return acts.send_back(session, agency_id, report_id, approver.staff_id)

    return _acted(request, session, approver, public_id, send_back)


@router.post(ONE + "/approval")
def post_approval(
    public_id: str, request: Request, session: SessionDep, approver: ApproverDep, form: FormDep
) -> Response:
    """With a statement it is the approval of who is alone; the rules judge whether they are."""

    def approve(agency_id: str, report_id: str) -> object:
        if "statement" in form:
            statement = typed(form, "statement")
            return acts.approve_alone(session, agency_id, report_id, approver.staff_id, statement)
        return acts.approve(session, agency_id, report_id, approver.staff_id)

    return _acted(request, session, approver, public_id, approve)


@router.post(ONE + "/publish")
def post_publication(
    public_id: str, request: Request, session: SessionDep, publisher: PublisherDep
) -> Response:
    def publish(agency_id: str, report_id: str) -> object:
        return acts.publish(session, agency_id, report_id, publisher.staff_id)

    return _acted(request, session, publisher, public_id, publish)


@router.post(ONE + "/withdrawal")
def post_withdrawal(
    public_id: str, request: Request, session: SessionDep, publisher: PublisherDep, form: FormDep
) -> Response:
    def withdraw(agency_id: str, report_id: str) -> object:
        because = typed(form, "because")
        return acts.withdraw(session, agency_id, report_id, publisher.staff_id, because)

    return _acted(request, session, publisher, public_id, withdraw)


@router.post(ONE + "/computed")
def post_computed(
    public_id: str, request: Request, session: SessionDep, analyst: ComputedDep, form: FormDep
) -> Response:
    """Unrounded and unsuppressed, on this screen only; why, and by whom, stands in the log."""
    agency_id, report_id = _own(public_id, analyst)
    report = get_report(session, agency_id, report_id)
    try:
        reason = reason_of(typed(form, "reason"), "unrounded")
        computed = json.loads(computed_of(report))
    except AppError as refused:
        return _release(request, session, analyst, public_id, refused)
    note_act(session, agency_id, analyst.staff_id, "see computed", report_id, {"reason": reason})
    return pages.page(
        request,
        "computed.html",
        signed_in=analyst,
        public_id=public_id,
        computed=computed,
        in_reach=in_reach,
    )


def _acted(
    request: Request,
    session: Session,
    staff: SignedIn,
    public_id: str,
    act: Callable[[str, str], object],
) -> Response:
    """What is refused is told on the same page."""
    own = _own(public_id, staff)
    try:
        act(*own)
    except NotFound:
        raise
    except AppError as refused:
        return _release(request, session, staff, public_id, refused)
    return see_other(ONE.format(public_id=public_id))


def _release(
    request: Request,
    session: Session,
    staff: SignedIn,
    public_id: str,
    refused: AppError | None = None,
) -> Response:
    settings: Settings = request.app.state.settings
    agency_id, report_id = _own(public_id, staff)
    report = get_report(session, agency_id, report_id)
    after = get_wave(session, agency_id, report.after_wave_id)
    life = acts.publication_of(session, agency_id, report_id)
    wording = read_wording(pages.locale_for(request).language)
    released = json.loads(report.released)
    titles = column_titles(released, wording.language)
    return pages.page(
        request,
        "release.html",
        signed_in=staff,
        report=report,
        fair=fairness_of(released, wording),
        withheld=withheld_of(released, titles, wording),
        initiative=get_initiative(session, agency_id, after.initiative_id),
        life=life,
        parts=PARTS,
        names=_names(session, staff, life),
        may=_may(session, staff, life),
        in_reach=in_reach,
        base_url=settings.base_url.rstrip("/"),
        problem=refused,
        status=HTTPStatus.OK if refused is None else refused.status,
    )


def _may(session: Session, staff: SignedIn, life: PublicationLife) -> dict[str, bool]:
    """Which of the forms stand on the page of this person."""
    publishes, approves = staff.may("publish_reports"), staff.may("approve_reports")
    others = others_who_may(session, staff.agency_id, life.proposed_by, "approve_reports")
    is_own = life.proposed_by == staff.staff_id
    return {
        "propose": publishes and life.state == "draft",
        "approve": approves and life.state == "proposed" and not is_own,
        "approve_alone": approves and life.state == "proposed" and is_own and not others,
        "send_back": approves and life.state in {"proposed", "approved"},
        "publish": publishes and life.state == "approved",
        "withdraw": publishes and life.state == "published",
        "see_computed": staff.may("see_computed"),
    }


def _names(session: Session, staff: SignedIn, life: PublicationLife) -> dict[str, str | None]:
    known = {one.id: one.name for one in list_staff(session, staff.agency_id)}
    acted: dict[str, Any] = {"proposed": life.proposed_by, "approved": life.approved_by}
    return {act: known.get(by) if by else None for act, by in acted.items()}


def _own(public_id: str, staff: SignedIn) -> tuple[str, str]:
    """Another agency's report is not there."""
    agency_id, report_id = key_of(public_id)
    if agency_id != staff.agency_id:
        raise NotFound("reports.none_here")
    return agency_id, report_id
