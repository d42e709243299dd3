"""Three pages: the file, its columns, its answers. Between them the page itself carries the file.

What it carries is sealed and without the columns that are never imported; the server keeps nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Final

from fastapi import APIRouter, Depends
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from app.accounts.audit import note_act
from app.accounts.pages.doors import FormDep, admit, find_visitor, see_other, typed
from app.console.doors import RunnerDep
from app.console.imports.form import (
    LEFT_OUT,
    answer_groups,
    chosen_columns,
    column_lines,
    field_name,
    named_answers,
    read_choices,
    read_fielding,
    shown_content,
    with_remembered,
)
from app.console.rendering import pages, told
from app.db import Database, SessionDep
from app.errors import AppError, BadInput
from app.imports.carrying import pack, unpack
from app.imports.mapping import MODES, RECRUITMENTS, SEPARATORS, Mapping
from app.imports.reading import Reading, read_file
from app.imports.service import (
    Brought,
    asked_of,
    bring_baseline,
    import_baseline,
    propose_mapping,
    wording_of,
)
from app.imports.telling import audit_facts, never_imported
from app.initiatives.elsewhere import KEY as ELSEWHERE
from app.initiatives.service import get_initiative, get_wave
from app.privacy.staff.carried import CarriedUnreadable, open_carried, seal_carried
from app.privacy.web_keys import WebKeyStore
from app.tenancy import enter_agency
from app.web.forms import read_form, read_upload

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from app.accounts.signing_in import SignedIn
    from app.imports.applying import Asked
    from app.initiatives.tables import Wave
    from app.web.forms import Form

LIST: Final = "/staff/imports"
ONE: Final = LIST + "/{wave_id}"
ACT: Final = "import baseline"
DUTY: Final = "run_waves"
LONGEST_FORM: Final = 16 * 1024 * 1024
router = APIRouter()


@dataclass(frozen=True, slots=True)
class Desk:
    """Who imports into which wave, and what for."""

    request: Request
    session: Session
    staff: SignedIn
    wave_id: str

    @property
    def owner(self) -> str:
        return f"{self.staff.agency_id}/{self.staff.staff_id}/{self.wave_id}"

    @property
    def keys(self) -> WebKeyStore:
        keys: WebKeyStore = self.request.app.state.web_keys
        return keys

    @property
    def wave(self) -> Wave:
        return get_wave(self.session, self.staff.agency_id, self.wave_id)

    @property
    def asked(self) -> Asked:
        return asked_of(self.session, self.wave)

    def carried(self, form: Form) -> Reading:
        try:
            return unpack(open_carried(self.keys, typed(form, "carried"), self.owner))
        except CarriedUnreadable as exc:
            raise BadInput("imports.page_old") from exc

    def show(self, template: str, refused: AppError | None = None, **parts: object) -> Response:
        wave = self.wave
        return told(
            self.request,
            template,
            refused,
            signed_in=self.staff,
            wave=wave,
            initiative=get_initiative(self.session, self.staff.agency_id, wave.initiative_id),
            **parts,
        )


@router.get(ONE)
def show_import(wave_id: str, request: Request, session: SessionDep, runner: RunnerDep) -> Response:
    return _start(Desk(request, session, runner, wave_id))


async def _read_beforehand(request: Request) -> Reading | AppError:
    """Before the transaction of the page begins: a workbook takes seconds to open.

    Nobody has a file opened who may not import it.
    """
    admit(await find_visitor(request), DUTY)
    sent = await request.body(), request.headers.get("content-type", "")
    try:
        return await run_in_threadpool(_read_upload, *sent)
    except AppError as refused:
        return refused


def _read_upload(body: bytes, content_type: str) -> Reading:
    _, files = read_upload(body, content_type)
    if "file" not in files:
        raise BadInput("pages.choose_file")
    return read_file(files["file"].content)


ReadDep = Annotated[Reading | AppError, Depends(_read_beforehand)]


@router.post(ONE)
def post_file(
    wave_id: str, request: Request, read: ReadDep, session: SessionDep, runner: RunnerDep
) -> Response:
    desk = Desk(request, session, runner, wave_id)
    if isinstance(read, AppError):
        return _start(desk, read)
    try:
        return _columns(desk, read, {})
    except AppError as refused:
        return _start(desk, refused)


@router.post(ONE + "/columns")
def post_columns(
    wave_id: str, request: Request, session: SessionDep, runner: RunnerDep, form: FormDep
) -> Response:
    desk = Desk(request, session, runner, wave_id)
    try:
        reading = desk.carried(form)
    except AppError as refused:
        return _start(desk, refused)
    try:
        wording = wording_of(session, desk.wave)
        chosen = chosen_columns(reading, form, wording.asked, wording)
        remembered = propose_mapping(session, runner.agency_id, wave_id, reading)
        return _answers(desk, reading, with_remembered(chosen, remembered.columns), {})
    except AppError as refused:
        return _columns(desk, reading, form, refused)


@dataclass(frozen=True, slots=True)
class Answered:
    """What the last form brought: answers that can be kept, or why not, as far as it was read."""

    form: Form
    reading: Reading | None = None
    choices: Mapping | None = None
    brought: Brought | None = None
    refused: AppError | None = None


async def _bring_beforehand(wave_id: str, request: Request) -> Answered:
    """Before the transaction of the page begins: thousands of answers take a second or two."""
    staff = admit(await find_visitor(request), DUTY)
    form = read_form(await request.body(), request.headers.get("content-type", ""))
    return await run_in_threadpool(_bring, request, staff, wave_id, form)


def _bring(request: Request, staff: SignedIn, wave_id: str, form: Form) -> Answered:
    database: Database = request.app.state.database
    reading, choices = None, None
    try:
        with database.reading() as session:
            enter_agency(session, staff.agency_id)
            desk = Desk(request, session, staff, wave_id)
            reading, choices = desk.carried(form), read_choices(typed(form, "choices"))
            groups = answer_groups(reading, choices, desk.asked, _spoken(desk, desk.asked))
            mapping = named_answers(choices, groups, form)
            if "confirm" not in form:
                raise BadInput("imports.confirm")
            fielding, agency_id = read_fielding(form), staff.agency_id
            brought = bring_baseline(session, agency_id, wave_id, reading, mapping, fielding)
    except AppError as refused:
        return Answered(form, reading, choices, refused=refused)
    return Answered(form, reading, choices, brought)


AnsweredDep = Annotated[Answered, Depends(_bring_beforehand)]


@router.post(ONE + "/answers")
def post_answers(
    wave_id: str, request: Request, sent: AnsweredDep, session: SessionDep, runner: RunnerDep
) -> Response:
    desk = Desk(request, session, runner, wave_id)
    if sent.reading is None or sent.choices is None:
        return _start(desk, sent.refused)
    if sent.brought is None:
        return _answers(desk, sent.reading, sent.choices, sent.form, sent.refused)
    try:
        manifest = import_baseline(session, runner.agency_id, wave_id, sent.brought)
    except AppError as refused:
        return _answers(desk, sent.reading, sent.choices, sent.form, refused)
    note_act(session, runner.agency_id, runner.staff_id, ACT, wave_id, audit_facts(manifest))
    return see_other(ONE.format(wave_id=wave_id))


def _start(desk: Desk, refused: AppError | None = None) -> Response:
    """Where nothing was imported yet; what came and what was left behind, where it was."""
    wave = desk.wave
    manifest = wave.count_manifest or {}
    is_imported = ELSEWHERE in manifest
    return desk.show(
        "import.html",
        refused,
        outcome=manifest.get(ELSEWHERE),
        responses=manifest.get("responses", 0),
        words=manifest.get("words", 0),
        never=sorted(never_imported(manifest).items()) if is_imported else [],
        can_take=wave.state == "draft" and wave.kind == "baseline",
    )


def _columns(desk: Desk, reading: Reading, form: Form, refused: AppError | None = None) -> Response:
    proposal = propose_mapping(desk.session, desk.staff.agency_id, desk.wave_id, reading)
    wording = wording_of(desk.session, desk.wave)
    language = pages.locale_for(desk.request).language
    return desk.show(
        "import_columns.html",
        refused,
        reading=reading,
        carried=seal_carried(desk.keys, pack(reading), desk.owner),
        lines=column_lines(reading, proposal.columns),
        dropped=[column for column in reading.columns if column.never is not None],
        empty=[column for column in reading.kept if not column.filled],
        is_remembered=proposal.is_remembered,
        questions=[(q.id, wording.spoken(q, language)) for q in wording.asked.questions()],
        typed_in=form,
        separators=SEPARATORS,
    )


def _answers(
    desk: Desk,
    reading: Reading,
    mapping: Mapping,
    form: Form,
    refused: AppError | None = None,
) -> Response:
    wording = wording_of(desk.session, desk.wave)
    asked, language = wording.asked, pages.locale_for(desk.request).language
    return desk.show(
        "import_answers.html",
        refused,
        reading=reading,
        carried=seal_carried(desk.keys, pack(reading), desk.owner),
        choices=mapping.model_dump_json(),
        groups=answer_groups(reading, mapping, asked, _spoken(desk, asked)),
        others=[
            (key, mapped.question)
            for key, mapped in mapping.columns.items()
            if (question := asked.question(mapped.question)) is not None
            and (question.keeps_words or asked.is_typed(question))
        ],
        texts={q.id: wording.spoken(q, language) for q in asked.questions()},
        worded=[q.id for q in asked.questions() if q.keeps_words],
        field_name=field_name,
        shown=shown_content,
        left_out=LEFT_OUT,
        modes=MODES,
        recruitments=RECRUITMENTS,
        typed_in=form,
    )


def _spoken(desk: Desk, asked: Asked) -> str:
    """The reader's language where the questionnaire has it."""
    language = pages.locale_for(desk.request).language
    return (
        language if language in asked.instrument.languages else (asked.instrument.original_language)
    )
