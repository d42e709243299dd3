"""The public page: what somebody inside could and could not find out. Light, without script."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Final

from babel.dates import format_date
from fastapi import APIRouter, Request
from jinja2 import Environment, PackageLoader
from starlette.responses import Response

from app.db import Database
from app.errors import NotFound
from app.privacy.identifiers import AGENCY_KEY_LENGTH
from app.responses.linkage.published import PATH, published_proof
from app.tenancy import enter_agency
from app.web.languages import choose_language
from app.web.locales import Locale, read_locales
from app.web.replies import page_reply
from app.web.style import Style, make_style, page_sheet, read_sheet
from app.web.templates import make_environment

ROOM: Final = "app.responses.linkage"
FOLDER: Final = Path(__file__).parent / "locale"
router = APIRouter()


@router.get(PATH)
def show_proof(agency_id: str, request: Request) -> Response:
    database: Database = request.app.state.database
    proof = None
    if len(agency_id) == AGENCY_KEY_LENGTH:
        with database.reading() as session:
            enter_agency(session, agency_id)
            proof = published_proof(session, agency_id)
    if proof is None:
        raise NotFound("anonymity.nothing_here")
    languages = locales()
    wanted = request.query_params.get("lang", "")
    accepted = request.headers.get("accept-language", "")
    tag = wanted if wanted in languages else choose_language(accepted, list(languages))
    html = (
        _environment()
        .get_template("linkage/anonymity.html")
        .render(
            t=languages[tag],
            style=_style(),
            proof=proof,
            day=format_date(proof.on, "long", locale=tag),
            languages=list(languages.values()),
        )
    )
    return page_reply(request, html, _style(), headers={"vary": "accept-language"})


@cache
def locales() -> Mapping[str, Locale]:
    return read_locales(FOLDER)


@cache
def _environment() -> Environment:
    return make_environment({"linkage": PackageLoader(ROOM)})


@cache
def _style() -> Style:
    return make_style(page_sheet(), read_sheet(ROOM, "anonymity.css"))
