"""Whether people are linked over the waves of an initiative, and when that ends for good."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from app.initiatives import store
from app.initiatives.fielding import FORGET_JOB
from app.initiatives.wave import SETTLED
from app.jobs.service import asked_subjects

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.orm import Session

    from app.initiatives.tables import Linking, Wave

KEPT: Final = "kept"
ENDED: Final = "ended"


def link_key_name(initiative_id: str) -> str:
    return f"link-{initiative_id}"


def linking_of(session: Session, agency_id: str, initiative_id: str) -> Linking | None:
    """None: no wave has asked for a code so far."""
    return store.find_linking(session, agency_id, initiative_id)


def is_last_count(waves: Sequence[Wave], counted: Wave) -> bool:
    """Nobody is left to be linked: a follow-up is counted, and no other wave waits."""
    others = [wave for wave in waves if wave.id != counted.id]
    return counted.kind == "follow_up" and all(w.state in SETTLED for w in others)


def end_linking(session: Session, agency_id: str, initiative_id: str) -> None:
    found = store.find_linking(session, agency_id, initiative_id)
    if found is not None:
        found.state = ENDED


def ended_linkings(session: Session, initiative_ids: Sequence[str]) -> set[str]:
    """Those whose keys can go, wherever they lie."""
    ended = set(store.initiatives_with_ended_linking(session, initiative_ids))
    return ended | asked_subjects(session, FORGET_JOB, initiative_ids)
