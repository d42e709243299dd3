"""The form in which an initiative is described: who asks, what is judged, what residents read."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, Any, Final
from zoneinfo import available_timezones

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from app.accounts.audit import note_act
from app.accounts.pages.doors import FormDep, see_other, typed
from app.console.doors import AuthorDep, SentDep
from app.console.rendering import LANGUAGES, pages, texts_of, told, typed_texts
from app.db import SessionDep
from app.errors import AppError, BadInput
from app.initiatives.notice import (
    MONTHS_KEY,
    USUAL_AGE,
    USUAL_MONTHS,
    UTC,
    checked_time_zone,
)
from app.initiatives.planning.revisions import ChangedMeanwhile, revision_of
from app.initiatives.service import (
    Description,
    create_initiative,
    describe_initiative,
    get_initiative,
    keep_logo,
    remove_logo,
)
from app.web.forms import Form, read_upload, whole_number

if TYPE_CHECKING:
    from app.accounts.signing_in import SignedIn
    from app.initiatives.tables import Initiative

USUAL: Final[Form] = {"youngest": [str(USUAL_AGE)], MONTHS_KEY: [str(USUAL_MONTHS)]}
NOTICE: Final = ("run_by", "paid_by", "complaint", "retention", "result_where")
ONE: Final = "/staff/initiatives/{initiative_id}"
router = APIRouter()


@router.get("/staff/initiatives/new")
def show_new_initiative(request: Request, author: AuthorDep) -> Response:
    return _form_page(request, author, USUAL)


@router.post("/staff/initiatives/new")
def post_initiative(
    request: Request, session: SessionDep, author: AuthorDep, form: FormDep
) -> Response:
    try:
        wanted = _described(form)
        made = create_initiative(
            session,
            author.agency_id,
            title=wanted.title,
            police_name=wanted.police_name,
            notice=wanted.notice,
        )
        describe_initiative(session, author.agency_id, made.id, wanted)
    except BadInput as refused:
        return _form_page(request, author, form, refused)
    note_act(session, author.agency_id, author.staff_id, "create initiative", made.id)
    return see_other(ONE.format(initiative_id=made.id))


@router.get(ONE + "/edit")
def show_description(
    initiative_id: str, request: Request, session: SessionDep, author: AuthorDep
) -> Response:
    initiative = get_initiative(session, author.agency_id, initiative_id)
    return _form_page(request, author, _as_typed(initiative), initiative=initiative)


@router.post(ONE + "/edit")
def post_description(
    initiative_id: str, request: Request, session: SessionDep, author: AuthorDep, form: FormDep
) -> Response:
    initiative = get_initiative(session, author.agency_id, initiative_id)
    try:
        wanted = _described(form)
        seen = typed(form, "revision") or None
        describe_initiative(session, author.agency_id, initiative_id, wanted, seen=seen)
    except AppError as refused:
        return _form_page(request, author, form, refused, initiative=initiative)
    note_act(session, author.agency_id, author.staff_id, "describe initiative", initiative_id)
    return see_other(ONE.format(initiative_id=initiative_id))


@router.post(ONE + "/logo")
def post_logo(
    initiative_id: str,
    request: Request,
    session: SessionDep,
    author: AuthorDep,
    sent: SentDep,
) -> Response:
    initiative = get_initiative(session, author.agency_id, initiative_id)
    try:
        form, files = read_upload(*sent)
        if "logo" not in files:
            raise BadInput("initiatives.choose_logo")
        seen = typed(form, "revision") or None
        key = author.agency_id, initiative_id
        keep_logo(session, *key, files["logo"].content, seen=seen)
    except AppError as refused:
        return _form_page(request, author, _as_typed(initiative), refused, initiative=initiative)
    note_act(session, author.agency_id, author.staff_id, "keep logo", initiative_id)
    return see_other(ONE.format(initiative_id=initiative_id) + "/edit")


@router.post(ONE + "/logo/remove")
def post_no_logo(initiative_id: str, session: SessionDep, author: AuthorDep) -> Response:
    remove_logo(session, author.agency_id, initiative_id)
    note_act(session, author.agency_id, author.staff_id, "remove logo", initiative_id)
    return see_other(ONE.format(initiative_id=initiative_id) + "/edit")


def _described(form: Form) -> Description:
    return Description(
        title=texts_of(form, "title"),
        police_name=texts_of(form, "police_name"),
        notice=_notice(form),
        starts_on=_day(typed(form, "starts_on")),
        time_zone=checked_time_zone(typed(form, "time_zone") or UTC),
    )


def _notice(form: Form) -> dict[str, Any]:
    notice: dict[str, Any] = {name: texts for name in NOTICE if (texts := texts_of(form, name))}
    if contact := typed(form, "contact").strip():
        notice["contact"] = contact
    if age := typed(form, "youngest").strip():
        notice["youngest"] = whole_number(age)
        if notice["youngest"] is None:
            raise BadInput("initiatives.age_whole", age=age[:20])
    if form.get("asks_age"):
        notice["asks_age"] = True
    if months := typed(form, "keeps_months").strip():
        notice[MONTHS_KEY] = whole_number(months)
        if notice[MONTHS_KEY] is None:
            raise BadInput("initiatives.months_whole", months=months[:20])
    return notice


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as exc:
        raise BadInput("initiatives.no_day", text=text[:20]) from exc


def _as_typed(initiative: Initiative) -> Form:
    notice: Mapping[str, Any] = initiative.notice
    form = typed_texts("title", initiative.title) | typed_texts(
        "police_name", initiative.police_name
    )
    for name in NOTICE:
        told_texts = notice.get(name, {})
        texts = told_texts if isinstance(told_texts, Mapping) else {"en": str(told_texts)}
        form |= typed_texts(name, texts)
    form["contact"] = [str(notice.get("contact", ""))]
    form["youngest"] = [str(notice.get("youngest", ""))]
    form["keeps_months"] = [str(notice.get(MONTHS_KEY, ""))]
    form["asks_age"] = ["yes"] if notice.get("asks_age") else []
    form["starts_on"] = [initiative.starts_on.isoformat() if initiative.starts_on else ""]
    form["time_zone"] = [initiative.time_zone]
    return form


def _form_page(
    request: Request,
    author: SignedIn,
    typed_in: Form,
    refused: AppError | None = None,
    *,
    initiative: Initiative | None = None,
) -> Response:
    return told(
        request,
        "initiative_form.html",
        refused,
        signed_in=author,
        initiative=initiative,
        notice=NOTICE,
        typed_in=typed_in,
        revision=revision_of(initiative) if initiative else "",
        theirs=_theirs(initiative, typed_in) if isinstance(refused, ChangedMeanwhile) else [],
        zones=[UTC, *sorted(zone for zone in available_timezones() if "/" in zone)],
        spoken=_spoken(typed_in, pages.locale_for(request).language),
    )


def _spoken(typed_in: Form, language: str) -> set[str]:
    """The languages whose fields are shown: those with a text, and that of whoever writes."""
    named = {name.partition(".")[2] for name, texts in typed_in.items() if any(texts)}
    return {each for each in LANGUAGES if each in {*named, language}}


def _theirs(initiative: Initiative | None, typed_in: Form) -> list[tuple[str, str, str]]:
    """Field, language and text of what stands where something else was typed."""
    stands = {} if initiative is None else _as_typed(initiative)
    told_fields = []
    for name in sorted(stands.keys() | (typed_in.keys() - {"revision"})):
        text = " ".join(stands.get(name, []))
        if text != " ".join(typed_in.get(name, [])):
            field, _, language = name.partition(".")
            told_fields.append((field, language, text))
    return told_fields
