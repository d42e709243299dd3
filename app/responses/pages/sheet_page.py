"""The page with every question: one form, one request, no script needed."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from http import HTTPStatus
from typing import Any, Final, Literal

from jinja2 import Environment, PackageLoader
from starlette.responses import Response

from app.collectors.service import FieldedCollector
from app.instruments.routing import hiding_css
from app.questions import Question
from app.questions.contract import AnswerProblem
from app.questions.rendering import question_loader, render_question
from app.questions.words import problem_words
from app.responses.pages.visit import Visit
from app.responses.pages.wording import Notice, languages_of, locale_for, notice_for
from app.web.compression import DeflatedHead, deflate_head
from app.web.forms import Form
from app.web.headers import content_policy
from app.web.locales import Locale
from app.web.replies import page_reply, shared_page_reply
from app.web.style import Style, make_style, page_sheet, read_sheet
from app.web.templates import make_environment

KEPT: Final = 128
_TOKEN_PLACE: Final = "\N{SUBSTITUTE}"  # noqa: S105 - stands where the token will be
Told = Literal["problems", "renewed"]


@dataclass(frozen=True, slots=True)
class Trouble:
    """Why a posted form comes back: what stands above it, and beside which question."""

    told: Told
    problems: Mapping[str, AnswerProblem]


@dataclass(frozen=True, slots=True)
class _Prepared:
    """The page of one collector in one language, but for the token."""

    collector: FieldedCollector
    head: DeflatedHead
    rest: str
    policy: str


class SheetPages:
    """Renders each page once, and again only when something on it has changed."""

    def __init__(self) -> None:
        self._prepared: OrderedDict[tuple[str, str], _Prepared] = OrderedDict()

    def blank(self, visit: Visit) -> Response:
        page = self._page(visit.collector, visit.language)
        return shared_page_reply(visit.request, page.head, visit.token + page.rest, page.policy)

    def _page(self, collector: FieldedCollector, language: str) -> _Prepared:
        key = (collector.public_id, language)
        known = self._prepared.get(key)
        if known is not None and known.collector == collector:
            self._prepared.move_to_end(key)
            return known
        prepared = self._prepared[key] = _prepare(collector, language)
        self._prepared.move_to_end(key)
        while len(self._prepared) > KEPT:
            self._prepared.popitem(last=False)
        return prepared


def _prepare(collector: FieldedCollector, language: str) -> _Prepared:
    html, style = _render(collector, language, _TOKEN_PLACE)
    head, _, rest = html.partition(_TOKEN_PLACE)
    return _Prepared(collector, deflate_head(head.encode()), rest, content_policy([style.source]))


def returned_page(visit: Visit, trouble: Trouble) -> Response:
    """The page with everything typed still on it, and what to do above."""
    html, style = _render(visit.collector, visit.language, visit.token, visit.form, trouble)
    return page_reply(visit.request, html, style, status=HTTPStatus.UNPROCESSABLE_ENTITY)


def render(template: str, locale: Locale, **parts: Any) -> str:
    values = {"languages": (), "narrow": False, "is_simulated": False} | parts
    return _environment().get_template(f"responses/{template}").render(t=locale, **values)


def _render(
    collector: FieldedCollector,
    language: str,
    token: str,
    form: Form | None = None,
    trouble: Trouble | None = None,
) -> tuple[str, Style]:
    locale = locale_for(language)
    notice = notice_for(collector, locale)
    style = resident_style(hiding_css(collector.instrument, collector.wave_kind))
    html = render(
        "sheet.html",
        locale,
        style=style,
        languages=() if trouble else [locale_for(tag) for tag in languages_of(collector)],
        is_simulated=collector.initiative.is_simulated,
        notice=notice,
        minutes=collector.instrument.minutes,
        pages=list(_pages(collector, notice, form or {}, trouble)),
        told=trouble.told if trouble else None,
        summary=list(_summary(collector, notice, trouble)) if trouble else [],
        token=token,
    )
    return html, style


def _pages(
    collector: FieldedCollector, notice: Notice, form: Form, trouble: Trouble | None
) -> Iterator[dict[str, object]]:
    instrument = collector.instrument
    context = instrument.page_context(notice.language, collector.areas, notice.tokens)
    problems = trouble.problems if trouble else {}
    for page in instrument.pages:
        questions = [
            render_question(_environment(), question, context, form, problems.get(question.id))
            for question in page.questions_in(collector.wave_kind)
            if is_asked(question, collector)
        ]
        if questions:
            title = notice.say(page.title) if page.title else None
            yield {"id": page.id, "title": title, "questions": questions}


def is_asked(question: Question, collector: FieldedCollector) -> bool:
    """A collector that hangs in one area knows the answer to the question for the area."""
    return collector.area_code is None or not question.names_place


def _summary(
    collector: FieldedCollector, notice: Notice, trouble: Trouble
) -> Iterator[dict[str, str | None]]:
    """Each question with a problem, linked; what belongs to no question is said once."""
    asked = {question.id: question for question in collector.instrument.asking(collector.wave_kind)}
    strangers: set[str] = set()
    for question_id, problem in trouble.problems.items():
        words = problem_words(problem, notice.language)
        if question_id in asked:
            question = notice.say(asked[question_id].text)
            yield {"question_id": question_id, "question": question, "words": words}
        elif words not in strangers:
            strangers.add(words)
            yield {"question_id": None, "words": words}


@lru_cache(maxsize=KEPT)
def resident_style(hiding: str = "") -> Style:
    sheet = read_sheet("app.responses.pages", "sheet.css")
    return make_style(page_sheet(), sheet, hiding)


@cache
def _environment() -> Environment:
    return make_environment({"responses": PackageLoader("app.responses.pages")}, question_loader())
