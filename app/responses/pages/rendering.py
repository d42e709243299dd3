"""The templates of this folder, filled in, and the style that every resident page carries."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache, lru_cache
from http import HTTPStatus
from typing import Any, Final

from jinja2 import Environment, PackageLoader
from starlette.requests import Request
from starlette.responses import Response

from app.questions.rendering import question_loader
from app.web.headers import POLICY_HEADER, content_policy
from app.web.locales import Locale
from app.web.replies import page_reply
from app.web.scripts import Script, make_script
from app.web.style import Style, make_style, page_sheet, read_sheet
from app.web.templates import make_environment

ROOM: Final = "app.responses.pages"
SCRIPT_FOLDER: Final = "/s/script/"
ALOUD: Final = "aloud.js"
KIOSK: Final = "kiosk.js"
AGAIN: Final = "again.js"
# Where "Leave now" goes: a page that anyone may have open, with nothing of the survey in it.
LEAVE_ADDRESS: Final = "https://www.weather.gov/"
_STYLES_KEPT: Final = 64


def render(template: str, locale: Locale, **parts: Any) -> str:
    values: dict[str, Any] = {
        "languages": (),
        "more": "",
        "narrow": False,
        "is_simulated": False,
        "tried_from": "",
        "page": template.removesuffix(".html"),
        "scripts": (SCRIPT_FOLDER + resident_script().name,),
        "leave_address": LEAVE_ADDRESS,
        "kiosk": None,
        "kiosk_script": SCRIPT_FOLDER + KIOSK,
    }
    values |= parts
    return environment().get_template(f"responses/{template}").render(t=locale, **values)


@lru_cache(maxsize=_STYLES_KEPT)
def resident_style(hiding: str = "", *, is_easy: bool = False) -> Style:
    names = ("sheet.css", "parts.css", "easy.css") if is_easy else ("sheet.css", "parts.css")
    return make_style(page_sheet(), *(read_sheet(ROOM, name) for name in names), hiding)


@cache
def resident_script() -> Script:
    return make_script(ROOM, "queue.js", "sheet.js")


@cache
def aloud_script() -> Script:
    """Asked for by its plain name, and only by who wants the page read aloud."""
    return make_script(ROOM, ALOUD)


@cache
def again_script() -> Script:
    """Asked for by its plain name, when the code of a sheet that waited was not taken."""
    return make_script(ROOM, AGAIN)


@cache
def code_script() -> Script:
    """Reads a code from the address; only pages that ask for one load it."""
    return make_script(ROOM, "code.js")


@cache
def own_words_script() -> Script:
    """Only pages with a box for words of one's own load it."""
    return make_script(ROOM, "own_words.js")


@cache
def kiosk_script() -> Script:
    """For shared screens alone."""
    return make_script(ROOM, KIOSK)


@cache
def work_script() -> Script:
    """Does the work that a crowded network is asked for; only the page that asks loads it."""
    return make_script(ROOM, "work.js")


def resident_policy(style: Style, *, is_easy: bool = False) -> str:
    """The script may send a sheet, and register itself as the worker that sends it later.

    It reads the page that comes back, so the style of the short pages is allowed on all.
    """
    styles = dict.fromkeys((style.source, resident_style(is_easy=is_easy).source))
    return content_policy(styles, "connect-src 'self'", "trusted-types worker")


def resident_reply(
    request: Request,
    html: str,
    style: Style,
    *,
    status: HTTPStatus = HTTPStatus.OK,
    headers: Mapping[str, str] | None = None,
) -> Response:
    policy = resident_policy(style, is_easy="easy" in request.query_params)
    sent = {POLICY_HEADER: policy, **(headers or {})}
    return page_reply(request, html, style, status=status, headers=sent)


@cache
def environment() -> Environment:
    return make_environment({"responses": PackageLoader(ROOM)}, question_loader())
