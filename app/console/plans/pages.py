"""The plan: written together, locked once, and every later version told as such."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from app.accounts.audit import note_act
from app.accounts.pages.doors import see_other, typed
from app.accounts.staff import get_staff
from app.console.doors import AuthorDep, SentDep
from app.console.plans.form import (
    EXCLUDE,
    LEAST_SUPPRESSION,
    USUAL_CHANGE,
    choices_of,
    fields_of,
    plan_from,
    read_table,
    saved_otherwise,
    table_of,
    typed_plan,
)
from app.console.rendering import in_reach, pages, told
from app.db import SessionDep
from app.errors import AppError
from app.initiatives.planning.drafts import EditedMeanwhile, read_draft, save_draft
from app.initiatives.planning.population import LONGEST_TABLE, decoded_table
from app.initiatives.service import (
    get_initiative,
    is_changed_after_data,
    list_plans,
    list_waves,
    lock_plan,
)
from app.web.forms import UPLOAD_TYPE, read_form, read_upload, whole_number

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from app.accounts.signing_in import SignedIn
    from app.console.plans.form import Choices
    from app.web.forms import Form

FILE: Final = "table"
ONE: Final = "/staff/initiatives/{initiative_id}/plan"
router = APIRouter()


@router.get(ONE)
def show_plan(
    initiative_id: str, request: Request, session: SessionDep, author: AuthorDep
) -> Response:
    return _plan(request, session, author, initiative_id)


@router.post(ONE)
def post_plan(
    initiative_id: str, request: Request, session: SessionDep, author: AuthorDep, sent: SentDep
) -> Response:
    """Save what was typed, and lock it unless only saving was asked for.

    What a file says is shown first: nobody locks a table that they have not seen.
    """
    get_initiative(session, author.agency_id, initiative_id)
    form, file = _read(*sent)
    try:
        if file is not None:
            form |= {"margins": [decoded_table(file)]}
        save_draft(
            session,
            author.agency_id,
            initiative_id,
            author.staff_id,
            fields_of(form),
            revision=_revision(form),
        )
        if file is not None:
            read_table(form, choices_of(session, author.agency_id, initiative_id))
        elif "save" not in form:
            _lock(session, author, initiative_id, form)
    except AppError as refused:
        return _plan(request, session, author, initiative_id, refused, form)
    page = ONE.format(initiative_id=initiative_id)
    return see_other(page if file is None else f"{page}#population")


def _read(body: bytes, content_type: str) -> tuple[Form, bytes | None]:
    """The fields, and the file of the population where one was chosen."""
    if not content_type.lower().startswith(UPLOAD_TYPE):
        return read_form(body, content_type), None
    form, files = read_upload(body, content_type)
    return form, files[FILE].content if FILE in files else None


def _lock(session: Session, author: SignedIn, initiative_id: str, form: Form) -> None:
    choices = choices_of(session, author.agency_id, initiative_id)
    plan = lock_plan(session, author.agency_id, initiative_id, plan_from(form, choices))
    facts = {"version": plan.version, "hash": plan.content_hash}
    note_act(session, author.agency_id, author.staff_id, "lock plan", initiative_id, facts)


def _revision(form: Form) -> int:
    return whole_number(typed(form, "revision")) or 0


def _plan(
    request: Request,
    session: Session,
    author: SignedIn,
    initiative_id: str,
    refused: AppError | None = None,
    typed_in: Form | None = None,
) -> Response:
    initiative = get_initiative(session, author.agency_id, initiative_id)
    plans = list_plans(session, author.agency_id, initiative_id)
    waves = list_waves(session, author.agency_id, initiative_id)
    draft = read_draft(session, author.agency_id, initiative_id)
    locked = typed_plan(plans[-1].document) if plans else {}
    language = pages.locale_for(request).language
    choices = choices_of(session, author.agency_id, initiative_id, language)
    shown = typed_in or (draft.document if draft else locked)
    return told(
        request,
        "plan.html",
        refused,
        signed_in=author,
        initiative=initiative,
        plans=[(plan, is_changed_after_data(plan, waves)) for plan in reversed(plans)],
        is_after_open=any(w.kind == "follow_up" and w.opened_at is not None for w in waves),
        draft=draft,
        saver=get_staff(session, author.agency_id, draft.saved_by).name if draft else None,
        typed_in=shown,
        theirs=_theirs(refused, shown, choices, language),
        choices=choices,
        table=table_of(shown, choices),
        question_texts={v.question: v.text for v in choices.codebook.variables},
        longest_table=LONGEST_TABLE // 1024,
        outcome_titles={
            outcome: in_reach(title, language) or outcome for outcome, title in choices.outcomes
        },
        usual_change=f"{initiative.expected.get('matters', USUAL_CHANGE)}",
        fewest_shown=LEAST_SUPPRESSION,
        exclude=EXCLUDE,
    )


def _theirs(
    refused: AppError | None, mine: Form, choices: Choices, language: str
) -> list[tuple[str, list[str]]] | None:
    """What somebody else saved, by the names that stand in the form."""
    if not isinstance(refused, EditedMeanwhile):
        return None
    names = {outcome: in_reach(title, language) for outcome, title in choices.outcomes}
    names |= {variable.id: in_reach(variable.text, language) for variable in choices.background}
    codes = {
        f"{EXCLUDE}{variable.id}": {
            str(category.code): in_reach(category.label, language)
            for category in variable.categories
        }
        for variable in choices.background
    }
    return [
        (name, [codes.get(name, names).get(value) or value for value in saved])
        for name, saved in saved_otherwise(refused.theirs.document, mine)
    ]
