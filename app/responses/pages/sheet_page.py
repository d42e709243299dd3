"""The page with every question: one form, one request, no script needed."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Literal, get_args

from markupsafe import Markup
from starlette.responses import Response

from app.collectors.service import FieldedCollector
from app.instruments.routing import hiding_css
from app.questions import Question
from app.questions.contract import AnswerProblem
from app.questions.rendering import render_question
from app.questions.words import problem_words
from app.responses.pages.rendering import (
    SCRIPT_FOLDER,
    code_script,
    environment,
    own_words_script,
    render,
    resident_reply,
    resident_script,
    resident_style,
)
from app.responses.pages.visit import Visit
from app.responses.pages.wording import (
    Notice,
    kiosk_words,
    languages_of,
    locale_for,
    notice_for,
    script_words,
)
from app.web.style import Style

CodeTold = Literal["code_missing", "code_unknown", "code_spent"]
Told = Literal["problems", "renewed", CodeTold]


@dataclass(frozen=True, slots=True)
class Trouble:
    """Why a posted form comes back: what stands above it, and beside which question."""

    told: Told
    problems: Mapping[str, AnswerProblem]


def blank_sheet(visit: Visit) -> tuple[str, Style]:
    return _render(visit)


def shuffled_sheet(visit: Visit) -> Response:
    """A blank page for this visitor alone."""
    return resident_reply(visit.request, *_render(visit))


def returned_page(visit: Visit, trouble: Trouble) -> Response:
    """The page with everything typed still on it, and what to do above."""
    html, style = _render(visit, trouble)
    is_spent = trouble.told == "code_spent"
    status = HTTPStatus.CONFLICT if is_spent else HTTPStatus.UNPROCESSABLE_ENTITY
    return resident_reply(visit.request, html, style, status=status)


def _render(visit: Visit, trouble: Trouble | None = None) -> tuple[str, Style]:
    collector = visit.collector
    locale = locale_for(visit.language)
    notice = notice_for(collector, locale)
    hiding = hiding_css(collector.instrument, collector.wave_kind)
    style = resident_style(hiding, is_easy=visit.is_easy)
    html = render(
        "sheet.html",
        locale,
        style=style,
        languages=() if trouble else [locale_for(tag) for tag in languages_of(collector)],
        is_easy=visit.is_easy,
        more="&easy=1" if visit.is_easy else "",
        is_simulated=collector.initiative.is_simulated,
        tried_from=visit.tried_from,
        notice=notice,
        minutes=collector.instrument.minutes,
        pages=list(_pages(visit, notice, trouble)),
        told=trouble.told if trouble else None,
        trap=visit.trap,
        code=visit.code if collector.asks_code else None,
        is_code_told=trouble is not None and trouble.told in get_args(CodeTold),
        summary=list(_summary(collector, notice, trouble)) if trouble else [],
        token=visit.token,
        transport_key=visit.transport_key,
        show_if=conditions_of(collector),
        words=script_words(locale, is_shared=collector.is_shared_screen),
        kiosk=kiosk_words(collector, locale),
        scripts=[] if visit.is_rehearsal else list(_scripts(collector)),
    )
    return html, style


def _scripts(collector: FieldedCollector) -> Iterator[str]:
    yield SCRIPT_FOLDER + resident_script().name
    if collector.asks_code:
        yield SCRIPT_FOLDER + code_script().name
    if collector.instrument.worded(collector.wave_kind):
        yield SCRIPT_FOLDER + own_words_script().name


def conditions_of(collector: FieldedCollector) -> str:
    """What the page's script needs to show what Python would ask, in the order of asking."""
    asked = collector.instrument.questions_in(collector.wave_kind)
    trees = {q.id: q.show_if.model_dump(by_alias=True) for q in asked if q.show_if is not None}
    return json.dumps(trees, separators=(",", ":"))


def _pages(visit: Visit, notice: Notice, trouble: Trouble | None) -> Iterator[dict[str, object]]:
    collector, instrument = visit.collector, visit.collector.instrument
    context = instrument.page_context(
        notice.language, collector.areas, notice.tokens, visit.order_seed
    )
    problems = trouble.problems if trouble else {}
    for page in instrument.pages:
        questions = [
            render_question(environment(), question, context, visit.form, problems.get(question.id))
            for question in page.questions_in(collector.wave_kind)
            if is_asked(question, collector)
        ]
        if questions:
            title = notice.say(page.title) if page.title else None
            yield from _parts(page.id, title, questions, is_easy=visit.is_easy)


def _parts(
    page_id: str, title: str | None, questions: list[Markup], *, is_easy: bool
) -> Iterator[dict[str, object]]:
    """A page as it is, or with each question as a page of its own, the first under the title."""
    if not is_easy:
        yield {"id": page_id, "title": title, "questions": questions}
        return
    for number, question in enumerate(questions):
        title = title if number == 0 else None
        yield {"id": page_id, "title": title, "questions": [question]}


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
