"""The questionnaires: chosen, looked at as on a phone, extended, brought, compared."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from app.accounts.audit import note_act
from app.accounts.pages.doors import FormDep, see_other, typed
from app.collectors.preview import preview_of
from app.console.doors import AuthorDep, SentDep
from app.console.rendering import LANGUAGES, pages, texts_of, told
from app.db import SessionDep
from app.errors import AppError, BadInput
from app.initiatives.service import list_initiatives
from app.instruments.library import get_entry, library
from app.instruments.library.differences import differences, lost_comparisons
from app.instruments.library.editing import (
    OwnQuestion,
    add_question,
    as_yaml,
    bring_instrument,
    newest_version,
    own_kinds,
    written,
)
from app.instruments.lint import lint
from app.instruments.load.problems import InstrumentProblems
from app.instruments.load.strict_yaml import MOST_BYTES
from app.instruments.texts import openable_languages
from app.questions.contract import MISSING_CODES
from app.questions.schema import WAVE_KINDS
from app.responses.pages.rehearsal import preview_reply
from app.web.forms import read_upload, whole_number

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from app.accounts.signing_in import SignedIn
    from app.web.forms import Form

ALL: Final = "/staff/instruments"
ONE: Final = ALL + "/{name}"
FRAMED: Final = "frame-src 'self'"
router = APIRouter()


@router.get(ALL)
def show_instruments(request: Request, session: SessionDep, author: AuthorDep) -> Response:
    return _library(request, session, author)


@router.post(ALL)
def post_instrument(
    request: Request, session: SessionDep, author: AuthorDep, sent: SentDep
) -> Response:
    text = ""
    try:
        form, files = read_upload(*sent)
        file = files.get("file")
        text = _decoded(file.content) if file else typed(form, "text")
        if not text.strip():
            raise BadInput("instruments.choose_file")
        source = file.name if file else "pasted.yaml"
        content_hash = bring_instrument(session, author.agency_id, text, source=source)
    except InstrumentProblems as refused:
        language = pages.locale_for(request).language
        told_lines = [problem.told_in(language) for problem in refused.problems]
        return _library(
            request, session, author, BadInput("instruments.file_not_taken"), told_lines, text
        )
    except AppError as refused:
        return _library(request, session, author, refused, [], text)
    note_act(session, author.agency_id, author.staff_id, "bring instrument", content_hash[:16])
    return see_other(ONE.format(name=content_hash))


@router.get(ONE)
def show_instrument(
    name: str, request: Request, session: SessionDep, author: AuthorDep
) -> Response:
    return _instrument(request, session, author, name)


@router.get(ONE + "/file")
def show_file(name: str, session: SessionDep, author: AuthorDep) -> Response:
    entry = get_entry(session, author.agency_id, name)
    file_name = f"{entry.instrument.id}-{entry.instrument.version}.yaml"
    return Response(
        as_yaml(entry.instrument),
        headers={
            "content-type": "application/yaml; charset=utf-8",
            "content-disposition": f'attachment; filename="{file_name}"',
        },
    )


@router.get(ONE + "/preview")
def show_preview(name: str, request: Request, session: SessionDep, author: AuthorDep) -> Response:
    """The resident's page with the words of one's own initiative, to stand inside this site."""
    entry = get_entry(session, author.agency_id, name)
    asked = request.query_params
    initiatives = list_initiatives(session, author.agency_id)
    chosen = next((i for i in initiatives if i.id == asked.get("initiative", "")), None)
    kind = next((k for k in WAVE_KINDS if k == asked.get("wave")), WAVE_KINDS[0])
    collector = preview_of(session, author.agency_id, entry.instrument, chosen, kind)
    return preview_reply(request, collector)


@router.get(ONE + "/differences")
def show_differences(
    name: str, request: Request, session: SessionDep, author: AuthorDep
) -> Response:
    after = get_entry(session, author.agency_id, name)
    before = get_entry(session, author.agency_id, request.query_params.get("before", name))
    language = pages.locale_for(request).language
    return told(
        request,
        "differences.html",
        signed_in=author,
        before=before,
        after=after,
        found=list(differences(before.instrument, after.instrument, language)),
        lost=lost_comparisons(before.instrument, after.instrument),
    )


@router.post(ONE + "/questions")
def post_question(
    name: str, request: Request, session: SessionDep, author: AuthorDep, form: FormDep
) -> Response:
    entry = get_entry(session, author.agency_id, name)
    try:
        made = add_question(
            session,
            author.agency_id,
            entry.instrument,
            _own_question(form),
            newest=whole_number(typed(form, "newest")),
        )
    except AppError as refused:
        return _instrument(request, session, author, name, refused, form)
    note_act(session, author.agency_id, author.staff_id, "add question", made[:16])
    return see_other(ONE.format(name=made))


def _own_question(form: Form) -> OwnQuestion:
    lines = {
        language: [line.strip() for line in text.splitlines() if line.strip()]
        for language, text in texts_of(form, "options").items()
    }
    waves = typed(form, "waves")
    return OwnQuestion(
        kind=typed(form, "kind"),
        page=typed(form, "page"),
        text=texts_of(form, "text"),
        options=lines,
        missing=[each for each in MISSING_CODES if each in form.get("missing", [])],
        role="background" if typed(form, "role") == "background" else "item",
        waves=[waves] if waves in WAVE_KINDS else [],
    )


def _library(
    request: Request,
    session: Session,
    author: SignedIn,
    refused: AppError | None = None,
    problems: list[str] | None = None,
    text: str = "",
) -> Response:
    return told(
        request,
        "instruments.html",
        refused,
        signed_in=author,
        entries=library(session, author.agency_id),
        problems=problems or [],
        text=text,
        most_kib=MOST_BYTES // 1024,
    )


def _instrument(
    request: Request,
    session: Session,
    author: SignedIn,
    name: str,
    refused: AppError | None = None,
    typed_in: Form | None = None,
) -> Response:
    entry = get_entry(session, author.agency_id, name)
    instrument = entry.instrument
    shown = openable_languages(instrument)
    wanted = request.query_params.get("lang", "")
    initiatives = list_initiatives(session, author.agency_id)
    first = initiatives[0].id if initiatives else ""
    parts: dict[str, Any] = {
        "entry": entry,
        "instrument": instrument,
        "shown": shown,
        "language": wanted if wanted in shown else next(iter(shown), ""),
        "initiatives": initiatives,
        "initiative_id": request.query_params.get("initiative", first),
        "found": lint(written(instrument)),
        "versions": [
            each
            for each in library(session, author.agency_id)
            if each.instrument.id == instrument.id and each.content_hash != entry.content_hash
        ],
        "newest": newest_version(session, author.agency_id, instrument.id),
        "kinds": own_kinds(),
        "missing_answers": list(MISSING_CODES),
        "own_languages": {code: LANGUAGES.get(code, code) for code in instrument.languages},
        "typed_in": typed_in or {},
    }
    return told(request, "instrument.html", refused, signed_in=author, allow=(FRAMED,), **parts)


def _decoded(content: bytes) -> str:
    if len(content) > MOST_BYTES:
        raise BadInput("instruments.file_large", most=MOST_BYTES // 1024)
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as exc:
        raise BadInput("instruments.not_utf8") from exc
