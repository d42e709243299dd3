"""A baseline that was taken elsewhere: what stands in its file, and taking it in."""

from __future__ import annotations

import binascii
from base64 import b64decode
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Path
from pydantic import ValidationError
from starlette.requests import Request
from starlette.responses import Response

from app.api.callers import CallerDep, admit_beforehand, asks
from app.api.creating import CreatingDep
from app.api.shapes.imports import (
    BaselineToImport,
    ColumnRead,
    FieldingSent,
    FileSent,
    ImportShown,
    ReadingShown,
)
from app.api.shapes.words import Id
from app.db import Database, SessionDep
from app.errors import AppError, BadInput
from app.imports.mapping import Fielding, Mapping
from app.imports.reading import Reading, read_file
from app.imports.service import (
    Brought,
    Proposal,
    bring_baseline,
    import_baseline,
    propose_mapping,
)
from app.imports.telling import audit_facts
from app.initiatives.elsewhere import KEY as ELSEWHERE
from app.privacy.masking import mask_identifiers
from app.tenancy import enter_agency

SCOPE: Final = "run_waves"
router = APIRouter(tags=["Waves"])
WaveId = Annotated[Id, Path(examples=["7hx1c5s9ra"])]


def _read_beforehand(request: Request, sent: FileSent) -> Reading:
    admit_beforehand(request, SCOPE)
    return _read(sent.file)


ReadDep = Annotated[Reading, Depends(_read_beforehand)]


@router.post(
    "/imports/{wave_id}/reading", **asks(SCOPE, 404, 409, 413, 422, first=_read_beforehand)
)
def read_an_export(
    wave_id: WaveId, reading: ReadDep, session: SessionDep, caller: CallerDep
) -> ReadingShown:
    """Say what stands in the export of another tool, and propose a mapping. Nothing is kept."""
    return _shown(reading, propose_mapping(session, caller.agency_id, wave_id, reading))


def _bring_beforehand(
    request: Request, wave_id: WaveId, sent: BaselineToImport
) -> Brought | AppError:
    """A refusal is told later: the same call may have been answered before."""
    caller = admit_beforehand(request, SCOPE)
    mapping = Mapping.model_validate(sent.model_dump(include={"columns"}))
    database: Database = request.app.state.database
    try:
        reading, fielding = _read(sent.file), _fielding(sent.fielding)
        with database.reading() as session:
            enter_agency(session, caller.agency_id)
            return bring_baseline(session, caller.agency_id, wave_id, reading, mapping, fielding)
    except AppError as refused:
        return refused


BroughtDep = Annotated[Brought | AppError, Depends(_bring_beforehand)]


@router.post(
    "/imports/{wave_id}",
    status_code=201,
    response_model=ImportShown,
    **asks(SCOPE, 404, 409, 413, 422, first=_bring_beforehand),
)
def import_a_baseline(wave_id: WaveId, brought: BroughtDep, creating: CreatingDep) -> Response:
    """Take the answers of a file in as those of a draft baseline, once and for good."""

    def create() -> ImportShown:
        if isinstance(brought, AppError):
            raise brought
        agency_id = creating.caller.agency_id
        manifest = import_baseline(creating.session, agency_id, wave_id, brought)
        creating.note("import baseline", wave_id, audit_facts(manifest))
        counts = {name: manifest[name] for name in ("responses", "words")}
        told: dict[str, Any] = manifest[ELSEWHERE]
        columns = [
            {name: "" if part is None else part for name, part in column.items()}
            for column in told["columns"]
        ]
        parts = {"wave_id": wave_id, **counts, **told, "columns": columns}
        return ImportShown.model_validate(parts)

    return creating.once(create)


def _read(file: str) -> Reading:
    try:
        content = b64decode(file, validate=True)
    except binascii.Error as exc:
        raise BadInput("api.file_not_base64") from exc
    return read_file(content)


def _fielding(sent: FieldingSent) -> Fielding:
    try:
        return Fielding.model_validate(sent.model_dump())
    except ValidationError as exc:
        raise BadInput("api.no_day") from exc


def _shown(reading: Reading, proposal: Proposal) -> ReadingShown:
    columns = [
        ColumnRead(
            key=column.key,
            filled=column.filled,
            never=column.never or "",
            contents={
                content: n
                for content, n in column.contents.items()
                if column.is_list and mask_identifiers(content) == content
            },
            proposed={} if mapped is None else mapped.model_dump(mode="json"),
        )
        for column in reading.columns
        for mapped in [proposal.columns.get(column.key)]
    ]
    return ReadingShown(
        tool=reading.tool,
        read_as=reading.read_as,
        rows=reading.n_rows,
        is_remembered=proposal.is_remembered,
        columns=columns,
    )
