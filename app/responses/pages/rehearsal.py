"""The page of a wave tried by staff: read as a real sheet is, and then forgotten."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from app.questions.contract import UNANSWERED, posted
from app.questions.schema import fill_tokens
from app.responses.pages.sheet_page import Trouble, blank_sheet, returned_page
from app.responses.pages.sheet_reading import read_sheet
from app.responses.pages.visit import Visit
from app.responses.pages.wording import (
    languages_of,
    locale_for,
    notice_for,
    preferred_language,
)
from app.responses.quality import Quality
from app.web.headers import POLICY_HEADER, content_policy
from app.web.replies import page_reply

if TYPE_CHECKING:
    from collections.abc import Iterator

    from starlette.requests import Request
    from starlette.responses import Response

    from app.collectors.service import FieldedCollector
    from app.responses.sheet import Sheet
    from app.web.forms import Form


Said = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """What would have been stored, in words: each question asked with the answer to it."""

    language: str
    answered: tuple[Said, ...]
    skipped: int


def rehearse(
    request: Request,
    collector: FieldedCollector,
    form: Form,
    *,
    tried_from: str,
    is_sent: bool,
) -> Response | Rehearsal:
    """The page, the page with what is wrong on it, or what a real sheet would hold."""
    sent = {name: values for name, values in form.items() if not name.startswith("_")}
    wanted = request.query_params.get("lang", "")
    language = preferred_language(request, languages_of(collector), wanted)
    visit = Visit(request, collector, language, "", sent, is_rehearsal=True, tried_from=tried_from)
    if not is_sent:
        html, style = blank_sheet(visit)
        policy = content_policy([style.source])
        return page_reply(request, html, style, headers={POLICY_HEADER: policy})
    read = read_sheet(collector, sent, language, Quality(0))
    if read.problems:
        return returned_page(visit, Trouble("problems", read.problems))
    answered = tuple(_told(collector, read.sheet, sent, language))
    asked = len(collector.instrument.asking(collector.wave_kind))
    return Rehearsal(language, answered, asked - len(answered))


def preview_reply(request: Request, collector: FieldedCollector) -> Response:
    """The page in the frame of a page of ours: nobody else may frame it, and it sends nothing."""
    offered = languages_of(collector)
    language = preferred_language(request, offered, request.query_params.get("lang", ""))
    html, style = blank_sheet(Visit(request, collector, language, "", {}, is_rehearsal=True))
    policy = content_policy([style.source]).replace("form-action 'self'", "form-action 'none'")
    policy = policy.replace("frame-ancestors 'none'", "frame-ancestors 'self'")
    return page_reply(request, html, style, headers={POLICY_HEADER: policy})


def _told(collector: FieldedCollector, sheet: Sheet, form: Form, language: str) -> Iterator[Said]:
    tokens = notice_for(collector, locale_for(language)).tokens
    page = collector.instrument.page_context(language, collector.areas, tokens)
    for question in collector.instrument.asking(collector.wave_kind):
        if sheet.answers.get(question.id) in UNANSWERED:
            continue
        chosen = [choice.label for choice in question.choices(page, form) if choice.is_chosen]
        if said := ", ".join(chosen or posted(form, question.id)):
            yield fill_tokens(question.text[language], tokens), said
