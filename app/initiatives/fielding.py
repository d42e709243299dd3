"""Moves a wave through its life in the database. Who asks for what is checked in `wave`."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final, cast

from app import clock
from app.errors import BadInput, NotFound
from app.initiatives import store
from app.initiatives.custody import proved_custody
from app.initiatives.wave import TAKES_SHEETS, USUAL_GRACE, WaveKind, WaveLife, WaveState
from app.jobs.service import asked_subjects, call_off, enqueue

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.orm import Session

    from app.initiatives.tables import Wave

OPEN_JOB: Final = "open_wave"
END_JOB: Final = "end_fieldwork"
FORGET_JOB: Final = "forget_keys"  # of a wave or an initiative that was deleted
FURTHEST: Final = timedelta(days=730)


def request_opening(
    session: Session,
    agency_id: str,
    wave_id: str,
    *,
    accept_default_plan: bool = False,
    draft_decision: str = "",
    at: datetime | None = None,
) -> None:
    """Ask the worker to open a wave: the wave's private key is made where it will be used.

    Now, or `at` a moment to come.
    """
    now = clock.now()
    life_of(locked_wave(session, agency_id, wave_id)).open(now)
    proved_custody(session, agency_id, wave_id)
    arguments = {"accept_default_plan": accept_default_plan, "draft_decision": draft_decision}
    enqueue(session, agency_id, OPEN_JOB, wave_id, arguments, _to_come(at, now))


def request_closing(
    session: Session, agency_id: str, wave_id: str, *, at: datetime, grace: timedelta
) -> None:
    """Have an open wave, or one that will be open then, closed at a moment to come."""
    now = clock.now()
    life = life_of(locked_wave(session, agency_id, wave_id))
    (life.open(now) if life.state == "draft" else life).close(now, grace)
    arguments = {"grace_hours": grace / timedelta(hours=1)}
    enqueue(session, agency_id, END_JOB, wave_id, arguments, _to_come(at, now))


def call_off_opening(session: Session, agency_id: str, wave_id: str) -> bool:
    locked_wave(session, agency_id, wave_id)
    return call_off(session, agency_id, OPEN_JOB, wave_id)


def call_off_closing(session: Session, agency_id: str, wave_id: str) -> bool:
    locked_wave(session, agency_id, wave_id)
    return call_off(session, agency_id, END_JOB, wave_id)


def end_fieldwork(session: Session, agency_id: str, wave_id: str, grace: timedelta) -> None:
    """The planned day has come. A wave that somebody closed before is left as it is."""
    life = life_of(locked_wave(session, agency_id, wave_id))
    if life.state in {"draft", "open"}:
        close_wave(session, agency_id, wave_id, grace)


def _to_come(at: datetime | None, now: datetime) -> datetime:
    if at is None:
        return now
    if not now < at <= now + FURTHEST:
        raise BadInput("waves.moment_ahead", most=FURTHEST.days, at=f"{at:%Y-%m-%d %H:%M}")
    return at


def close_wave(
    session: Session, agency_id: str, wave_id: str, grace: timedelta = USUAL_GRACE
) -> Wave:
    """Ask nobody new. When the grace is over, the worker closes the wave and counts it."""
    wave = locked_wave(session, agency_id, wave_id)
    life = life_of(wave).close(clock.now(), grace)
    apply(wave, life)
    if life.grace_ends_at is not None:
        enqueue(session, agency_id, "close_wave", wave_id, {}, life.grace_ends_at)
    return wave


def end_grace(session: Session, agency_id: str, wave_id: str) -> Wave:
    """Take no sheet any more; have the wave counted where the server may. Safe to repeat."""
    wave = locked_wave(session, agency_id, wave_id)
    if wave.state == "closing":
        now = clock.now()
        apply(wave, life_of(wave).end_grace(now))
        if store.find_custody(session, agency_id, wave_id) is None:
            enqueue(session, agency_id, "count_wave", wave_id, {}, now)
    return wave


def spent_waves(session: Session, wave_ids: Sequence[str]) -> set[str]:
    """Those of them that will never take a sheet again. A wave nobody knows is not judged:

    only one that was deleted is known to be gone, and not lost.
    """
    states = store.states_of(session, wave_ids)
    ended = {wave_id for wave_id, state in states if state not in TAKES_SHEETS | {"draft"}}
    return ended | asked_subjects(session, FORGET_JOB, wave_ids)


def claim_count(session: Session, agency_id: str, wave_id: str) -> Wave:
    wave = locked_wave(session, agency_id, wave_id)
    apply(wave, life_of(wave).claim_count())
    return wave


def finish_count(session: Session, agency_id: str, wave_id: str, manifest: dict[str, Any]) -> Wave:
    """Belongs into the transaction that stores the responses and removes the intake."""
    wave = locked_wave(session, agency_id, wave_id)
    apply(wave, life_of(wave).finish_count(clock.now()))
    wave.count_manifest = manifest
    return wave


def refuse_import(wave: Wave) -> None:
    """Raises Conflict unless answers that were gathered elsewhere may stand in for this wave."""
    life_of(wave).import_baseline()


def keep_imported(session: Session, agency_id: str, wave_id: str, manifest: dict[str, Any]) -> Wave:
    """Belongs into the transaction that stores the responses. What was planned is called off."""
    wave = locked_wave(session, agency_id, wave_id)
    apply(wave, life_of(wave).import_baseline())
    wave.count_manifest = manifest
    for kind in (OPEN_JOB, END_JOB):
        call_off(session, agency_id, kind, wave_id)
    return wave


def count_kept_keys_again(session: Session) -> None:
    """Have the count of each wave end that waits for a backup with its key kept."""
    for wave in store.counted_waves_with_kept_keys(session):
        enqueue(session, wave.agency_id, "count_wave", wave.id, {}, clock.now())


def note_key_destroyed(session: Session, agency_id: str, wave_id: str) -> Wave:
    wave = locked_wave(session, agency_id, wave_id)
    wave.key_state = "destroyed"
    return wave


def note_in_manifest(session: Session, agency_id: str, wave_id: str, notes: dict[str, Any]) -> None:
    """What has changed in a counted wave since its count."""
    wave = locked_wave(session, agency_id, wave_id)
    wave.count_manifest = {**(wave.count_manifest or {}), **notes}


def erase_wave(session: Session, agency_id: str, wave_id: str) -> Wave:
    """Belongs into the transaction that removes the answers."""
    wave = locked_wave(session, agency_id, wave_id)
    apply(wave, life_of(wave).erase())
    return wave


def locked_wave(session: Session, agency_id: str, wave_id: str) -> Wave:
    wave = store.lock_wave(session, agency_id, wave_id)
    if wave is None:
        raise NotFound("waves.none")
    return wave


def life_of(wave: Wave) -> WaveLife:
    return WaveLife(
        kind=cast("WaveKind", wave.kind),
        state=cast("WaveState", wave.state),
        opened_at=wave.opened_at,
        closed_at=wave.closed_at,
        grace_ends_at=wave.grace_ends_at,
        counted_at=wave.counted_at,
    )


def apply(wave: Wave, life: WaveLife) -> None:
    wave.state = life.state
    wave.opened_at = life.opened_at
    wave.closed_at = life.closed_at
    wave.grace_ends_at = life.grace_ends_at
    wave.counted_at = life.counted_at
