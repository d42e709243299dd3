"""The plan while it is being written. Whoever saves second is told, and shown what the first wrote.

A draft is what staff typed, field by field; only `lock_plan` makes a plan of it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from app import clock
from app.errors import Conflict
from app.initiatives import store
from app.initiatives.service import lock_initiative
from app.initiatives.tables import PlanDraft

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

Fields = Mapping[str, Sequence[str]]


class EditedMeanwhile(Conflict):
    """Somebody saved since this form was opened. Nothing was written; `theirs` is what stands."""

    code = "edited_meanwhile"

    def __init__(self, theirs: PlanDraft) -> None:
        super().__init__("plans.edited_meanwhile")
        self.theirs = theirs


def read_draft(session: Session, agency_id: str, initiative_id: str) -> PlanDraft | None:
    return store.find_draft(session, agency_id, initiative_id)


def save_draft(
    session: Session,
    agency_id: str,
    initiative_id: str,
    staff_id: str,
    document: Fields,
    *,
    revision: int,
) -> PlanDraft:
    """`revision` is that of the draft that the form was opened with; 0 where there was none."""
    lock_initiative(session, agency_id, initiative_id)
    draft = store.find_draft(session, agency_id, initiative_id)
    fields: dict[str, Any] = {name: list(values) for name, values in document.items()}
    if draft is None:
        draft = PlanDraft(
            agency_id=agency_id,
            initiative_id=initiative_id,
            document=fields,
            revision=1,
            saved_by=staff_id,
            saved_at=clock.now(),
        )
        store.add(session, draft)
        return draft
    if draft.document == fields:
        return draft
    if draft.revision != revision:
        raise EditedMeanwhile(draft)
    draft.document, draft.revision = fields, revision + 1
    draft.saved_by, draft.saved_at = staff_id, clock.now()
    return draft
