"""The pages of the console inside the frame of the staff pages, and the texts that forms bring."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from http import HTTPStatus
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

from starlette.requests import Request
from starlette.responses import Response

from app.accounts.pages.rendering import StaffPages
from app.console.fields import FIELDS
from app.errors import AppError
from app.web.forms import Form
from app.web.locales import SOURCE_LANGUAGE
from app.web.scripts import Script, make_script
from app.web.style import read_sheet

ROOM: Final = "app.console"
FOLDER: Final = Path(__file__).parent
SCRIPT: Final = "/staff/script/live.js"
# The languages that the shipped instruments speak; staff write the initiative's own words in them.
LANGUAGES: Final[Mapping[str, str]] = {
    "en": "English",
    "es": "Español",
    "ar": "العربية",
    "vi": "Tiếng Việt",
}
_ROOMS: Final = (
    "initiatives",
    "plans",
    "waves",
    "instruments",
    "custody",
    "retention",
    "imports",
    "anonymity",
    "texts",
    "records",
    "deletion",
)
pages: Final = StaffPages(
    "console",
    ROOM,
    FOLDER / "locale",
    *(FOLDER / room / "locale" for room in _ROOMS),
    sheets=(read_sheet(ROOM, "console.css"),),
    script=SCRIPT,
    fields=FIELDS,
)
live_script: Final[Script] = make_script(ROOM, "live.js")


def texts_of(form: Form, name: str) -> dict[str, str]:
    """What was typed for each language, without the empty ones."""
    typed = {language: form.get(f"{name}.{language}", [""])[0].strip() for language in LANGUAGES}
    return {language: text for language, text in typed.items() if text}


def typed_texts(name: str, texts: Mapping[str, str]) -> Form:
    """What a form shows of texts that are stored."""
    return {f"{name}.{language}": [text] for language, text in texts.items()}


def spoken_in(*texts: Mapping[str, str]) -> dict[str, str]:
    """The languages in which something of this kind is written, each with its own name."""
    named = {SOURCE_LANGUAGE, *(language for one in texts for language in one)}
    return {language: name for language, name in LANGUAGES.items() if language in named}


def in_reach(texts: Mapping[str, str], language: str) -> str:
    """In the reader's language, else in English, else in any."""
    return texts.get(language) or texts.get("en") or next(iter(texts.values()), "")


def local(moment: datetime, zone: str) -> datetime:
    """As a clock on the wall of the initiative shows it."""
    return moment.astimezone(ZoneInfo(zone))


def told(
    request: Request, template: str, refused: AppError | None = None, **parts: Any
) -> Response:
    """A page, with what was refused above what was typed."""
    return pages.page(
        request,
        template,
        languages=LANGUAGES,
        spoken_in=spoken_in,
        in_reach=in_reach,
        local=local,
        problem=refused,
        status=HTTPStatus.OK if refused is None else refused.status,
        **parts,
    )
