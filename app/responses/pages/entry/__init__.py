"""Under /entry/: staff type paper sheets, each twice. Nothing is kept before it is sealed."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from app.accounts.pages.doors import SIGN_IN, ElsewhereFirst, admit, find_visitor
from app.accounts.signing_in import SignedIn, Standing
from app.collectors.service import FieldedCollector
from app.db import Database
from app.errors import NotFound, Unavailable
from app.privacy.form_tokens import FormTokens, TokenRefused
from app.privacy.linking.tags import LinkTags
from app.privacy.web_keys import WebKeyStore
from app.responses.intake import Acceptance, Writer, accept_response
from app.responses.pages.collector_cache import CollectorCache
from app.responses.pages.entry.keying import Entry, only, posted_entry, sheet_language
from app.responses.pages.entry.view import (
    SCRIPT_FOLDER,
    Told,
    entry_page,
    entry_script,
    returned_page,
)
from app.responses.pages.outcome_pages import busy_page, not_taking_page
from app.responses.pages.visit import Visit
from app.responses.sheet import Sheet
from app.responses.tally import FieldworkTally
from app.responses.tally.writing import note_sheet
from app.web.error_pages import log_failure, wants_json
from app.web.forms import Form, read_form
from app.web.scripts import script_reply


class EntryPages:
    def __init__(
        self, database: Database, writer: Writer, tally: FieldworkTally, web_keys: WebKeyStore
    ) -> None:
        self._collectors = CollectorCache(database)
        self._writer = writer
        self._tally = tally
        self._tokens = FormTokens(web_keys)
        self._links = LinkTags(web_keys)

    async def show(self, request: Request, public_id: str) -> Response:
        staff = admit(await find_visitor(request), "enter_paper")
        collector = await self._paper(public_id)
        _refuse_foreign(staff, collector)
        language = sheet_language(collector, request.query_params.get("lang", ""))
        if not collector.takes_sheets:
            return not_taking_page(Visit(request, collector, language, "", {}))
        return entry_page(request, self._blank(collector, language, 0))

    async def take(self, request: Request, public_id: str, form: Form) -> Response:
        try:
            collector = await self._paper(public_id)
        except Unavailable as failure:
            log_failure(request.scope, failure)
            language, token = (only(form, name) for name in ("_lang", "_token"))
            form = {name: form[name] for name in form if name not in {"_lang", "_token"}}
            return busy_page(request, language, token, form)
        entry = posted_entry(collector, form)
        try:
            visitor = await find_visitor(request)
        except Unavailable as failure:
            log_failure(request.scope, failure)
            return _hand_back(request, entry, "busy")
        if visitor is None or visitor.standing is not Standing.COMPLETE:
            return _hand_back(request, entry, "signed_out")
        _refuse_foreign(admit(visitor, "enter_paper"), collector)
        return await self._take_from_staff(request, entry)

    async def _take_from_staff(self, request: Request, entry: Entry) -> Response:
        collector = entry.collector
        if not collector.takes_sheets:
            visit = Visit(request, collector, entry.language, "", {})
            return not_taking_page(visit, is_unsent=True)
        try:
            nonce = self._tokens.read(entry.token, collector.wave_id).nonce
        except TokenRefused:
            renewed = replace(entry, token=self._tokens.issue(collector.wave_id))
            return entry_page(request, renewed, "renewed")
        return await self._advance(request, entry, nonce)

    async def _advance(self, request: Request, entry: Entry, nonce: bytes) -> Response:
        """Typed once, typed twice, compared, and only then stored."""
        reading = entry.read()
        if reading.problems:
            return entry_page(request, entry, "problems", reading.problems)
        if entry.step == "first":
            return entry_page(request, entry.to_second())
        if entry.step == "second" and entry.differences(entry.keyed):
            return entry_page(request, entry.to_settle())
        sheet = reading.form.tagged(self._links, entry.collector)
        return await self._store(request, entry, sheet, nonce)

    async def _store(self, request: Request, entry: Entry, sheet: Sheet, nonce: bytes) -> Response:
        collector = entry.collector
        try:
            outcome = await accept_response(self._writer, collector, nonce, sheet)
        except Exception as failure:  # noqa: BLE001 - whatever broke, what was typed is not lost
            log_failure(request.scope, failure)
            return entry_page(request, entry, "busy")
        if outcome is Acceptance.STORED:
            note_sheet(self._tally, collector)
            following = self._blank(collector, entry.language, entry.stored + 1)
            return entry_page(request, following, "stored")
        if outcome is Acceptance.ALREADY_ARRIVED:
            following = self._blank(collector, entry.language, entry.stored)
            return entry_page(request, following, "arrived")
        visit = Visit(request, collector, entry.language, "", {})  # paper has no codes to refuse
        return not_taking_page(visit, is_unsent=True)

    async def _paper(self, public_id: str) -> FieldedCollector:
        try:
            collector = await self._collectors.get(public_id)
        except NotFound as unknown:
            raise NotFound("answers.no_entry") from unknown
        if not collector.is_entered_by_staff:
            raise NotFound("answers.no_entry")
        return collector

    def _blank(self, collector: FieldedCollector, language: str, stored: int) -> Entry:
        return Entry(collector, language, self._tokens.issue(collector.wave_id), stored)


def _refuse_foreign(staff: SignedIn, collector: FieldedCollector) -> None:
    """What belongs to another agency is as unknown as what never was."""
    if collector.agency_id != staff.agency_id:
        raise NotFound("answers.no_entry")


def _hand_back(request: Request, entry: Entry, told: Told) -> Response:
    """Whoever sent it gets back what was typed, and sees nothing of a wave that takes no sheets."""
    if not entry.collector.takes_sheets:
        raise ElsewhereFirst(SIGN_IN)
    return entry_page(request, entry, told)


async def show_entry(request: Request) -> Response:
    pages: EntryPages = request.app.state.entry_pages
    return await pages.show(request, request.path_params["public_id"])


async def take_entry(request: Request) -> Response:
    """Whoever may not enter it gets the sheet back: the same for an address that never was."""
    pages: EntryPages = request.app.state.entry_pages
    form = read_form(await request.body(), request.headers.get("content-type", ""))
    try:
        return await pages.take(request, request.path_params["public_id"], form)
    except NotFound as refusal:
        if wants_json(request):
            raise
        return returned_page(request, form, refusal.status)


async def show_entry_script(request: Request) -> Response:
    script = entry_script()
    if request.path_params["name"] != script.name:
        raise NotFound("answers.no_script")
    return script_reply(request, script)


entry_routes: Final = [
    Route(SCRIPT_FOLDER + "{name}", show_entry_script, methods=["GET"]),
    Route("/entry/{public_id}", take_entry, methods=["POST"]),
    Route("/entry/{public_id}", show_entry, methods=["GET"]),
]
