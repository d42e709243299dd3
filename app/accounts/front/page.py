"""The page at `/`: what this is, and where staff sign in. It knows no agency and no survey."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Final

from fastapi import APIRouter, Request
from jinja2 import Environment, PackageLoader
from starlette.responses import Response

from app.web.languages import choose_language
from app.web.locales import Locale, read_locales
from app.web.replies import page_reply
from app.web.style import Style, make_style, page_sheet, read_sheet
from app.web.templates import make_environment

ROOM: Final = "app.accounts.front"
FOLDER: Final = Path(__file__).parent / "locale"
router = APIRouter()


@router.get("/")
def show_front(request: Request) -> Response:
    languages = locales()
    wanted = request.query_params.get("lang", "")
    accepted = request.headers.get("accept-language", "")
    tag = wanted if wanted in languages else choose_language(accepted, list(languages))
    html = (
        _environment()
        .get_template("front/front.html")
        .render(t=languages[tag], style=_style(), languages=list(languages.values()))
    )
    return page_reply(request, html, _style(), headers={"vary": "accept-language"})


@cache
def locales() -> Mapping[str, Locale]:
    return read_locales(FOLDER)


@cache
def _environment() -> Environment:
    return make_environment({"front": PackageLoader(ROOM)})


@cache
def _style() -> Style:
    return make_style(page_sheet(), read_sheet(ROOM, "front.css"))
