"""Journey page 9: what people wrote, one text at a time; quotes that two reviewers agree on."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Final

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from app.accounts.pages.doors import FormDep, see_other, typed
from app.accounts.signing_in import SignedIn
from app.accounts.staff import list_staff
from app.console.doors import ReaderDep, ReviewerDep
from app.console.rendering import in_reach, pages, told
from app.db import SessionDep
from app.errors import AppError
from app.exports.text_cells import inert
from app.initiatives.service import get_initiative, get_wave
from app.instruments.service import thawed_version
from app.responses.texts.service import (
    FEWEST_WRITERS,
    approve_quote,
    approved_quotes,
    leave_text,
    next_unread,
    propose_quote,
    take_back_quote,
    texts_by_wave,
    texts_of,
    wave_of_quote,
)

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

LIST: Final = "/staff/texts"
ONE: Final = LIST + "/{wave_id}"
QUOTE: Final = "/staff/quotes/{quote_id}"
router = APIRouter()


@router.get(LIST)
def show_reviews(request: Request, session: SessionDep, reviewer: ReviewerDep) -> Response:
    lines = texts_by_wave(session, reviewer.agency_id)
    titles = {
        line.wave.id: get_initiative(session, reviewer.agency_id, line.wave.initiative_id).title
        for line in lines
    }
    return told(request, "reviews.html", signed_in=reviewer, lines=lines, titles=titles)


@router.get(ONE)
def show_review(
    wave_id: str, request: Request, session: SessionDep, reviewer: ReviewerDep
) -> Response:
    return _review(request, session, reviewer, wave_id)


@router.post(ONE + "/quote")
def post_quote(
    wave_id: str, request: Request, session: SessionDep, reviewer: ReviewerDep, form: FormDep
) -> Response:
    def propose() -> None:
        wave, text_id = (reviewer.agency_id, wave_id), typed(form, "text")
        propose_quote(session, wave, reviewer.staff_id, text_id, typed(form, "words"))

    return _done(request, session, reviewer, wave_id, propose)


@router.post(ONE + "/leave")
def post_left(
    wave_id: str, request: Request, session: SessionDep, reviewer: ReviewerDep, form: FormDep
) -> Response:
    def leave() -> None:
        wave = reviewer.agency_id, wave_id
        leave_text(session, wave, reviewer.staff_id, typed(form, "text"))

    return _done(request, session, reviewer, wave_id, leave)


@router.post(QUOTE + "/approval")
def post_quote_approval(
    quote_id: str, request: Request, session: SessionDep, reviewer: ReviewerDep
) -> Response:
    def approve() -> None:
        approve_quote(session, reviewer.agency_id, reviewer.staff_id, quote_id)

    wave_id = wave_of_quote(session, reviewer.agency_id, quote_id)
    return _done(request, session, reviewer, wave_id, approve)


@router.post(QUOTE + "/taking-back")
def post_quote_taken_back(
    quote_id: str, request: Request, session: SessionDep, reviewer: ReviewerDep
) -> Response:
    def take_back() -> None:
        take_back_quote(session, reviewer.agency_id, reviewer.staff_id, quote_id)

    wave_id = wave_of_quote(session, reviewer.agency_id, quote_id)
    return _done(request, session, reviewer, wave_id, take_back)


@router.get("/staff/waves/{wave_id}/quotes.csv")
def take_quotes(wave_id: str, request: Request, session: SessionDep, reader: ReaderDep) -> Response:
    """What two reviewers agreed on: the wave and the question, no group and no order."""
    wave = get_wave(session, reader.agency_id, wave_id)
    language = pages.locale_for(request).language
    asked = _questions(session, reader.agency_id, wave_id)
    file = io.StringIO()
    rows = csv.writer(file)
    rows.writerow(("wave", "question", "words"))
    for quote in approved_quotes(session, reader.agency_id, [wave_id]):
        question = in_reach(asked.get(quote.question, {}), language)
        rows.writerow(map(inert, (in_reach(wave.label, language), question, quote.words)))
    headers = {"content-disposition": f'attachment; filename="quotes-{wave_id}.csv"'}
    return Response(file.getvalue(), media_type="text/csv; charset=utf-8", headers=headers)


def _done(
    request: Request, session: Session, staff: SignedIn, wave_id: str, act: Callable[[], None]
) -> Response:
    """What is refused is told on the same page."""
    get_wave(session, staff.agency_id, wave_id)
    try:
        act()
    except AppError as refused:
        return _review(request, session, staff, wave_id, refused)
    return see_other(ONE.format(wave_id=wave_id))


def _review(
    request: Request,
    session: Session,
    staff: SignedIn,
    wave_id: str,
    refused: AppError | None = None,
) -> Response:
    of_wave = texts_of(session, staff.agency_id, wave_id)
    return told(
        request,
        "review.html",
        refused,
        signed_in=staff,
        wave=of_wave.wave,
        initiative=get_initiative(session, staff.agency_id, of_wave.wave.initiative_id),
        unread=of_wave.unread,
        text=next_unread(session, staff.agency_id, wave_id),
        quotes=of_wave.quotes,
        asked=_questions(session, staff.agency_id, wave_id),
        names={each.id: each.name for each in list_staff(session, staff.agency_id)},
        fewest=FEWEST_WRITERS,
    )


def _questions(session: Session, agency_id: str, wave_id: str) -> dict[str, Mapping[str, str]]:
    wave = get_wave(session, agency_id, wave_id)
    instrument = thawed_version(session, agency_id, wave.instrument_hash)
    return {question.id: question.text for question in instrument.questions}
