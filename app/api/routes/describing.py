"""An initiative described anew: its words, its logo, how many answers are aimed at."""

from __future__ import annotations

import binascii
from base64 import b64decode
from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Path

from app.api.callers import CallerDep, asks
from app.api.creating import note
from app.api.shapes.initiatives import (
    InitiativeShown,
    InitiativeText,
    NewLogo,
    PopulationShown,
    PopulationTable,
)
from app.api.shapes.outlook import Aim, OutlookShown, PlaceShown
from app.api.shapes.words import Id
from app.api.showing import shown_initiative
from app.db import SessionDep
from app.errors import BadInput
from app.initiatives.planning.margins import read_margins
from app.initiatives.planning.outlook import (
    WAVES,
    codes_of,
    numbers_from,
    numbers_to_begin_with,
    outlook_of,
)
from app.initiatives.planning.population import checked_margins, questions_of
from app.initiatives.planning.revisions import aim_revision_of
from app.initiatives.service import (
    Description,
    describe_initiative,
    expect_answers,
    get_initiative,
    keep_logo,
    list_areas,
    remove_logo,
)

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

router = APIRouter(tags=["Initiatives"])
InitiativeId = Annotated[Id, Path(examples=["4w2kq0n8zc"])]


@router.put("/initiatives/{initiative_id}", **asks("set_up_initiatives", 404, 409, 413, 422))
def describe_an_initiative(
    initiative_id: InitiativeId, new: InitiativeText, session: SessionDep, caller: CallerDep
) -> InitiativeShown:
    """Write the description anew. Words that stand in the questions stay once a wave was opened."""
    key = caller.agency_id, initiative_id
    wanted = Description(
        title=new.title,
        police_name=new.police_name,
        notice=new.notice.model_dump(exclude_none=True, exclude_defaults=True),
        starts_on=new.starts_on,
        time_zone=new.time_zone,
    )
    made = describe_initiative(session, *key, wanted, seen=new.revision)
    note(session, caller, "describe initiative", initiative_id)
    return shown_initiative(made)


@router.put("/initiatives/{initiative_id}/logo", **asks("set_up_initiatives", 404, 409, 413, 422))
def keep_a_logo(
    initiative_id: InitiativeId, new: NewLogo, session: SessionDep, caller: CallerDep
) -> InitiativeShown:
    """Show a logo to residents. It is read, bounded, and written anew."""
    get_initiative(session, caller.agency_id, initiative_id)
    try:
        file = b64decode(new.png, validate=True)
    except binascii.Error as exc:
        raise BadInput("api.png_not_base64") from exc
    keep_logo(session, caller.agency_id, initiative_id, file, seen=new.revision)
    note(session, caller, "keep logo", initiative_id)
    return shown_initiative(get_initiative(session, caller.agency_id, initiative_id))


@router.delete("/initiatives/{initiative_id}/logo", **asks("set_up_initiatives", 404))
def remove_the_logo(
    initiative_id: InitiativeId, session: SessionDep, caller: CallerDep
) -> InitiativeShown:
    """Show no logo any more."""
    remove_logo(session, caller.agency_id, initiative_id)
    note(session, caller, "remove logo", initiative_id)
    return shown_initiative(get_initiative(session, caller.agency_id, initiative_id))


@router.get("/initiatives/{initiative_id}/aim", **asks("see_fieldwork", 404))
def read_the_aim(
    initiative_id: InitiativeId, session: SessionDep, caller: CallerDep
) -> OutlookShown:
    """What is aimed at, and which change so many answers could show."""
    return _outlook(session, caller.agency_id, initiative_id)


@router.put("/initiatives/{initiative_id}/aim", **asks("set_up_initiatives", 404, 409, 413, 422))
def state_the_aim(
    initiative_id: InitiativeId, new: Aim, session: SessionDep, caller: CallerDep
) -> OutlookShown:
    """Keep how many answers are expected, by wave and area. Areas left out expect the usual 200."""
    key = caller.agency_id, initiative_id
    get_initiative(session, *key)
    codes = codes_of(list_areas(session, *key))
    foreign = sorted((new.before.keys() | new.after.keys()) - set(codes))
    if foreign:
        raise BadInput("api.no_area", area=foreign[0], known=codes)
    answers = {
        f"{wave}.{code}": str(number)
        for wave in WAVES
        for code, number in getattr(new, wave).items()
    }
    assumed = {name: str(getattr(new, name)) for name in ("spread", "deff", "matters")}
    expect_answers(session, *key, numbers_from(answers | assumed, codes), seen=new.revision)
    note(session, caller, "plan fieldwork", initiative_id)
    session.flush()
    return _outlook(session, *key)


@router.post("/initiatives/{initiative_id}/population", **asks("set_up_initiatives", 404, 413, 422))
def check_a_population(
    initiative_id: InitiativeId, new: PopulationTable, session: SessionDep, caller: CallerDep
) -> PopulationShown:
    """Read a table of the population, and say what was understood. Nothing is kept."""
    questions = questions_of(session, caller.agency_id, initiative_id)
    weighting = read_margins(new.table, questions)
    if weighting is None:
        raise BadInput("plans.table_empty")
    margins = checked_margins(weighting, questions)
    return PopulationShown.model_validate({"weighting": weighting, "margins": margins})


def _outlook(session: Session, agency_id: str, initiative_id: str) -> OutlookShown:
    initiative = get_initiative(session, agency_id, initiative_id)
    areas = list_areas(session, agency_id, initiative_id)
    outlook = outlook_of(areas, numbers_to_begin_with(initiative), {})
    return OutlookShown(
        is_kept=bool(initiative.expected),
        before=int(outlook.total.before),
        after=int(outlook.total.after),
        visible_change=outlook.seen,
        visible_share=outlook.seen_share,
        visible_difference=outlook.contrast,
        matters=outlook.matters,
        is_enough=outlook.is_enough,
        answers_needed=outlook.needed,
        has_comparison=outlook.has_comparison,
        places=[
            PlaceShown(
                area_code=int(place.code),
                is_comparison=place.is_comparison,
                before=int(place.answers.before),
                after=int(place.answers.after),
                visible_change=place.seen,
                is_too_small=place in outlook.small,
            )
            for place in outlook.places
        ],
        revision=aim_revision_of(initiative),
    )
