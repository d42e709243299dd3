"""A package for public-records requests: what is in it, and what is not, and why."""

from __future__ import annotations

from typing import Final

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from app.accounts.audit import note_act
from app.console.doors import PublisherDep
from app.console.rendering import pages, told
from app.db import SessionDep
from app.initiatives.service import get_initiative, list_waves
from app.records.service import gather_records, zipped
from app.records.statement import statement_of

ONE: Final = "/staff/initiatives/{initiative_id}/records"
router = APIRouter()


@router.get(ONE)
def show_records(
    initiative_id: str, request: Request, session: SessionDep, publisher: PublisherDep
) -> Response:
    waves = list_waves(session, publisher.agency_id, initiative_id)
    return told(
        request,
        "records.html",
        signed_in=publisher,
        initiative=get_initiative(session, publisher.agency_id, initiative_id),
        files=gather_records(session, publisher.agency_id, initiative_id),
        statement=statement_of(waves, pages.locale_for(request).language),
    )


@router.get(ONE + ".zip")
def take_records(initiative_id: str, session: SessionDep, publisher: PublisherDep) -> Response:
    files = gather_records(session, publisher.agency_id, initiative_id)
    act = "take records package"
    note_act(session, publisher.agency_id, publisher.staff_id, act, initiative_id)
    headers = {"content-disposition": f'attachment; filename="records-{initiative_id}.zip"'}
    return Response(zipped(files), media_type="application/zip", headers=headers)
