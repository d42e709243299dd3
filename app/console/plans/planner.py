"""The planner: how many answers are aimed at, and which change they could show."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from app.accounts.audit import note_act
from app.accounts.pages.doors import FormDep, see_other, typed
from app.console.doors import AuthorDep
from app.console.plans.chart import planner_chart
from app.console.rendering import pages, told
from app.db import SessionDep
from app.errors import AppError, BadInput
from app.initiatives.planning.outlook import (
    change_that_matters,
    codes_of,
    numbers_from,
    numbers_to_begin_with,
    outlook_of,
)
from app.initiatives.planning.planner import FEWEST_REPORTED, USUAL_MATTERS
from app.initiatives.planning.revisions import ChangedMeanwhile, aim_revision_of
from app.initiatives.service import (
    expect_answers,
    get_initiative,
    list_areas,
    list_plans,
    list_waves,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy.orm import Session

    from app.accounts.signing_in import SignedIn

ONE: Final = "/staff/initiatives/{initiative_id}/planner"
router = APIRouter()


@router.get(ONE)
def show_planner(
    initiative_id: str, request: Request, session: SessionDep, author: AuthorDep
) -> Response:
    return _planner(request, session, author, initiative_id, dict(request.query_params))


@router.post(ONE)
def post_planner(
    initiative_id: str, request: Request, session: SessionDep, author: AuthorDep, form: FormDep
) -> Response:
    wanted = {name: values[0] for name, values in form.items()}
    areas = list_areas(session, author.agency_id, initiative_id)
    try:
        numbers = numbers_from(wanted, codes_of(areas))
    except BadInput as refused:
        return _planner(request, session, author, initiative_id, wanted, refused)
    try:
        seen = typed(form, "revision") or None
        expect_answers(session, author.agency_id, initiative_id, numbers, seen=seen)
    except ChangedMeanwhile as refused:
        return _planner(request, session, author, initiative_id, wanted, refused)
    note_act(session, author.agency_id, author.staff_id, "plan fieldwork", initiative_id)
    return see_other(ONE.format(initiative_id=initiative_id))


def _planner(
    request: Request,
    session: Session,
    author: SignedIn,
    initiative_id: str,
    wanted: Mapping[str, str],
    refused: AppError | None = None,
) -> Response:
    initiative = get_initiative(session, author.agency_id, initiative_id)
    areas = list_areas(session, author.agency_id, initiative_id)
    plans = list_plans(session, author.agency_id, initiative_id)
    matters = change_that_matters(plans[-1].document) if plans else USUAL_MATTERS
    kept = numbers_to_begin_with(initiative, matters)
    numbers = kept
    if wanted and refused is None:
        try:
            numbers = numbers_from(wanted, codes_of(areas))
        except BadInput as problem:
            refused = problem
    locale = pages.locale_for(request)
    outlook = outlook_of(areas, numbers, {locale.language: locale("planner_everywhere")})
    return told(
        request,
        "planner.html",
        refused,
        signed_in=author,
        initiative=initiative,
        outlook=outlook,
        typed_in=wanted if refused else {},
        chart=planner_chart(outlook.total, outlook.assumed, outlook.matters, locale),
        fewest_reported=FEWEST_REPORTED,
        has_waves=bool(list_waves(session, author.agency_id, initiative_id)),
        is_kept=bool(initiative.expected),
        revision=aim_revision_of(initiative),
        theirs=_told_numbers(kept) if isinstance(refused, ChangedMeanwhile) else "",
    )


def _told_numbers(numbers: Mapping[str, Any]) -> str:
    """What somebody else has saved, as a line."""
    sums = {name: sum(numbers[name].values()) for name in ("before", "after")}
    return f"{sums['before']} + {sums['after']}, {numbers['matters']:g}"
