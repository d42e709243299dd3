"""Reports: asked for, read as they may leave the building, published."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Path
from starlette.responses import Response

from app.accounts.api_tokens import Caller
from app.api.callers import CallerDep, asks
from app.api.creating import CreatingDep, note
from app.api.paging import Listed, PagingDep
from app.api.shapes.reports import (
    AskedReport,
    NewBreakdown,
    NewReport,
    Proposal,
    PublicationShown,
    QuoteShown,
    ReportLineShown,
    ReportShown,
    Withdrawal,
)
from app.api.shapes.words import Id, PublicId
from app.api.showing import shown_line, shown_publication, shown_report
from app.db import SessionDep
from app.errors import NotFound
from app.initiatives.service import get_initiative, get_wave
from app.reports.breakdowns.asking import request_breakdown
from app.reports.publishing.acts import propose, publication_of, publish, withdraw
from app.reports.service import (
    get_report,
    key_of,
    reports_of_initiative,
    request_report,
)
from app.responses.texts.service import approved_quotes

router = APIRouter(tags=["Reports"])
InitiativeId = Annotated[Id, Path(examples=["4w2kq0n8zc"])]
WaveId = Annotated[Id, Path(examples=["7hx1c5s9ra"])]
ReportId = Annotated[PublicId, Path(examples=["r1v3rs5y7nq2kd9b"])]


@router.get("/initiatives/{initiative_id}/reports", **asks("see_reports", 404, 422))
def list_the_reports(
    initiative_id: InitiativeId, session: SessionDep, caller: CallerDep, paging: PagingDep
) -> Listed[ReportLineShown]:
    """The reports of an initiative, the oldest first."""
    get_initiative(session, caller.agency_id, initiative_id)
    return paging.page(
        reports_of_initiative(session, caller.agency_id, initiative_id),
        lambda line: (line.created_on.isoformat(), line.public_id),
        shown_line,
    )


@router.post(
    "/initiatives/{initiative_id}/reports",
    status_code=202,
    response_model=AskedReport,
    **asks("publish_reports", 404, 409, 413, 422),
)
def ask_for_report(initiative_id: InitiativeId, new: NewReport, creating: CreatingDep) -> Response:
    """Ask the worker to compare two counted waves."""

    def create() -> AskedReport:
        session, agency_id = creating.session, creating.caller.agency_id
        get_initiative(session, agency_id, initiative_id)
        if get_wave(session, agency_id, new.before_wave_id).initiative_id != initiative_id:
            raise NotFound("api.no_wave")
        report_id = request_report(
            session,
            agency_id,
            before_wave_id=new.before_wave_id,
            after_wave_id=new.after_wave_id,
        )
        creating.note("ask for report", report_id)
        return AskedReport(public_id=agency_id + report_id)

    return creating.once(create, HTTPStatus.ACCEPTED)


@router.post(
    "/initiatives/{initiative_id}/breakdowns",
    status_code=202,
    response_model=AskedReport,
    **asks("see_reports", 404, 409, 413, 422),
)
def ask_for_breakdown(
    initiative_id: InitiativeId, new: NewBreakdown, creating: CreatingDep
) -> Response:
    """The same by one background question or two. Few can be asked for: together they tell much."""

    def create() -> AskedReport:
        session, agency_id = creating.session, creating.caller.agency_id
        get_initiative(session, agency_id, initiative_id)
        if get_wave(session, agency_id, new.before_wave_id).initiative_id != initiative_id:
            raise NotFound("api.no_wave")
        waves = new.before_wave_id, new.after_wave_id
        report_id = request_breakdown(session, agency_id, *waves, new.by)
        creating.note("ask for breakdown", report_id, {"by": new.by})
        return AskedReport(public_id=agency_id + report_id)

    return creating.once(create, HTTPStatus.ACCEPTED)


@router.get("/reports/{public_id}", **asks("see_reports", 404))
def read_a_report(public_id: ReportId, session: SessionDep, caller: CallerDep) -> ReportShown:
    """The released document: what is hidden in it is hidden from everyone."""
    return shown_report(get_report(session, *_own(caller, public_id)))


@router.get("/reports/{public_id}/publication", **asks("see_reports", 404))
def read_the_publication(
    public_id: ReportId, session: SessionDep, caller: CallerDep
) -> PublicationShown:
    """How far a report is on its way to the public."""
    agency_id, report_id = _own(caller, public_id)
    get_report(session, agency_id, report_id)
    return shown_publication(public_id, publication_of(session, agency_id, report_id))


@router.post("/reports/{public_id}/proposal", **asks("publish_reports", 404, 409, 413, 422))
def propose_a_publication(
    public_id: ReportId, proposal: Proposal, session: SessionDep, caller: CallerDep
) -> PublicationShown:
    """Choose what is told. A second person then signs in, reads and approves it."""
    key = _own(caller, public_id)
    life = propose(session, *key, caller.staff_id, proposal.parts)
    note(session, caller, "act by program", key[1], {"did": "propose publication"})
    return shown_publication(public_id, life)


@router.post("/reports/{public_id}/publication", **asks("publish_reports", 404, 409))
def publish_a_report(
    public_id: ReportId, session: SessionDep, caller: CallerDep
) -> PublicationShown:
    """Publish what was approved. From now on anyone who has its address can read it."""
    key = _own(caller, public_id)
    life = publish(session, *key, caller.staff_id)
    note(session, caller, "act by program", key[1], {"did": "publish report"})
    return shown_publication(public_id, life)


@router.post("/reports/{public_id}/withdrawal", **asks("publish_reports", 404, 409, 413, 422))
def withdraw_a_report(
    public_id: ReportId, withdrawal: Withdrawal, session: SessionDep, caller: CallerDep
) -> PublicationShown:
    """Take a published report back. Its page says since when and why."""
    key = _own(caller, public_id)
    life = withdraw(session, *key, caller.staff_id, withdrawal.because)
    note(session, caller, "act by program", key[1], {"did": "withdraw report"})
    return shown_publication(public_id, life)


@router.get("/waves/{wave_id}/quotes", **asks("see_reports", 404, 422))
def list_the_quotes(
    wave_id: WaveId, session: SessionDep, caller: CallerDep, paging: PagingDep
) -> Listed[QuoteShown]:
    """Quotes that two reviewers agreed on, in random order."""
    get_wave(session, caller.agency_id, wave_id)
    return paging.page(
        approved_quotes(session, caller.agency_id, [wave_id]),
        lambda quote: (quote.id,),
        QuoteShown.model_validate,
    )


def _own(caller: Caller, public_id: str) -> tuple[str, str]:
    """Another agency's report is not there."""
    agency_id, report_id = key_of(public_id)
    if agency_id != caller.agency_id:
        raise NotFound("api.no_report")
    return agency_id, report_id
