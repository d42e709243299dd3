"""Initiatives, areas and plans."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path
from starlette.responses import Response

from app.api.callers import CallerDep, asks
from app.api.creating import CreatingDep, deleted, note
from app.api.paging import Listed, PagingDep
from app.api.shapes.initiatives import (
    AreaShown,
    AreaText,
    InitiativeShown,
    NewArea,
    NewInitiative,
    PlanShown,
    PlanToLock,
)
from app.api.shapes.words import Id
from app.api.showing import shown_area, shown_initiative, shown_plan
from app.db import SessionDep
from app.deletion.service import delete_area, delete_initiative
from app.initiatives.service import (
    Description,
    add_area,
    change_area,
    create_initiative,
    describe_initiative,
    get_initiative,
    list_areas,
    list_initiatives,
    list_plans,
    list_waves,
    lock_plan,
)

router = APIRouter(tags=["Initiatives"])
InitiativeId = Annotated[Id, Path(examples=["4w2kq0n8zc"])]
AreaCode = Annotated[int, Path(ge=1, le=10_000, examples=[1])]


@router.get("/initiatives", **asks("see_fieldwork", 422))
def list_the_initiatives(
    session: SessionDep, caller: CallerDep, paging: PagingDep
) -> Listed[InitiativeShown]:
    """The initiatives of the agency, the oldest first."""
    return paging.page(
        list_initiatives(session, caller.agency_id),
        lambda row: (row.created_on.isoformat(), row.id),
        shown_initiative,
    )


@router.post(
    "/initiatives",
    status_code=201,
    response_model=InitiativeShown,
    **asks("set_up_initiatives", 409, 413, 422),
)
def create_an_initiative(new: NewInitiative, creating: CreatingDep) -> Response:
    """Set up what is to be judged, and what residents are told about who asks."""

    def create() -> InitiativeShown:
        key = creating.session, creating.caller.agency_id
        notice = new.notice.model_dump(exclude_none=True, exclude_defaults=True)
        made = create_initiative(*key, title=new.title, police_name=new.police_name, notice=notice)
        wanted = Description(new.title, new.police_name, notice, new.starts_on, new.time_zone)
        describe_initiative(*key, made.id, wanted)
        creating.note("create initiative", made.id)
        return shown_initiative(made)

    return creating.once(create)


@router.get("/initiatives/{initiative_id}", **asks("see_fieldwork", 404))
def read_an_initiative(
    initiative_id: InitiativeId, session: SessionDep, caller: CallerDep
) -> InitiativeShown:
    """One initiative."""
    return shown_initiative(get_initiative(session, caller.agency_id, initiative_id))


@router.delete(
    "/initiatives/{initiative_id}", status_code=204, **asks("set_up_initiatives", 404, 409)
)
def delete_an_initiative(
    initiative_id: InitiativeId, session: SessionDep, caller: CallerDep
) -> None:
    """Delete what was set up by mistake, with its draft waves; never once a wave was opened."""
    deletion = delete_initiative(session, caller.agency_id, initiative_id)
    deleted(session, caller, "delete initiative", initiative_id, deletion)


@router.get("/initiatives/{initiative_id}/areas", **asks("see_fieldwork", 404, 422))
def list_the_areas(
    initiative_id: InitiativeId, session: SessionDep, caller: CallerDep, paging: PagingDep
) -> Listed[AreaShown]:
    """The places of an initiative, and those it is compared with."""
    get_initiative(session, caller.agency_id, initiative_id)
    return paging.page(
        list_areas(session, caller.agency_id, initiative_id),
        lambda row: (row.code,),
        shown_area,
    )


@router.post(
    "/initiatives/{initiative_id}/areas",
    status_code=201,
    response_model=AreaShown,
    **asks("set_up_initiatives", 404, 409, 413, 422),
)
def add_an_area(initiative_id: InitiativeId, new: NewArea, creating: CreatingDep) -> Response:
    """Add a place, before the first wave opens."""

    def create() -> AreaShown:
        key = creating.caller.agency_id, initiative_id
        made = add_area(creating.session, *key, name=new.name, role=new.role)
        creating.note("add area", made.id)
        return shown_area(made)

    return creating.once(create)


@router.put(
    "/initiatives/{initiative_id}/areas/{code}", **asks("set_up_initiatives", 404, 409, 413, 422)
)
def change_an_area(
    initiative_id: InitiativeId,
    code: AreaCode,
    new: AreaText,
    session: SessionDep,
    caller: CallerDep,
) -> AreaShown:
    """Name a place anew. Once a wave was opened, only further languages can be added."""
    key = caller.agency_id, initiative_id
    made = change_area(session, *key, code, name=new.name, role=new.role, seen=new.revision)
    note(session, caller, "change area", initiative_id)
    return shown_area(made)


@router.delete(
    "/initiatives/{initiative_id}/areas/{code}",
    status_code=204,
    **asks("set_up_initiatives", 404, 409),
)
def delete_an_area(
    initiative_id: InitiativeId, code: AreaCode, session: SessionDep, caller: CallerDep
) -> None:
    """Delete a place that no way in and no plan names, before the first wave opens."""
    deletion = delete_area(session, caller.agency_id, initiative_id, code)
    deleted(session, caller, "delete area", initiative_id, deletion)


@router.get("/initiatives/{initiative_id}/plans", **asks("see_fieldwork", 404, 422))
def list_the_plans(
    initiative_id: InitiativeId, session: SessionDep, caller: CallerDep, paging: PagingDep
) -> Listed[PlanShown]:
    """Every locked version of the plan, the first one first."""
    get_initiative(session, caller.agency_id, initiative_id)
    waves = list_waves(session, caller.agency_id, initiative_id)
    return paging.page(
        list_plans(session, caller.agency_id, initiative_id),
        lambda row: (row.version,),
        lambda row: shown_plan(row, waves),
    )


@router.post(
    "/initiatives/{initiative_id}/plans",
    status_code=201,
    response_model=PlanShown,
    **asks("set_up_initiatives", 404, 409, 413, 422),
)
def lock_a_plan(initiative_id: InitiativeId, new: PlanToLock, creating: CreatingDep) -> Response:
    """Lock what will be tested. A plan equal to the newest makes no new version."""

    def create() -> PlanShown:
        key = creating.caller.agency_id, initiative_id
        document = new.model_dump(exclude_none=True, exclude={"newest"})
        made = lock_plan(creating.session, *key, document, seen=new.newest)
        facts: dict[str, object] = {"version": made.version, "hash": made.content_hash}
        creating.note("lock plan", initiative_id, facts)
        return shown_plan(made, list_waves(creating.session, *key))

    return creating.once(create)
