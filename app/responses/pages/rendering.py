"""The templates of this folder, filled in, and the style that every resident page carries."""

from __future__ import annotations

from functools import cache, lru_cache
from typing import Any, Final

from jinja2 import Environment, PackageLoader

from app.questions.rendering import question_loader
from app.web.locales import Locale
from app.web.style import Style, make_style, page_sheet, read_sheet
from app.web.templates import make_environment

_STYLES_KEPT: Final = 64


def render(template: str, locale: Locale, **parts: Any) -> str:
    values = {"languages": (), "narrow": False, "is_simulated": False} | parts
    return environment().get_template(f"responses/{template}").render(t=locale, **values)


@lru_cache(maxsize=_STYLES_KEPT)
def resident_style(hiding: str = "") -> Style:
    sheet = read_sheet("app.responses.pages", "sheet.css")
    return make_style(page_sheet(), sheet, hiding)


@cache
def environment() -> Environment:
    return make_environment({"responses": PackageLoader("app.responses.pages")}, question_loader())
