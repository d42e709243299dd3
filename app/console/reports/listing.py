"""Reports of an initiative: those there are, and asking for another."""

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
from app.errors import AppError
from app.initiatives.service import get_initiative, list_waves
from app.initiatives.wave import HOLDS_RESPONSES
from app.jobs.service import standings_of_kind
from app.reports.breakdowns.asking import MOST_ASKED, questions_to_ask_by
from app.reports.service import JOB, reports_of_initiative, request_report

OF_INITIATIVE: Final = "/staff/initiatives/{initiative_id}/reports"
router = APIRouter()


@router.get(OF_INITIATIVE)
def show_reports(
    initiative_id: str, request: Request, session: SessionDep, reader: ReaderDep
) -> Response:
    return show_listing(request, session, reader, initiative_id)


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
        return show_listing(request, session, publisher, initiative_id, refused)
    note_act(session, publisher.agency_id, publisher.staff_id, "ask for report", report_id)
    return see_other(OF_INITIATIVE.format(initiative_id=initiative_id))


def show_listing(
    request: Request,
    session: SessionDep,
    staff: SignedIn,
    initiative_id: str,
    refused: AppError | None = None,
) -> Response:
    waves = list_waves(session, staff.agency_id, initiative_id)
    own = {wave.id for wave in waves}
    counted = [wave for wave in waves if wave.state in HOLDS_RESPONSES]
    has_pair = len(counted) > 1
    return pages.page(
        request,
        "reports.html",
        signed_in=staff,
        initiative=get_initiative(session, staff.agency_id, initiative_id),
        reports=reports_of_initiative(session, staff.agency_id, initiative_id),
        counted=counted,
        questions=questions_to_ask_by(session, counted[0], counted[-1]) if has_pair else [],
        most=MOST_ASKED,
        jobs=[
            job
            for job in standings_of_kind(session, staff.agency_id, JOB)
            if job.arguments.get("after_wave_id") in own and job.state != "done"
        ],
        in_reach=in_reach,
        problem=refused,
        status=HTTPStatus.OK if refused is None else refused.status,
    )
