"""Questionnaires: those that come with the program, and the versions that the agency keeps."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Final

from fastapi import APIRouter, Path, Query
from starlette.responses import Response

from app.api.callers import CallerDep, asks
from app.api.creating import CreatingDep, deleted
from app.api.paging import Listed, PagingDep
from app.api.shapes.instruments import (
    DifferenceShown,
    DifferencesShown,
    FileText,
    FindingShown,
    InstrumentLine,
    InstrumentShown,
    LintShown,
    NewQuestion,
    WrittenFile,
)
from app.api.shapes.words import Hash
from app.db import SessionDep
from app.deletion.service import delete_instrument
from app.instruments.library import LibraryEntry, library
from app.instruments.library.differences import differences, lost_comparisons
from app.instruments.library.editing import OwnQuestion, add_question, as_yaml, bring_instrument
from app.instruments.lint import lint
from app.instruments.load import read_instrument
from app.instruments.load.problems import InstrumentProblems
from app.instruments.load.shipped import shipped_instruments
from app.instruments.model import Instrument
from app.instruments.service import thawed_version
from app.instruments.version import freeze

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

router = APIRouter(tags=["Questionnaires"])
SENT: Final = "the file"
InstrumentHash = Annotated[Hash, Path(examples=["3c" * 32])]


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
    content_hash: InstrumentHash,
    session: SessionDep,
    caller: CallerDep,
) -> InstrumentShown:
    """One questionnaire in full, as it was frozen."""
    for entry in library(session, caller.agency_id):
        if entry.content_hash == content_hash:
            return _whole(_entry(entry), entry.instrument)
    instrument = thawed_version(session, caller.agency_id, content_hash)
    return _whole(_line(instrument, content_hash), instrument)


@router.delete(
    "/instruments/{content_hash}", status_code=204, **asks("set_up_initiatives", 404, 409)
)
def delete_an_instrument(
    content_hash: InstrumentHash, session: SessionDep, caller: CallerDep
) -> None:
    """Delete a version of your own that no wave asks. The versions beside it stay."""
    deletion = delete_instrument(session, caller.agency_id, content_hash)
    deleted(session, caller, "delete instrument", content_hash[:16], deletion)


@router.get("/instruments/{content_hash}/file", **asks("see_fieldwork", 404))
def read_the_file(content_hash: InstrumentHash, session: SessionDep, caller: CallerDep) -> FileText:
    """The same as a survey file, to be extended and brought as a version of its own."""
    return FileText(yaml=as_yaml(_known(session, caller.agency_id, content_hash)))


@router.get("/instruments/{content_hash}/differences", **asks("see_fieldwork", 404))
def compare_two_versions(
    content_hash: InstrumentHash,
    before: Annotated[Hash, Query(description="The version before.", examples=["3c" * 32])],
    session: SessionDep,
    caller: CallerDep,
) -> DifferencesShown:
    """In what this version differs from another, and what a report will not compare."""
    earlier = _known(session, caller.agency_id, before)
    later = _known(session, caller.agency_id, content_hash)
    return DifferencesShown(
        differences=[DifferenceShown.model_validate(each) for each in differences(earlier, later)],
        lost=lost_comparisons(earlier, later),
    )


@router.post(
    "/instruments/{content_hash}/questions",
    status_code=201,
    response_model=InstrumentLine,
    **asks("set_up_initiatives", 404, 409, 413, 422),
)
def add_a_question(
    content_hash: InstrumentHash, new: NewQuestion, creating: CreatingDep
) -> Response:
    """Make a new version with one question more. It gets an id; all others keep comparing."""

    def create() -> InstrumentLine:
        session, agency_id = creating.session, creating.caller.agency_id
        instrument = _known(session, agency_id, content_hash)
        wanted = OwnQuestion(
            kind=new.kind,
            page=new.page,
            text=new.text,
            options=new.options,
            missing=new.missing,
            role=new.role,
            waves=new.waves,
        )
        kept = add_question(session, agency_id, instrument, wanted, newest=new.newest)
        creating.note("add question", kept[:16])
        return _line(thawed_version(session, agency_id, kept), kept)

    return creating.once(create)


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
        kept = bring_instrument(session, agency_id, new.yaml, source=SENT)
        instrument = thawed_version(session, agency_id, kept)
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


def _known(session: Session, agency_id: str, content_hash: str) -> Instrument:
    """Of the library, or one that a wave has asked."""
    shipped = (e.instrument for e in library(session, agency_id) if e.content_hash == content_hash)
    return next(shipped, None) or thawed_version(session, agency_id, content_hash)


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
