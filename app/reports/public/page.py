"""The result page in one language: no script, and all that it needs within itself."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, Final

from jinja2 import Environment, PackageLoader

from app.questions.schema import fill_tokens
from app.reports.initiative_words import AREA_HERE
from app.reports.public.standing import Standing
from app.reports.reading import ReportReading, read_report
from app.reports.reading.document import in_language
from app.reports.reading.wording import LANGUAGES, read_wording
from app.web.locales import Locale, read_locales
from app.web.style import Style, make_style, page_sheet, read_sheet
from app.web.templates import make_environment

FOLDER: Final = Path(__file__).parent / "locale"
FACTS: Final = ("run_by", "paid_by", "contact", "complaint")
# A report tells itself who ran it and who paid.
_BESIDE_A_REPORT: Final = ("contact", "complaint")
_KEPT_READINGS: Final = 16


@cache
def public_style() -> Style:
    return make_style(page_sheet(), read_sheet("app.reports.public", "result.css"))


def languages_of(standing: Standing) -> list[str]:
    """Those of the survey, as far as this page speaks them."""
    return [tag for tag in standing.languages if tag in LANGUAGES] or list(LANGUAGES[:1])


def render_standing(standing: Standing, language: str) -> str:
    newest = standing.newest
    if newest is None:
        return _render("waiting.html", standing, language)
    if newest.withdrawn_on is not None:
        told = {"withdrawn_on": newest.withdrawn_on, "because": newest.withdrawn_because}
        return _render("withdrawn.html", standing, language, **told)
    reading = _reading(newest.released, language)
    return _render("result.html", standing, language, release=newest, reading=reading)


def render_withdrawn(on: date, because: str, language: str) -> str:
    """Under the address of the report itself, which says nothing of the initiative any more."""
    nothing = Standing({}, {}, is_simulated=False, languages=LANGUAGES, newest=None, earlier=())
    return _render("withdrawn.html", nothing, language, withdrawn_on=on, because=because)


@lru_cache(maxsize=_KEPT_READINGS)
def _reading(released: str, language: str) -> ReportReading:
    return read_report(json.loads(released), language)


def _render(template: str, standing: Standing, language: str, **parts: Any) -> str:
    t = locales()[language]
    offered = [locales()[tag] for tag in languages_of(standing)]
    wording = read_wording(language)
    return (
        _environment()
        .get_template(f"public/{template}")
        .render(
            t=t,
            w=wording,
            style=public_style(),
            languages=offered if len(offered) > 1 else [],
            title=in_language(standing.title, language) if standing.title else "",
            is_simulated=standing.is_simulated,
            facts=[
                (name, in_language(standing.notice[name], language))
                for name in (_BESIDE_A_REPORT if "reading" in parts else FACTS)
                if standing.notice.get(name)
            ],
            earlier=[
                (
                    release,
                    in_language(release.before, language),
                    in_language(release.after, language),
                )
                for release in standing.earlier
            ],
            quotes=_quotes(standing, language),
            **parts,
        )
    )


def _quotes(standing: Standing, language: str) -> list[tuple[str, str, tuple[str, ...]]]:
    """Wave, question and words; the question as residents read it."""
    tokens = {
        "initiative": in_language(standing.title, language),
        "police": in_language(standing.police_name, language),
        "area": in_language(AREA_HERE, language),
    }
    return [
        (
            in_language(quoted.wave, language),
            fill_tokens(in_language(quoted.question, language), tokens),
            quoted.words,
        )
        for quoted in standing.quotes
    ]


@cache
def locales() -> Mapping[str, Locale]:
    return read_locales(FOLDER)


@cache
def _environment() -> Environment:
    return make_environment({"public": PackageLoader("app.reports.public")})
