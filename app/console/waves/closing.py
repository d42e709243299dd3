"""Close and count: what will happen, what stands in the way, how far it is, and what is left."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from app.console.doors import FieldworkDep
from app.console.rendering import told
from app.console.waves.pages import GRACES, ONE
from app.db import SessionDep
from app.initiatives.custody import custody_of
from app.initiatives.service import get_initiative, get_wave, list_waves
from app.initiatives.wave import HOLDS_RESPONSES
from app.jobs.service import standing_of
from app.responses.service import rounded_intake
from app.responses.tally import told_count

if TYPE_CHECKING:
    from app.initiatives.tables import Wave
    from app.jobs.service import JobStanding

CLOSE: Final = ONE + "/close"
# The twelve steps of `app.responses.count`, told as the four things that staff wait for.
STAGES: Final = {
    "wait": ("close", "claim"),
    "backup": ("backup_before", "unlock"),
    "open": ("open", "check", "match", "shuffle", "write", "scrub"),
    "destroy": ("backup_after", "destroy"),
}
router = APIRouter()


@dataclass(frozen=True, slots=True)
class Stage:
    name: str
    state: str  # done, now, or to_come


@router.get(CLOSE)
def show_closing(
    wave_id: str, request: Request, session: SessionDep, staff: FieldworkDep
) -> Response:
    wave = get_wave(session, staff.agency_id, wave_id)
    waves = list_waves(session, staff.agency_id, wave.initiative_id)
    count = standing_of(session, staff.agency_id, "count_wave", wave_id)
    jobs = [standing_of(session, staff.agency_id, "close_wave", wave_id), count]
    return told(
        request,
        "closing.html",
        signed_in=staff,
        wave=wave,
        initiative=get_initiative(session, staff.agency_id, wave.initiative_id),
        answered=rounded_intake(session, staff.agency_id, wave_id),
        jobs=[job for job in jobs if job is not None],
        stages=stages_of(wave, count),
        is_with_partner=custody_of(session, staff.agency_id, wave_id) is not None,
        counted=told_count((wave.count_manifest or {}).get("responses", 0)),
        graces=GRACES,
        can_compare=sum(each.state in HOLDS_RESPONSES for each in waves) > 1,
    )


def stages_of(wave: Wave, count: JobStanding | None) -> list[Stage]:
    """How far the wave has come, by its state and the last words of the worker."""
    if wave.state == "counted":
        return _stages_of_counted(wave, count)
    if wave.state not in {"closing", "closed", "counting"}:
        return [Stage(name, "to_come") for name in STAGES]
    step = (count.progress or "").partition(":")[0] if count is not None else ""
    names = list(STAGES)
    at = next((names.index(name) for name, steps in STAGES.items() if step in steps), 0)
    return [
        Stage(name, "done" if place < at else "now" if place == at else "to_come")
        for place, name in enumerate(names)
    ]


def _stages_of_counted(wave: Wave, count: JobStanding | None) -> list[Stage]:
    """A key is kept while the last backup is made, or because there is nowhere to make one."""
    states = dict.fromkeys(STAGES, "done")
    if wave.key_state == "kept":
        is_at_it = count is not None and count.is_waited_for
        states |= {"destroy": "now"} if is_at_it else {"backup": "to_come", "destroy": "to_come"}
    return [Stage(name, state) for name, state in states.items()]
