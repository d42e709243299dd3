"""Downloads of an initiative: what can be had, what stands in the way, what is ready."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus
from typing import Final

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from app.accounts.audit import note_act
from app.accounts.pages.doors import FormDep, see_other, typed
from app.accounts.signing_in import SignedIn
from app.accounts.staff import list_staff
from app.console.doors import AnswersDep, FieldworkDep, ReaderDep, WebKeysDep
from app.console.rendering import LANGUAGES, in_reach, pages
from app.db import Database, SessionDep
from app.errors import AppError, NotFound
from app.exports.catalogue import BY_KIND, DOWNLOADS, Download
from app.exports.service import (
    Asker,
    Wanted,
    approve,
    ask_for,
    content,
    file_name,
    get_finished,
    kept_downloads,
    why_not_yet,
)
from app.initiatives.service import get_initiative, list_waves
from app.initiatives.tables import Wave
from app.privacy.web_keys import WebKeyStore
from app.reports.service import reports_of_initiative
from app.responses.texts.service import approved_quotes

OF_INITIATIVE: Final = "/staff/initiatives/{initiative_id}/downloads"
ONE: Final = "/staff/downloads/{export_id}"
router = APIRouter()


@dataclass(frozen=True, slots=True)
class Subject:
    """A wave or a report, with what it can be had as; refused: why not all of it yet."""

    of: str
    id: str
    label: str
    downloads: tuple[Download, ...]
    languages: tuple[str, ...]
    refused: str | None


@router.get(OF_INITIATIVE)
def show_downloads(
    initiative_id: str, request: Request, session: SessionDep, reader: ReaderDep
) -> Response:
    return _downloads(request, session, reader, initiative_id)


@router.post(OF_INITIATIVE)
def post_download(
    initiative_id: str,
    request: Request,
    session: SessionDep,
    reader: ReaderDep,
    form: FormDep,
    keys: WebKeysDep,
) -> Response:
    wanted = Wanted(
        typed(form, "kind"), typed(form, "subject"), typed(form, "language"), typed(form, "reason")
    )
    try:
        if not reader.may(wanted.download.duty):
            raise NotFound("downloads.not_for_role")
        asker = Asker(reader.agency_id, reader.staff_id, initiative_id)
        file = ask_for(session, keys, asker, wanted)
    except AppError as refused:
        return _downloads(request, session, reader, initiative_id, refused)
    facts = {"kind": file.kind, "subject": file.subject, "reason": file.reason}
    note_act(session, reader.agency_id, reader.staff_id, "ask for download", file.id, facts)
    return see_other(OF_INITIATIVE.format(initiative_id=initiative_id))


@router.post(ONE + "/approve")
def post_approval(
    export_id: str, request: Request, session: SessionDep, holder: AnswersDep, form: FormDep
) -> Response:
    initiative_id = typed(form, "initiative")
    try:
        file = approve(session, holder.agency_id, holder.staff_id, export_id)
    except AppError as refused:
        return _downloads(request, session, holder, initiative_id, refused)
    facts = {"kind": file.kind, "asked_by": file.asked_by, "reason": file.reason}
    note_act(session, holder.agency_id, holder.staff_id, "approve download", file.id, facts)
    return see_other(OF_INITIATIVE.format(initiative_id=file.initiative_id))


@router.get(ONE)
def take_download(
    export_id: str, request: Request, session: SessionDep, reader: ReaderDep, keys: WebKeysDep
) -> Response:
    return _taken(request, session, reader, export_id, keys)


@router.get("/staff/prints/{export_id}")
def take_print(
    export_id: str, request: Request, session: SessionDep, staff: FieldworkDep, keys: WebKeysDep
) -> Response:
    return _taken(request, session, staff, export_id, keys)


def _taken(
    request: Request, session: SessionDep, staff: SignedIn, export_id: str, keys: WebKeyStore
) -> Response:
    """A stream of what the worker made, for whoever has the duty that its kind takes."""
    file = get_finished(session, staff.agency_id, export_id)
    download = BY_KIND[file.kind]
    if not staff.may(download.duty):
        raise NotFound("accounts.no_page_for_role")
    facts = {"kind": file.kind, "sha256": file.sha256, "bytes": file.size}
    note_act(session, staff.agency_id, staff.staff_id, "take download", file.id, facts)
    database: Database = request.app.state.database
    return StreamingResponse(
        content(database, keys, file),
        headers={
            "content-type": download.media_type,
            "content-length": str(file.size),
            "content-disposition": f'attachment; filename="{file_name(file)}"',
        },
    )


def _downloads(
    request: Request,
    session: SessionDep,
    staff: SignedIn,
    initiative_id: str,
    refused: AppError | None = None,
) -> Response:
    initiative = get_initiative(session, staff.agency_id, initiative_id)
    language = pages.locale_for(request).language
    subjects = _subjects(session, staff, initiative_id, language)
    return pages.page(
        request,
        "downloads.html",
        signed_in=staff,
        initiative=initiative,
        kept=[
            each
            for each in kept_downloads(session, staff.agency_id, initiative_id)
            if not each.download.is_printed
        ],
        subjects=subjects,
        quoted=_quoted(session, staff, subjects),
        labels={subject.id: subject.label for subject in subjects},
        names={each.id: each.name for each in list_staff(session, staff.agency_id)},
        languages=LANGUAGES,
        in_reach=in_reach,
        problem=refused,
        status=HTTPStatus.OK if refused is None else refused.status,
    )


def _quoted(session: SessionDep, staff: SignedIn, subjects: list[Subject]) -> set[str]:
    """The waves of which there are quotes that may leave."""
    waves = [subject.id for subject in subjects if subject.of == "wave"]
    return {quote.wave_id for quote in approved_quotes(session, staff.agency_id, waves)}


def _subjects(
    session: SessionDep, staff: SignedIn, initiative_id: str, language: str
) -> list[Subject]:
    waves = list_waves(session, staff.agency_id, initiative_id)
    reports = reports_of_initiative(session, staff.agency_id, initiative_id)
    spoken = tuple(sorted({each for wave in waves for each in wave.languages}))
    return [_wave_subject(wave, staff, language) for wave in waves] + [
        Subject(
            "report",
            report.public_id[-10:],
            " / ".join(in_reach(wave, language) for wave in (report.before, report.after)),
            _allowed("report", staff),
            spoken,
            None,
        )
        for report in reports
    ]


def _wave_subject(wave: Wave, staff: SignedIn, language: str) -> Subject:
    allowed = _allowed("wave", staff)
    refused = {download.kind: why_not_yet(download, wave) for download in allowed}
    return Subject(
        "wave",
        wave.id,
        in_reach(wave.label, language),
        tuple(download for download in allowed if refused[download.kind] is None),
        tuple(wave.languages),
        next((why.told_in(language) for why in refused.values() if why), None),
    )


def _allowed(of: str, staff: SignedIn) -> tuple[Download, ...]:
    takes = staff.may("take_answers")
    return tuple(d for d in DOWNLOADS if d.of == of and (takes or not d.has_answers))
