"""Reports of an initiative: asked for, looked at, published."""

from __future__ import annotations

from http import HTTPStatus
from typing import Final

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from app.accounts.audit import note_act
from app.accounts.pages.doors import FormDep, see_other, typed
from app.accounts.signing_in import SignedIn
from app.console.doors import PublisherDep, ReaderDep
from app.console.rendering import in_reach, pages
from app.db import SessionDep
from app.errors import AppError, Conflict, NotFound
from app.initiatives.service import get_initiative, list_waves
from app.initiatives.wave import HOLDS_RESPONSES
from app.jobs.service import standings_of_kind
from app.reports.routes import released_reply
from app.reports.service import (
    JOB,
    get_report,
    key_of,
    publish_report,
    reports_of_initiative,
    request_report,
)

OF_INITIATIVE: Final = "/staff/initiatives/{initiative_id}/reports"
ONE: Final = "/staff/reports/{public_id}"
router = APIRouter()


@router.get(OF_INITIATIVE)
def show_reports(
    initiative_id: str, request: Request, session: SessionDep, reader: ReaderDep
) -> Response:
    return _reports(request, session, reader, initiative_id)


@router.post(OF_INITIATIVE)
def post_report(
    initiative_id: str,
    request: Request,
    session: SessionDep,
    publisher: PublisherDep,
    form: FormDep,
) -> Response:
    try:
        report_id = request_report(
            session,
            publisher.agency_id,
            before_wave_id=typed(form, "before"),
            after_wave_id=typed(form, "after"),
        )
    except AppError as refused:
        return _reports(request, session, publisher, initiative_id, refused)
    note_act(session, publisher.agency_id, publisher.staff_id, "ask for report", report_id)
    return see_other(OF_INITIATIVE.format(initiative_id=initiative_id))


@router.get(ONE)
def show_unpublished(
    public_id: str, request: Request, session: SessionDep, reader: ReaderDep
) -> Response:
    """The same released document that the public address will show: nothing more, nothing less."""
    report = get_report(session, *_own(public_id, reader))
    return released_reply(request, report.released)


@router.post(ONE + "/publish")
def post_publication(
    public_id: str, request: Request, session: SessionDep, publisher: PublisherDep, form: FormDep
) -> Response:
    agency_id, report_id = _own(public_id, publisher)
    initiative_id = typed(form, "initiative")
    try:
        publish_report(session, agency_id, report_id)
    except Conflict as refused:
        return _reports(request, session, publisher, initiative_id, refused)
    note_act(session, publisher.agency_id, publisher.staff_id, "publish report", report_id)
    return see_other(OF_INITIATIVE.format(initiative_id=initiative_id))


def _reports(
    request: Request,
    session: SessionDep,
    staff: SignedIn,
    initiative_id: str,
    refused: AppError | None = None,
) -> Response:
    waves = list_waves(session, staff.agency_id, initiative_id)
    own = {wave.id for wave in waves}
    return pages.page(
        request,
        "reports.html",
        signed_in=staff,
        initiative=get_initiative(session, staff.agency_id, initiative_id),
        reports=reports_of_initiative(session, staff.agency_id, initiative_id),
        counted=[wave for wave in waves if wave.state in HOLDS_RESPONSES],
        jobs=[
            job
            for job in standings_of_kind(session, staff.agency_id, JOB)
            if job.arguments.get("after_wave_id") in own and job.state != "done"
        ],
        in_reach=in_reach,
        problem=None if refused is None else refused.message,
        status=HTTPStatus.OK if refused is None else refused.status,
    )


def _own(public_id: str, staff: SignedIn) -> tuple[str, str]:
    """Another agency's report is not there."""
    agency_id, report_id = key_of(public_id)
    if agency_id != staff.agency_id:
        raise NotFound("There is no such report.")
    return agency_id, report_id
