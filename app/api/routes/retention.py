"""How long answers are kept, and the wish to have them erased."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path

from app.api.callers import CallerDep, asks
from app.api.creating import note
from app.api.paging import Listed, PagingDep
from app.api.shapes.retention import KeptShown, RecordFileShown, RecordsShown, WishToErase
from app.api.shapes.words import Id
from app.db import SessionDep
from app.records.service import gather_records
from app.retention.service import Kept, ask_to_erase, kept_of, schedule

router = APIRouter(tags=["Retention"])
InitiativeId = Annotated[Id, Path(examples=["4w2kq0n8zc"])]


@router.get("/retention", **asks("see_reports", 422))
def list_what_is_kept(
    session: SessionDep, caller: CallerDep, paging: PagingDep
) -> Listed[KeptShown]:
    """What is kept of each initiative, and until when."""
    return paging.page(
        schedule(session, caller.agency_id), lambda line: (line.initiative.id,), _shown
    )


@router.get("/initiatives/{initiative_id}/retention", **asks("see_reports", 404))
def read_what_is_kept(
    initiative_id: InitiativeId, session: SessionDep, caller: CallerDep
) -> KeptShown:
    """What is kept of one initiative, and until when."""
    return _shown(kept_of(session, caller.agency_id, initiative_id))


@router.post(
    "/initiatives/{initiative_id}/erasure",
    status_code=202,
    **asks("erase_answers", 404, 409, 413, 422),
)
def ask_for_erasure(
    initiative_id: InitiativeId, wish: WishToErase, session: SessionDep, caller: CallerDep
) -> KeptShown:
    """Ask for all answers to be erased. A second person then signs in and agrees."""
    ask_to_erase(session, caller.agency_id, initiative_id, caller.staff_id, wish.reason)
    note(session, caller, "act by program", initiative_id, {"did": "ask to erase answers"})
    return _shown(kept_of(session, caller.agency_id, initiative_id))


@router.get("/initiatives/{initiative_id}/records", **asks("publish_reports", 404))
def read_the_records(
    initiative_id: InitiativeId, session: SessionDep, caller: CallerDep
) -> RecordsShown:
    """What can be handed out on a public-records request, as texts with their checksums."""
    files = gather_records(session, caller.agency_id, initiative_id)
    note(session, caller, "take records package", initiative_id)
    return RecordsShown(files=[RecordFileShown.model_validate(file) for file in files])


def _shown(kept: Kept) -> KeptShown:
    erasure = kept.erasure
    return KeptShown(
        initiative_id=kept.initiative.id,
        standing=kept.standing,
        answers_on=kept.answers_on,
        texts_on=kept.texts_on,
        erased_at=None if erasure is None else erasure.erased_at,
        backups_until=None if erasure is None else erasure.backups_until,
        backups_gone_on=None if erasure is None else erasure.backups_gone_on,
    )
