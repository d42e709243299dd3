"""Files that the worker makes: downloads without single answers, posters, paper sheets."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Path
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from app.api.callers import CallerDep, asks
from app.api.creating import CreatingDep, note
from app.api.paging import Listed, PagingDep
from app.api.shapes.files import KINDS, FileShown, NewDownload, NewPrint
from app.api.shapes.words import Id
from app.api.showing import shown_file
from app.collectors.service import collectors_of_wave, own_collector
from app.db import SessionDep
from app.errors import BadInput, NotFound
from app.exports.service import (
    Asker,
    KeptDownload,
    Wanted,
    ask_for,
    content,
    file_name,
    find_kept,
    get_finished,
    kept_download,
    kept_downloads,
)
from app.initiatives.service import get_initiative, get_wave

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from app.accounts.api_tokens import Caller

router = APIRouter(tags=["Files"])
InitiativeId = Annotated[Id, Path(examples=["4w2kq0n8zc"])]
WaveId = Annotated[Id, Path(examples=["7hx1c5s9ra"])]
FileId = Annotated[Id, Path(examples=["5t9w2k8n3c"])]


class FileReply(StreamingResponse):
    """Whatever kind it is: who asked for it knows."""

    media_type = "application/octet-stream"


@router.get("/initiatives/{initiative_id}/downloads", **asks("see_reports", 404, 422))
def list_the_downloads(
    initiative_id: InitiativeId, session: SessionDep, caller: CallerDep, paging: PagingDep
) -> Listed[FileShown]:
    """The files that were asked for and are not gone yet; none with single answers."""
    get_initiative(session, caller.agency_id, initiative_id)
    kept = kept_downloads(session, caller.agency_id, initiative_id)
    return paging.page(
        [each for each in kept if each.file.kind in KINDS], lambda each: (each.file.id,), shown_file
    )


@router.post(
    "/initiatives/{initiative_id}/downloads",
    status_code=202,
    response_model=FileShown,
    **asks("see_reports", 404, 409, 413, 422),
)
def ask_for_download(
    initiative_id: InitiativeId, new: NewDownload, request: Request, creating: CreatingDep
) -> Response:
    """Have the worker make a file. Files with single answers are asked for on the pages alone."""
    if new.kind not in KINDS:
        raise BadInput("api.no_file_kind", kind=new.kind, known=KINDS)
    wanted = Wanted(new.kind, new.subject, new.language)
    return _asked(request, creating, initiative_id, wanted, "ask for download")


@router.get("/downloads/{file_id}", **asks("see_reports", 404))
def read_a_download(file_id: FileId, session: SessionDep, caller: CallerDep) -> FileShown:
    """One file: whether it is made, and until when it is kept."""
    return shown_file(_own(session, caller, file_id, is_printed=False))


@router.get("/downloads/{file_id}/content", response_class=FileReply, **asks("see_reports", 404))
def take_a_download(
    file_id: FileId, request: Request, session: SessionDep, caller: CallerDep
) -> FileReply:
    """The file itself, once it is made."""
    return _taken(request, session, caller, file_id, is_printed=False)


@router.get("/waves/{wave_id}/prints", **asks("see_fieldwork", 404, 422))
def list_the_prints(
    wave_id: WaveId, session: SessionDep, caller: CallerDep, paging: PagingDep
) -> Listed[FileShown]:
    """Posters and paper sheets of a wave that were asked for and are not gone yet."""
    wave = get_wave(session, caller.agency_id, wave_id)
    lines = collectors_of_wave(session, caller.agency_id, wave_id)
    own = {wave_id, *(line.collector_id for line in lines)}
    kept = kept_downloads(session, caller.agency_id, wave.initiative_id)
    return paging.page(
        [each for each in kept if each.download.is_printed and each.file.subject in own],
        lambda each: (each.file.id,),
        shown_file,
    )


@router.post(
    "/waves/{wave_id}/prints",
    status_code=202,
    response_model=FileShown,
    **asks("see_fieldwork", 404, 409, 413, 422),
)
def ask_for_print(
    wave_id: WaveId, new: NewPrint, request: Request, creating: CreatingDep
) -> Response:
    """Have a poster, a paper questionnaire or all posters of a wave made."""
    session, agency_id = creating.session, creating.caller.agency_id
    wave = get_wave(session, agency_id, wave_id)
    if (new.collector is None) != (new.what == "posters"):
        raise BadInput("api.name_collector")
    subject = wave_id
    if new.collector is not None:
        collector = own_collector(session, agency_id, new.collector)
        if collector.wave_id != wave_id:
            raise NotFound("api.no_collector")
        subject = collector.id
    wanted = Wanted(f"{new.what}_{new.size}", subject, new.language)
    return _asked(request, creating, wave.initiative_id, wanted, "ask for print")


@router.get("/prints/{file_id}", **asks("see_fieldwork", 404))
def read_a_print(file_id: FileId, session: SessionDep, caller: CallerDep) -> FileShown:
    """One poster or paper questionnaire: whether it is made, and until when it is kept."""
    return shown_file(_own(session, caller, file_id, is_printed=True))


@router.get("/prints/{file_id}/content", response_class=FileReply, **asks("see_fieldwork", 404))
def take_a_print(
    file_id: FileId, request: Request, session: SessionDep, caller: CallerDep
) -> FileReply:
    """The PDF or ZIP itself, once it is made."""
    return _taken(request, session, caller, file_id, is_printed=True)


def _asked(
    request: Request, creating: CreatingDep, initiative_id: str, wanted: Wanted, act: str
) -> Response:
    def create() -> FileShown:
        session, caller = creating.session, creating.caller
        asker = Asker(caller.agency_id, caller.staff_id, initiative_id)
        file = ask_for(session, request.app.state.web_keys, asker, wanted)
        creating.note(act, file.id, {"kind": file.kind, "subject": file.subject})
        return shown_file(kept_download(session, file))

    return creating.once(create, HTTPStatus.ACCEPTED)


def _own(session: Session, caller: Caller, file_id: str, *, is_printed: bool) -> KeptDownload:
    kept = find_kept(session, caller.agency_id, file_id)
    if kept.download.has_answers or kept.download.is_printed is not is_printed:
        raise NotFound("api.no_file")
    return kept


def _taken(
    request: Request, session: Session, caller: Caller, file_id: str, *, is_printed: bool
) -> FileReply:
    _own(session, caller, file_id, is_printed=is_printed)
    file = get_finished(session, caller.agency_id, file_id)
    note(session, caller, "take download", file.id, {"kind": file.kind, "sha256": file.sha256})
    return FileReply(
        content(request.app.state.database, request.app.state.web_keys, file),
        headers={
            "content-length": str(file.size),
            "content-disposition": f'attachment; filename="{file_name(file)}"',
        },
    )
