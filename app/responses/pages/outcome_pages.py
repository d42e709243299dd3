"""The short pages: thanked, arrived before, busy, closed, unknown."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import Response

from app.collectors.service import FieldedCollector
from app.errors import AppError, Conflict
from app.responses.pages.gate import TICKET_FIELD, Wait
from app.responses.pages.rendering import (
    SCRIPT_FOLDER,
    render,
    resident_reply,
    resident_script,
    resident_style,
    work_script,
)
from app.responses.pages.sheet_page import CodeTold
from app.responses.pages.visit import Visit
from app.responses.pages.wording import (
    facts_of,
    kiosk_words,
    languages_of,
    locale_for,
    locales,
    preferred_language,
)
from app.web.error_pages import RETRY_SECONDS, answer_error, wants_json
from app.web.forms import Form
from app.web.style import Style

# Why no sheet is taken: the texts of the page begin with the first, a program is told the second.
_NOT_TAKING: Final = {
    "not_open": "answers.not_open",
    "closed": "answers.closed",
    "stopped": "answers.stopped",
}


def thanks(visit: Visit) -> tuple[str, Style]:
    parts = _about(visit.collector, visit.language)
    return _short("thanks.html", visit.language, is_easy=visit.is_easy, **parts)


def accessibility_page(visit: Visit) -> Response:
    """What was tested for whom, and what was not."""
    easy = "&easy=1" if visit.is_easy else ""
    return _page(
        visit.request,
        "accessibility.html",
        visit.language,
        languages=[locale_for(tag) for tag in languages_of(visit.collector)],
        easy=easy,
        more="&about=accessibility" + easy,
        **_about(visit.collector, visit.language),
    )


def arrived_page(visit: Visit) -> Response:
    """Someone else on the same phone can send what was typed, with the token of a new sheet."""
    parts = {"token": visit.token, "form": visit.form, **_about(visit.collector, visit.language)}
    return _page(visit.request, "arrived.html", visit.language, **parts)


def busy_page(
    request: Request,
    language: str,
    token: str,
    form: Form,
    *,
    status: HTTPStatus = HTTPStatus.SERVICE_UNAVAILABLE,
    **about: Any,
) -> Response:
    """Needs nothing of the database: what was typed waits in the page for the next try."""
    headers = {"retry-after": str(RETRY_SECONDS)}
    parts = {"token": token, "form": form, **about}
    return _page(request, "busy.html", language, status=status, headers=headers, **parts)


def unstored_page(visit: Visit, status: HTTPStatus) -> Response:
    """The same of a collector that is known: a shared screen still starts again by itself."""
    about = _about(visit.collector, visit.language)
    return busy_page(
        visit.request, visit.language, visit.token, visit.carried, status=status, **about
    )


def wait_page(visit: Visit, wait: Wait) -> Response:
    """With script the phone works and sends by itself; without, the person waits and sends."""
    form = visit.carried | {TICKET_FIELD: [wait.ticket]}
    scripts = [SCRIPT_FOLDER + script.name for script in (resident_script(), work_script())]
    return _page(
        visit.request,
        "wait.html",
        visit.language,
        status=HTTPStatus.TOO_MANY_REQUESTS,
        headers={"retry-after": str(wait.seconds)},
        token=visit.token,
        form=form,
        ticket=wait.ticket,
        scripts=scripts,
        seconds=wait.seconds,
        bits=wait.bits,
        **_about(visit.collector, visit.language),
    )


def code_again_page(visit: Visit, told: CodeTold) -> Response:
    """For a sheet that waits on the phone: its answers stay sealed there, and are not shown."""
    return _page(
        visit.request,
        "code_again.html",
        visit.language,
        status=HTTPStatus.CONFLICT,
        told=told,
        **_about(visit.collector, visit.language),
    )


def not_taking_page(visit: Visit, *, is_unsent: bool = False) -> Response:
    told = _why_not_taking(visit.collector)
    if wants_json(visit.request):
        return answer_error(visit.request, Conflict(_NOT_TAKING[told]))
    is_draft = told == "not_open"
    return _page(
        visit.request,
        "not_taking.html",
        visit.language,
        status=HTTPStatus.CONFLICT if is_draft else HTTPStatus.GONE,
        told=told,
        is_unsent=is_unsent and not is_draft,
        **_about(visit.collector, visit.language),
    )


def _why_not_taking(collector: FieldedCollector) -> str:
    if collector.wave_state == "draft":
        return "not_open"
    is_stopped = collector.is_stopped and collector.wave_state == "open"
    return "stopped" if is_stopped else "closed"


def unknown_page(request: Request, refusal: AppError) -> Response:
    if wants_json(request):
        return answer_error(request, refusal)
    language = preferred_language(request, list(locales()), "")
    return _page(request, "unknown.html", language, status=refusal.status)


def _about(collector: FieldedCollector, language: str) -> dict[str, Any]:
    return {
        "facts": facts_of(collector, locale_for(language)),
        "is_simulated": collector.initiative.is_simulated,
        "public_path": collector.initiative.public_path,
        "kiosk": kiosk_words(collector, locale_for(language)),
    }


def _short(template: str, language: str, *, is_easy: bool, **parts: Any) -> tuple[str, Style]:
    style = resident_style(is_easy=is_easy)
    return render(template, locale_for(language), style=style, narrow=True, **parts), style


def _page(
    request: Request,
    template: str,
    language: str,
    *,
    status: HTTPStatus = HTTPStatus.OK,
    headers: Mapping[str, str] | None = None,
    **parts: Any,
) -> Response:
    is_easy = "easy" in request.query_params
    html, style = _short(template, language, is_easy=is_easy, **parts)
    return resident_reply(request, html, style, status=status, headers=headers)
