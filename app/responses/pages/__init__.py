"""What a resident meets under /s/: the page, and what follows when it is sent."""

from __future__ import annotations

from dataclasses import replace
from http import HTTPStatus
from typing import Annotated, Final, Literal

from fastapi import APIRouter, Path
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from app.collectors.service import FieldedCollector, split_public_id
from app.db import Database
from app.errors import AppError, BadInput, NotFound, Unavailable
from app.initiatives.service import find_logo
from app.initiatives.wave import TAKES_SHEETS, WaveState
from app.privacy.codes import CodeTags, read_code
from app.privacy.form_tokens import TOKEN_CHARACTERS, FormToken, FormTokens, TokenRefused
from app.privacy.linking.tags import LinkTags
from app.privacy.seal import SealBroken
from app.privacy.stuffing.limits import Pressure
from app.privacy.transport import TransportKeys, split_form
from app.privacy.web_keys import WebKeyStore
from app.responses.intake import Acceptance, Sheet, Writer, accept_response
from app.responses.pages.collector_cache import CollectorCache
from app.responses.pages.gate import TICKET_FIELD, WORK_FIELD, Crowding, Gate
from app.responses.pages.outcome_pages import (
    accessibility_page,
    arrived_page,
    busy_page,
    code_again_page,
    not_taking_page,
    unknown_page,
    unstored_page,
    wait_page,
)
from app.responses.pages.rendering import (
    AGAIN,
    ALOUD,
    KIOSK,
    SCRIPT_FOLDER,
    again_script,
    aloud_script,
    code_script,
    kiosk_script,
    own_words_script,
    resident_script,
    work_script,
)
from app.responses.pages.shared_pages import SharedPages
from app.responses.pages.sheet_page import CodeTold, Trouble, returned_page, shuffled_sheet
from app.responses.pages.sheet_reading import ReadForm, read_sheet
from app.responses.pages.visit import CODE_FIELD, TRAP_FIELD, Visit
from app.responses.pages.wording import (
    LOGO_FOLDER,
    languages_of,
    locales,
    preferred_language,
)
from app.responses.quality import quality_of, was_read
from app.responses.tally import FieldworkTally
from app.responses.tally.writing import note_sheet
from app.tenancy import enter_agency
from app.web.error_pages import log_failure
from app.web.forms import FORM_TYPE, Form, read_form
from app.web.headers import permissions_policy
from app.web.scripts import script_reply
from app.web.shell.body_limit import whole_body

TOKEN_FIELD: Final = "_token"  # noqa: S105 - the name of a form field; no question can have it
LANGUAGE_FIELD: Final = "_lang"
_Stored = Literal[Acceptance.STORED, Acceptance.ALREADY_ARRIVED, Acceptance.WAVE_CLOSED]
_RENEWED: Final = Trouble("renewed", {})
_BROKEN: Final = HTTPStatus.INTERNAL_SERVER_ERROR
_NOT_BEGUN: Final[frozenset[WaveState]] = frozenset({"draft"})


class Crowded(AppError):
    """What waited on a phone waits there a little longer: it tries again by itself."""

    code = "crowded"
    status = HTTPStatus.TOO_MANY_REQUESTS

    def __init__(self) -> None:
        super().__init__("answers.crowded")


class SheetUnreadable(BadInput):
    """What waited on a phone is not a sheet of this wave, and no further try can help."""

    code = "sealed_sheet"

    def __init__(self) -> None:
        super().__init__("answers.sheet_unread")


PublicId = Annotated[str, Path(max_length=64)]
router = APIRouter()


async def show_sheet(request: Request) -> Response:
    pages: ResidentPages = request.app.state.resident_pages
    return await pages.show(request, request.path_params["public_id"])


@router.get(SCRIPT_FOLDER + "{name}")
async def show_script(name: str, request: Request) -> Response:
    by_plain_name = {ALOUD: aloud_script, AGAIN: again_script, KIOSK: kiosk_script}
    if name in by_plain_name:
        return script_reply(request, by_plain_name[name]())
    for extra in (code_script(), work_script(), own_words_script()):
        if name == extra.name:
            return script_reply(request, extra)
    script = resident_script()
    if name != script.name:
        raise NotFound("answers.no_script")
    return script_reply(request, script, worker_scope="/s/")


@router.get(LOGO_FOLDER + "{public_id}")
def show_logo(public_id: PublicId, request: Request) -> Response:
    """Kept by no browser, like the page that it stands on."""
    agency_id, initiative_id = split_public_id(public_id)
    database: Database = request.app.state.database
    with database.reading() as session:  # a count does not keep it waiting
        enter_agency(session, agency_id)
        picture = find_logo(session, agency_id, initiative_id)
    if picture is None:
        raise NotFound("answers.no_picture")
    return Response(picture, media_type="image/png")


@router.post("/s/{public_id}/sealed")
async def take_sealed_sheet(public_id: PublicId, request: Request) -> Response:
    pages: ResidentPages = request.app.state.resident_pages
    return await pages.take_sealed(request, public_id, await request.body())


class TakeSheet:
    """No function: for those the framework wraps each call, a tenth of what it does for a sheet."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope)
        pages: ResidentPages = scope["app"].state.resident_pages
        form = read_form(await whole_body(receive), request.headers.get("content-type", ""))
        reply = await pages.take(request, scope["path_params"]["public_id"], form)
        await reply(scope, receive, send)


# Plain routes: FastAPI's own take two thirds as much CPU again for a page.
resident_routes: Final = [
    Route(path, endpoint, methods=[method])
    for endpoint, method in ((TakeSheet(), "POST"), (show_sheet, "GET"))
    for path in ("/s/{public_id}", "/s/{public_id}/")
]


class ResidentPages:
    def __init__(
        self,
        database: Database,
        writer: Writer,
        tally: FieldworkTally,
        web_keys: WebKeyStore,
        crowding: Crowding,
    ) -> None:
        self._collectors = CollectorCache(database)
        self._writer = writer
        self._tally = tally
        self._keys = web_keys
        self._tokens = FormTokens(web_keys)
        self._transport = TransportKeys(web_keys)
        self._codes = CodeTags(web_keys)
        self._links = LinkTags(web_keys)
        self._gate = Gate(web_keys, crowding)
        self._shared = SharedPages()

    async def show(self, request: Request, public_id: str) -> Response:
        try:
            collector = await self._for_residents(public_id)
        except NotFound as refusal:
            return unknown_page(request, refusal)
        wanted = request.query_params.get("lang", "")
        language = preferred_language(request, languages_of(collector), wanted)
        visit = Visit(request, collector, language, "", {})
        if request.query_params.get("about") == "accessibility":
            return accessibility_page(visit)
        if not collector.asks_people:
            self._drop_spent_keys(collector)
            return not_taking_page(visit)
        visit = self._with_new_token(visit, None)
        is_shuffled = collector.instrument.is_shuffled
        page = shuffled_sheet(visit) if is_shuffled else self._shared.blank_sheet(visit)
        if collector.is_shared_screen:
            page.headers["permissions-policy"] = permissions_policy(allowed=("fullscreen",))
        return page

    async def take_sealed(self, request: Request, public_id: str, body: bytes) -> Response:
        """A sheet that waited on a phone. What cannot be taken now stays there; it is told why."""
        token = body[:TOKEN_CHARACTERS].decode("ascii", "replace")
        collector = await self._for_residents(public_id)
        language = preferred_language(request, languages_of(collector), "")
        visit = Visit(request, collector, language, token, {})
        if not collector.takes_sheets:
            self._drop_spent_keys(collector)
            return not_taking_page(visit, is_unsent=True)
        read = self._tokens.read(token, collector.wave_id)
        visit = _unsealed(visit, body[TOKEN_CHARACTERS:], self._transport)
        if self._gate.pressure(visit):
            raise Crowded  # it has waited on the phone, and waits there a little longer
        form = _read_sheet(visit, is_fast=not was_read(read))
        if form.problems:
            raise SheetUnreadable
        sheet = form.tagged(self._links, collector)
        outcome = await self._store(visit, read, sheet)
        match outcome:
            case Acceptance.STORED | Acceptance.ALREADY_ARRIVED:
                return self._shared.thanks(visit)  # now or by an earlier try: it has arrived
            case Acceptance.WAVE_CLOSED:
                return not_taking_page(visit, is_unsent=True)
        return code_again_page(visit, outcome)

    async def take(self, request: Request, public_id: str, form: Form) -> Response:
        token = _only(form.pop(TOKEN_FIELD, []))
        wanted = _only(form.pop(LANGUAGE_FIELD, []))
        try:
            collector = await self._for_residents(public_id)
        except NotFound as refusal:
            return unknown_page(request, refusal)
        except Unavailable as failure:
            log_failure(request.scope, failure)
            language = preferred_language(request, list(locales()), wanted)
            return busy_page(request, language, token, form)
        language = preferred_language(request, languages_of(collector), wanted)
        visit = _visit(request, collector, language, token, form)
        if not collector.takes_sheets:
            return not_taking_page(visit, is_unsent=True)
        try:
            read = self._tokens.read(token, collector.wave_id)
        except TokenRefused as refusal:
            return self._renewed_page(visit, None, is_read=refusal.reason == "expired")
        if not read.is_fresh or language != wanted:
            return self._renewed_page(visit, read.nonce, is_read=was_read(read))
        return await self._accept(visit, read)

    def _drop_spent_keys(self, collector: FieldedCollector) -> None:
        if collector.wave_state not in TAKES_SHEETS | _NOT_BEGUN:
            self._keys.destroy_wave_keys(collector.wave_id)

    async def _for_residents(self, public_id: str) -> FieldedCollector:
        collector = await self._collectors.get(public_id)
        if collector.is_entered_by_staff:
            raise NotFound("answers.on_paper")
        return collector

    def _with_new_token(
        self, visit: Visit, nonce: bytes | None, *, is_typed_before: bool = False
    ) -> Visit:
        wave_id = visit.collector.wave_id
        visit = replace(visit, transport_key=self._transport.public(wave_id))
        token = self._tokens.issue(wave_id, nonce, is_typed_before=is_typed_before)
        if not visit.collector.instrument.is_shuffled:
            return visit.with_token(token)
        return visit.with_token(token, self._tokens.read(token, wave_id).nonce)

    def _renewed_page(self, visit: Visit, nonce: bytes | None, *, is_read: bool) -> Response:
        return returned_page(self._with_new_token(visit, nonce, is_typed_before=is_read), _RENEWED)

    def _arrived_page(self, visit: Visit, token: FormToken) -> Response:
        wave_id = visit.collector.wave_id
        new = self._tokens.issue(wave_id, is_typed_before=was_read(token))
        return arrived_page(visit.with_token(new))

    async def _accept(self, visit: Visit, token: FormToken) -> Response:
        pressure = self._gate.pressure(visit)
        is_fast = not was_read(token) or self._gate.was_fast(visit, token.nonce)
        is_crowded = pressure is Pressure.HEAVY
        read = _read_sheet(visit, is_fast=is_fast, is_crowded=is_crowded)
        if read.problems:
            return self._asked_back(visit, token, Trouble("problems", read.problems))
        sheet = read.tagged(self._links, visit.collector)
        wait = self._gate.wait(visit, token.nonce, pressure, is_fast=is_fast)
        if wait is not None:
            return wait_page(visit, wait)
        return await self._keep(visit, token, sheet)

    async def _keep(self, visit: Visit, token: FormToken, sheet: Sheet) -> Response:
        try:
            outcome = await self._store(visit, token, sheet)
        except Exception as failure:  # noqa: BLE001 - whatever broke, what was typed is not lost
            log_failure(visit.request.scope, failure)
            status = failure.status if isinstance(failure, Unavailable) else _BROKEN
            return unstored_page(visit, status)
        match outcome:
            case Acceptance.STORED:
                return self._shared.thanks(visit)
            case Acceptance.ALREADY_ARRIVED:
                return self._arrived_page(visit, token)
            case Acceptance.WAVE_CLOSED:
                return not_taking_page(visit, is_unsent=True)
        return self._asked_back(visit, token, Trouble(outcome, {}))

    async def _store(self, visit: Visit, token: FormToken, sheet: Sheet) -> _Stored | CodeTold:
        """What became of the sheet, or of the code it came with."""
        collector, tag = visit.collector, None
        if collector.asks_code:
            code = read_code(visit.code)
            if code is None:
                return "code_unknown" if visit.code.strip() else "code_missing"
            tag = self._codes.tag(collector.wave_id, collector.collector_id, code)
        self._gate.note_sheet(visit)
        outcome = await accept_response(self._writer, collector, token.nonce, sheet, tag=tag)
        if outcome is Acceptance.STORED:
            note_sheet(self._tally, collector)
        if outcome is Acceptance.CODE_UNKNOWN or outcome is Acceptance.CODE_SPENT:
            self._gate.note_wrong_code(visit)
            return "code_unknown" if outcome is Acceptance.CODE_UNKNOWN else "code_spent"
        return outcome

    def _asked_back(self, visit: Visit, token: FormToken, trouble: Trouble) -> Response:
        key = self._transport.public(visit.collector.wave_id)
        return returned_page(replace(visit, order_seed=token.nonce, transport_key=key), trouble)


def _read_sheet(visit: Visit, *, is_fast: bool, is_crowded: bool = False) -> ReadForm:
    is_trapped = bool(visit.trap)
    quality = quality_of(is_fast=is_fast, is_trap_filled=is_trapped, is_crowded=is_crowded)
    return read_sheet(visit.collector, visit.form, visit.language, quality)


def _unsealed(visit: Visit, sealed: bytes, transport: TransportKeys) -> Visit:
    """A code that was typed later stands after the sealed form, and goes before the one inside."""
    wave_id = visit.collector.wave_id
    sheet, code = split_form(sealed)
    try:
        form = read_form(transport.open(sheet, wave_id, visit.token), FORM_TYPE)
    except (SealBroken, BadInput) as exc:
        raise SheetUnreadable from exc
    wanted = _only(form.pop(LANGUAGE_FIELD, []))
    language = preferred_language(visit.request, languages_of(visit.collector), wanted)
    inner = _visit(visit.request, visit.collector, language, visit.token, form)
    return replace(inner, code=code.decode("utf-8", "replace") or inner.code)


def _visit(
    request: Request, collector: FieldedCollector, language: str, token: str, form: Form
) -> Visit:
    """The fields that are no question's leave the form."""
    return Visit(
        request,
        collector,
        language,
        token,
        form,
        code=_only(form.pop(CODE_FIELD, [])),
        trap=_only(form.pop(TRAP_FIELD, [])),
        ticket=_only(form.pop(TICKET_FIELD, [])),
        work=_only(form.pop(WORK_FIELD, [])),
    )


def _only(values: list[str]) -> str:
    return values[0] if len(values) == 1 else ""
