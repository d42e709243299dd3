"""Staff ask to see two waves by one background question or two."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from app.accounts.audit import note_act
from app.accounts.pages.doors import FormDep, see_other, typed
from app.console.doors import ReaderDep
from app.console.reports.listing import OF_INITIATIVE, show_listing
from app.db import SessionDep
from app.errors import AppError
from app.reports.breakdowns.asking import request_breakdown

router = APIRouter()


@router.post(OF_INITIATIVE + "/breakdowns")
def post_breakdown(
    initiative_id: str, request: Request, session: SessionDep, reader: ReaderDep, form: FormDep
) -> Response:
    of = [name for name in (typed(form, "by"), typed(form, "and_by")) if name]
    try:
        report_id = request_breakdown(
            session, reader.agency_id, typed(form, "before"), typed(form, "after"), of
        )
    except AppError as refused:
        return show_listing(request, session, reader, initiative_id, refused)
    note_act(session, reader.agency_id, reader.staff_id, "ask for breakdown", report_id, {"by": of})
    return see_other(OF_INITIATIVE.format(initiative_id=initiative_id))
