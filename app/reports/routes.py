"""The public page of a report. It reads the released document and nothing else."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import Response

from app.db import Database
from app.reports.page import render_report, report_style
from app.reports.public.routes import router as standing_router
from app.reports.public.routes import withdrawn_reply
from app.reports.publishing.acts import published_report
from app.reports.reading.wording import LANGUAGES
from app.web.languages import choose_language
from app.web.replies import page_reply

router = APIRouter()
router.include_router(standing_router)


@router.get("/r/{public_id}")
def show_report(public_id: str, request: Request) -> Response:
    database: Database = request.app.state.database
    with database.reading() as session:
        report = published_report(session, public_id)
    if report.withdrawn_on is not None:
        return withdrawn_reply(request, report.withdrawn_on, report.withdrawn_because or "")
    return released_reply(request, report.released)


def released_reply(request: Request, released: str) -> Response:
    """The page of a released document, in the language asked for or else the reader's best."""
    wanted = request.query_params.get("lang", "")
    accepted = request.headers.get("accept-language", "")
    language = wanted if wanted in LANGUAGES else choose_language(accepted, LANGUAGES)
    html = render_report(released, language, has_address=True)
    return page_reply(request, html, report_style(), headers={"vary": "accept-language"})
