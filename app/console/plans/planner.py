"""The planner: how many answers are aimed at, and which change they could show."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from app.accounts.audit import note_act
from app.accounts.pages.doors import FormDep, see_other
from app.console.doors import AuthorDep
from app.console.plans.chart import planner_chart
from app.console.rendering import SCRIPT, in_reach, pages, told
from app.db import SessionDep
from app.errors import AppError, BadInput
from app.initiatives.planning.planner import (
    FEWEST_REPORTED,
    HALF,
    USUAL_DEFF,
    USUAL_MATTERS,
    USUAL_SPREAD,
    Answers,
    Assumptions,
    answers_for,
    visible_change,
)
from app.initiatives.service import (
    expect_answers,
    get_initiative,
    list_areas,
    list_plans,
    list_waves,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy.orm import Session

    from app.accounts.signing_in import SignedIn
    from app.initiatives.tables import Area, Initiative

ONE: Final = "/staff/initiatives/{initiative_id}/planner"
WAVES: Final = ("before", "after")
USUAL_ANSWERS: Final = 200
MOST_ANSWERS: Final = 10_000_000
EVERYWHERE: Final = "0"  # the one place of an initiative without areas
_BOUNDS: Final = {"spread": (0.05, 5.0), "deff": (1.0, 10.0), "matters": (0.01, 4.0)}
_USUAL: Final = {"spread": USUAL_SPREAD, "deff": USUAL_DEFF, "matters": USUAL_MATTERS}
router = APIRouter()


@dataclass(frozen=True, slots=True)
class Place:
    """A row of the planner: an area, or the whole initiative where it has none."""

    code: str
    name: str
    is_comparison: bool
    answers: Answers
    seen: float | None


@dataclass(frozen=True, slots=True)
class Outlook:
    """What the plan could show. `contrast` is the difference to the comparison areas."""

    places: list[Place]
    total: Answers
    seen: float | None
    seen_share: float | None
    contrast: float | None
    needed: int | None
    matters: float
    assumed: Assumptions

    @property
    def is_enough(self) -> bool:
        return self.seen is not None and self.seen <= self.matters

    @property
    def small(self) -> list[Place]:
        """Areas of which a wave would be too small to be reported by itself."""
        return [place for place in self.places if place.answers.fewest < FEWEST_REPORTED]

    @property
    def is_too_small(self) -> bool:
        return self.total.fewest < FEWEST_REPORTED

    @property
    def has_comparison(self) -> bool:
        return any(place.is_comparison for place in self.places)


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
        numbers = _numbers(wanted, _codes(areas))
    except BadInput as refused:
        return _planner(request, session, author, initiative_id, wanted, refused)
    expect_answers(session, author.agency_id, initiative_id, numbers)
    note_act(session, author.agency_id, author.staff_id, "plan fieldwork", initiative_id)
    return see_other(ONE.format(initiative_id=initiative_id))


def outlook_of(
    areas: Sequence[Area], numbers: Mapping[str, Any], language: str, everywhere: str
) -> Outlook:
    """`numbers` as they are kept: answers by wave and area, and what is assumed of them."""
    assumed = Assumptions(numbers["spread"], numbers["deff"])
    named = [(str(a.code), in_reach(a.name, language), a.role == "comparison") for a in areas]
    places = [
        _place(code, name, numbers, assumed, is_comparison=is_comparison)
        for code, name, is_comparison in named or [(EVERYWHERE, everywhere, False)]
    ]
    own = [place.answers for place in places if not place.is_comparison]
    other = [place.answers for place in places if place.is_comparison]
    total = _sum(own or other)
    both = [total, _sum(other)] if own and other else None
    share = visible_change([total], Assumptions(HALF, assumed.deff))
    matters = numbers["matters"]
    return Outlook(
        places=places,
        total=total,
        seen=visible_change([total], assumed),
        seen_share=share,
        contrast=visible_change(both, assumed) if both else None,
        needed=answers_for([total], assumed, matters),
        matters=matters,
        assumed=assumed,
    )


def _place(
    code: str,
    name: str,
    numbers: Mapping[str, Any],
    assumed: Assumptions,
    *,
    is_comparison: bool,
) -> Place:
    answers = Answers(*(float(numbers[wave].get(code, USUAL_ANSWERS)) for wave in WAVES))
    return Place(code, name, is_comparison, answers, visible_change([answers], assumed))


def _sum(places: Sequence[Answers]) -> Answers:
    return Answers(sum(p.before for p in places), sum(p.after for p in places))


def _codes(areas: Sequence[Area]) -> list[str]:
    return [str(area.code) for area in areas] or [EVERYWHERE]


def numbers_to_begin_with(initiative: Initiative, matters: float) -> dict[str, Any]:
    """What was kept, else the usual assumptions."""
    return {"before": {}, "after": {}, **_USUAL, "matters": matters, **initiative.expected}


def _numbers(wanted: Mapping[str, str], codes: Sequence[str]) -> dict[str, Any]:
    numbers: dict[str, Any] = {
        wave: {code: _answers(wanted.get(f"{wave}.{code}", str(USUAL_ANSWERS))) for code in codes}
        for wave in WAVES
    }
    for name, (least, most) in _BOUNDS.items():
        text = wanted.get(name, f"{_USUAL[name]:g}")
        try:
            number = float(text.replace(",", "."))
        except ValueError:
            number = least - 1
        if not least <= number <= most:
            raise BadInput(f"Give a number between {least:g} and {most:g} in place of {text!r}.")
        numbers[name] = number
    return numbers


def _answers(text: str) -> int:
    if not text.strip().isdecimal() or not 1 <= int(text) <= MOST_ANSWERS:
        raise BadInput(f"Expected answers are a whole number from 1 on, not {text[:20]!r}.")
    return int(text)


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
    kept = numbers_to_begin_with(initiative, _matters(plans[-1].document) if plans else 0.2)
    numbers = kept
    if wanted and refused is None:
        try:
            numbers = _numbers(wanted, _codes(areas))
        except BadInput as problem:
            refused = problem
    locale = pages.locale_for(request)
    outlook = outlook_of(areas, numbers, locale.language, locale("planner_everywhere"))
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
        script=SCRIPT,
        allow=("connect-src 'self'",),
    )


def _matters(document: Mapping[str, Any]) -> float:
    changes = document.get("smallest_change", {})
    amounts = [amount.get("mean") for amount in changes.values() if isinstance(amount, dict)]
    return next((float(a) for a in amounts if a), USUAL_MATTERS)
