"""The page of the entry: a line for each question, with what the paper shows beside its boxes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from http import HTTPStatus
from pathlib import Path
from typing import Any, Final, Literal

from jinja2 import Environment, PackageLoader
from starlette.requests import Request
from starlette.responses import Response

from app.accounts.pages.doors import SIGN_IN
from app.collectors.service import sheet_mark
from app.questions.contract import AnswerProblem
from app.questions.rendering import view_of
from app.questions.words import problem_words
from app.responses.pages import wording
from app.responses.pages.entry.keying import FIRST, SECOND, Entry, Step, asked_of
from app.responses.pages.sheet_page import conditions_of
from app.responses.pages.wording import languages_of, locale_for, notice_for
from app.web.forms import Form
from app.web.languages import choose_language
from app.web.locales import Locale, read_locales
from app.web.replies import page_reply
from app.web.scripts import Script, make_script
from app.web.style import Style, make_style, page_sheet, read_sheet
from app.web.templates import make_environment

ROOM: Final = "app.responses.pages.entry"
FOLDER: Final = Path(__file__).parent / "locale"
SCRIPT_FOLDER: Final = "/entry/script/"
Told = Literal["stored", "arrived", "problems", "renewed", "busy", "signed_out"]
_STATUS: Final[Mapping[Told | None, HTTPStatus]] = {
    "problems": HTTPStatus.UNPROCESSABLE_ENTITY,
    "renewed": HTTPStatus.UNPROCESSABLE_ENTITY,
    "busy": HTTPStatus.SERVICE_UNAVAILABLE,
    "signed_out": HTTPStatus.FORBIDDEN,
}
_BUTTON: Final[Mapping[Step, str]] = {
    "first": "entry_check",
    "second": "entry_compare",
    "settle": "entry_store",
}


@cache
def entry_locales() -> Mapping[str, Locale]:
    return read_locales(wording.FOLDER, FOLDER)


@cache
def entry_style() -> Style:
    return make_style(page_sheet(), read_sheet(ROOM, "entry.css"))


@cache
def entry_script() -> Script:
    return make_script(ROOM, "entry.js")


@cache
def _environment() -> Environment:
    return make_environment({"entry": PackageLoader(ROOM)})


def entry_page(
    request: Request,
    entry: Entry,
    told: Told | None = None,
    problems: Mapping[str, AnswerProblem] | None = None,
) -> Response:
    """The interface in the language of the browser, the questions in that of the sheet."""
    locale = _spoken(request)
    collector = entry.collector
    html = (
        _environment()
        .get_template("entry/entry.html")
        .render(
            t=locale,
            style=entry_style(),
            script=SCRIPT_FOLDER + entry_script().name,
            entry=entry,
            mark=sheet_mark(collector, entry.language),
            others=[
                (tag, sheet_mark(collector, tag))
                for tag in languages_of(collector)
                if tag != entry.language
            ],
            told=told,
            sign_in=SIGN_IN,
            button=_BUTTON[entry.step],
            sheet=locale_for(entry.language),
            rows=list(_rows(entry, locale, problems or {})),
            carried=list(_carried(entry)),
            show_if=conditions_of(collector) if entry.step != "settle" else "{}",
            is_simulated=collector.initiative.is_simulated,
        )
    )
    return page_reply(request, html, entry_style(), status=_STATUS.get(told, HTTPStatus.OK))


def returned_page(request: Request, form: Form, status: HTTPStatus) -> Response:
    """For whoever may not enter it here and now: what was typed is still theirs to send."""
    locale = _spoken(request)
    html = (
        _environment()
        .get_template("entry/returned.html")
        .render(t=locale, style=entry_style(), form=form, sign_in=SIGN_IN)
    )
    return page_reply(request, html, entry_style(), status=status)


def _spoken(request: Request) -> Locale:
    spoken = entry_locales()
    return spoken[choose_language(request.headers.get("accept-language", ""), list(spoken))]


def _carried(entry: Entry) -> Iterator[tuple[str, str]]:
    """What was typed before travels in the page, and lies nowhere on the server."""
    for prefix, keyed in ((FIRST, entry.first), (SECOND, entry.second)):
        for question_id, typed in keyed.items():
            if typed:
                yield prefix + question_id, typed


def _rows(
    entry: Entry, locale: Locale, problems: Mapping[str, AnswerProblem]
) -> Iterator[dict[str, Any]]:
    collector = entry.collector
    notice = notice_for(collector, locale_for(entry.language))
    asked_again = entry.asks_for(problems)
    page = collector.instrument.page_context(entry.language, collector.areas, notice.tokens)
    for number, question in enumerate(asked_of(collector), start=1):
        if asked_again is not None and question.id not in asked_again:
            continue
        view = view_of(question, page, {})
        problem = problems.get(question.id)
        yield {
            "id": question.id,
            "place": number,
            "text": view.text,
            "choices": view.choices,
            "codes": " ".join(question.codes_by_value),
            "is_wide": view.most_characters > 0,
            "typed": entry.keyed.get(question.id, ""),
            "problem": None if problem is None else problem_words(problem, locale.language),
            "were": _were(entry, locale, question.id) if entry.step == "settle" else None,
        }


def _were(entry: Entry, locale: Locale, question_id: str) -> str:
    nothing = locale("entry_nothing")
    return locale(
        "entry_were",
        first=entry.first.get(question_id) or nothing,
        second=entry.second.get(question_id) or nothing,
    )
