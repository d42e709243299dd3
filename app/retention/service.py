"""What is due when, and the acts of the people who have answers erased."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from sqlalchemy.orm import Session

from app import clock
from app.accounts.audit import note_act
from app.accounts.staff import others_who_may
from app.errors import Conflict
from app.initiatives.service import (
    get_initiative,
    list_initiatives,
    list_waves,
    lock_initiative,
)
from app.initiatives.tables import Initiative
from app.initiatives.wave import HOLDS_RESPONSES
from app.jobs.service import JobStanding, enqueue
from app.jobs.service import standing_of as standing_of_job
from app.reports.publishing.life import reason_of
from app.reports.service import first_reports
from app.retention import store
from app.retention.due import Standing, answers_due, standing_of, still_asks, texts_due
from app.retention.tables import Erasure

ERASE_JOB: Final = "erase_answers"
EXPIRE_JOB: Final = "expire_backups"


@dataclass(frozen=True, slots=True)
class Kept:
    """What is kept of one initiative, and until when.

    texts_on: the day on which words of residents are due, where some are kept and were reported on.
    """

    initiative: Initiative
    standing: Standing
    answers_on: date | None
    texts_on: date | None
    holds_texts: bool
    erasure: Erasure | None


def schedule(session: Session, agency_id: str) -> list[Kept]:
    """Of every initiative, what is due soonest first."""
    reported, erasures = first_reports(session, agency_id), store.erasures_of(session, agency_id)
    lines = [
        _kept(session, initiative, reported, erasures.get(initiative.id))
        for initiative in list_initiatives(session, agency_id)
    ]
    return sorted(lines, key=lambda line: (line.answers_on or date.max, line.initiative.id))


def kept_of(session: Session, agency_id: str, initiative_id: str) -> Kept:
    initiative = get_initiative(session, agency_id, initiative_id)
    erasure = store.find_erasure(session, agency_id, initiative_id)
    return _kept(session, initiative, first_reports(session, agency_id), erasure)


def job_of(session: Session, agency_id: str, initiative_id: str) -> JobStanding | None:
    return standing_of_job(session, agency_id, ERASE_JOB, initiative_id)


def ask_to_erase(
    session: Session, agency_id: str, initiative_id: str, by: str | None, reason: str
) -> Erasure:
    """Nothing is erased before somebody else has agreed."""
    lock_initiative(session, agency_id, initiative_id)
    told = reason_of(reason, "erased")
    if store.lock_erasure(session, agency_id, initiative_id) is not None:
        raise Conflict("retention.asked_already")
    waves = list_waves(session, agency_id, initiative_id)
    if still_asks(waves):
        raise Conflict("retention.still_asks")
    if not any(wave.state in HOLDS_RESPONSES for wave in waves):
        raise Conflict("retention.nothing_kept")
    erasure = Erasure(
        agency_id=agency_id,
        initiative_id=initiative_id,
        state="asked",
        reason=told,
        asked_by=by,
        asked_on=clock.now().date(),
    )
    store.add_erasure(session, erasure)
    _note(session, erasure, by, "ask to erase answers", {"reason": told})
    return erasure


def call_off_erasing(session: Session, agency_id: str, initiative_id: str, by: str | None) -> None:
    erasure = _asked(session, agency_id, initiative_id)
    store.remove_erasure(session, erasure)
    _note(session, erasure, by, "call off erasing", {})


def agree_to_erase(session: Session, agency_id: str, initiative_id: str, by: str) -> Erasure:
    """The second person's word. The worker then erases: there is no way back."""
    erasure = _asked(session, agency_id, initiative_id)
    if erasure.asked_by == by:
        raise Conflict("retention.own_asking")
    return _agreed(session, erasure, by, None)


def agree_alone(
    session: Session, agency_id: str, initiative_id: str, by: str | None, statement: str
) -> Erasure:
    """Only where the agency has nobody else who could; the statement stands in the audit log."""
    erasure = _asked(session, agency_id, initiative_id)
    if others_who_may(session, agency_id, by, "approve_reports"):
        raise Conflict("retention.others_may")
    told = reason_of(statement, "erased_alone")
    return _agreed(session, erasure, by, told)


def agree_at_command_line(
    session: Session, agency_id: str, initiative_id: str, statement: str
) -> Erasure:
    """Go on with what two people agreed on, or do both where there is nobody to agree."""
    erasure = store.lock_erasure(session, agency_id, initiative_id)
    if erasure is None:
        erasure = ask_to_erase(session, agency_id, initiative_id, None, statement)
    if erasure.state == "asked":
        erasure = agree_alone(session, agency_id, initiative_id, None, statement)
    return erasure


def _asked(session: Session, agency_id: str, initiative_id: str) -> Erasure:
    lock_initiative(session, agency_id, initiative_id)
    erasure = store.lock_erasure(session, agency_id, initiative_id)
    if erasure is None:
        raise Conflict("retention.nobody_asked")
    if erasure.state != "asked":
        raise Conflict("retention.agreed_already")
    return erasure


def _agreed(session: Session, erasure: Erasure, by: str | None, statement: str | None) -> Erasure:
    erasure.state, erasure.approved_by = "approved", by
    erasure.approved_on, erasure.statement = clock.now().date(), statement
    act = "agree to erase answers" if statement is None else "agree alone to erase answers"
    _note(session, erasure, by, act, {} if statement is None else {"statement": statement})
    enqueue(session, erasure.agency_id, ERASE_JOB, erasure.initiative_id, {}, clock.now())
    session.flush()
    return erasure


def _note(
    session: Session, erasure: Erasure, by: str | None, act: str, facts: Mapping[str, Any]
) -> None:
    note_act(session, erasure.agency_id, by, act, erasure.initiative_id, facts)


def _kept(
    session: Session,
    initiative: Initiative,
    reported: Mapping[str, date],
    erasure: Erasure | None,
) -> Kept:
    waves = list_waves(session, initiative.agency_id, initiative.id)
    ids = [wave.id for wave in waves if wave.state in HOLDS_RESPONSES]
    written = store.waves_with_texts(session, initiative.agency_id, ids)
    state = None if erasure is None else erasure.state
    return Kept(
        initiative,
        standing_of(initiative, waves, state, clock.now().date()),
        answers_due(initiative, waves),
        texts_due(written, reported),
        bool(written),
        erasure,
    )
