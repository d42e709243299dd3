"""The address of an initiative's result, known from the first day of its first wave."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from http import HTTPStatus

from fastapi import APIRouter, Request
from starlette.responses import Response

from app.db import Database
from app.reports.public.page import languages_of, public_style, render_standing, render_withdrawn
from app.reports.public.standing import PATH, standing_of
from app.reports.reading.wording import LANGUAGES
from app.web.languages import choose_language
from app.web.replies import page_reply

router = APIRouter()


@router.get(PATH)
def show_standing(public_id: str, request: Request) -> Response:
    database: Database = request.app.state.database
    with database.reading() as session:
        standing = standing_of(session, public_id)
    html = render_standing(standing, _language(request, languages_of(standing)))
    return page_reply(request, html, public_style(), headers={"vary": "accept-language"})


def withdrawn_reply(request: Request, on: date, because: str) -> Response:
    html = render_withdrawn(on, because, _language(request, LANGUAGES))
    headers = {"vary": "accept-language"}
    return page_reply(request, html, public_style(), status=HTTPStatus.GONE, headers=headers)


def _language(request: Request, offered: Sequence[str]) -> str:
    wanted = request.query_params.get("lang", "")
    accepted = request.headers.get("accept-language", "")
    return wanted if wanted in offered else choose_language(accepted, offered)
