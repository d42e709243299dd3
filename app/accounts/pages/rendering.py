"""The templates of the staff pages filled in, with the frame that all of them share."""

from __future__ import annotations

from functools import cache
from http import HTTPStatus
from pathlib import Path
from typing import Any, Final

from jinja2 import Environment, PackageLoader
from starlette.requests import Request
from starlette.responses import Response

from app.web.languages import choose_language
from app.web.locales import Locale, read_room_locales
from app.web.replies import page_reply
from app.web.style import Style, make_style, page_sheet, read_sheet
from app.web.templates import make_environment

ROOM: Final = "app.accounts.pages"
NAMED_SCREENS: Final = ("home", "people", "audit")


def staff_page(
    request: Request, template: str, *, status: HTTPStatus = HTTPStatus.OK, **parts: Any
) -> Response:
    """`signed_in` None leaves the navigation out; `problem` is a text shown above the form."""
    values: dict[str, Any] = {"signed_in": None, "problem": None, "done": None} | parts
    html = (
        _environment()
        .get_template(f"staff/{template}")
        .render(
            t=locale_for(request), style=_style(), page=template.removesuffix(".html"), **values
        )
    )
    return page_reply(request, html, _style(), status=status)


def locale_for(request: Request) -> Locale:
    locales = _locales()
    return locales[choose_language(request.headers.get("accept-language", ""), list(locales))]


@cache
def _locales() -> dict[str, Locale]:
    return read_room_locales(Path(__file__).parent / "locale")


@cache
def _environment() -> Environment:
    return make_environment({"staff": PackageLoader(ROOM)})


@cache
def _style() -> Style:
    return make_style(page_sheet(), read_sheet(ROOM, "staff.css"))
