"""Questionnaires: those that come with the program, and the versions that the agency keeps."""

from __future__ import annotations

from typing import Annotated, Final

from fastapi import APIRouter, Path
from starlette.responses import Response

from app.api.callers import CallerDep, asks
from app.api.creating import CreatingDep
from app.api.paging import Listed, PagingDep
from app.api.shapes.instruments import (
    FindingShown,
    InstrumentLine,
    InstrumentShown,
    LintShown,
    WrittenFile,
)
from app.api.shapes.words import Hash
from app.db import SessionDep
from app.instruments.library import LibraryEntry, library
from app.instruments.lint import lint
from app.instruments.load import load_instrument, read_instrument
from app.instruments.load.problems import InstrumentProblems
from app.instruments.load.shipped import shipped_instruments
from app.instruments.model import Instrument
from app.instruments.service import keep_version, thawed_version
from app.instruments.version import freeze

router = APIRouter(tags=["Questionnaires"])
SENT: Final = "the file"


@router.get("/instruments", **asks("see_fieldwork", 422))
def list_the_instruments(
    session: SessionDep, caller: CallerDep, paging: PagingDep
) -> Listed[InstrumentLine]:
    """Questionnaires that a wave can ask."""
    return paging.page(
        library(session, caller.agency_id),
        lambda entry: (entry.instrument.id, entry.instrument.version, entry.content_hash),
        _entry,
    )


@router.get("/instruments/{content_hash}", **asks("see_fieldwork", 404))
def read_an_instrument(
    content_hash: Annotated[Hash, Path(examples=["3c" * 32])],
    session: SessionDep,
    caller: CallerDep,
) -> InstrumentShown:
    """One questionnaire in full, as it was frozen."""
    for entry in library(session, caller.agency_id):
        if entry.content_hash == content_hash:
            return _whole(_entry(entry), entry.instrument)
    instrument = thawed_version(session, caller.agency_id, content_hash)
    return _whole(_line(instrument, content_hash), instrument)


@router.post(
    "/instruments",
    status_code=201,
    response_model=InstrumentLine,
    **asks("set_up_initiatives", 409, 413, 422),
)
def upload_an_instrument(new: WrittenFile, creating: CreatingDep) -> Response:
    """Keep a questionnaire of your own. What is wrong with the file is told line by line."""

    def create() -> InstrumentLine:
        session, agency_id = creating.session, creating.caller.agency_id
        instrument = load_instrument(new.yaml, source=SENT, beside=shipped_instruments())
        kept = keep_version(session, agency_id, instrument, is_own=True)
        creating.note("keep instrument", instrument.id, {"hash": kept})
        return _line(instrument, kept)

    return creating.once(create)


@router.post("/lint", **asks("see_fieldwork", 413, 422))
def lint_an_instrument(new: WrittenFile) -> LintShown:
    """Look a file over: is it whole, plain, fair and harmless? Nothing is kept."""
    try:
        written = read_instrument(new.yaml, source=SENT, beside=shipped_instruments())
    except InstrumentProblems as refused:
        findings = [
            FindingShown(
                line=found.line,
                weight="error",
                rule=found.code,
                message=f"{found.message}. {found.remedy[0].upper()}{found.remedy[1:]}",
            )
            for found in refused.problems
        ]
        return LintShown(usable=False, findings=findings)
    found = lint(written)
    return LintShown(
        usable=not any(each.finding.weight == "error" for each in found),
        findings=[
            FindingShown(
                line=each.line,
                weight=each.finding.weight,
                rule=each.finding.rule,
                message=str(each.finding).partition(": ")[2],
            )
            for each in found
        ],
    )


def _entry(entry: LibraryEntry) -> InstrumentLine:
    return _line(entry.instrument, entry.content_hash, is_shipped=entry.is_shipped)


def _line(instrument: Instrument, content_hash: str, *, is_shipped: bool = False) -> InstrumentLine:
    return InstrumentLine(
        id=instrument.id,
        version=instrument.version,
        content_hash=content_hash,
        languages=list(instrument.languages),
        is_shipped=is_shipped,
    )


def _whole(line: InstrumentLine, instrument: Instrument) -> InstrumentShown:
    return InstrumentShown(**line.model_dump(), document=freeze(instrument).document)
