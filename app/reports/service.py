"""Asks for reports and finds them. What is computed is computed in the worker."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from typing import Final

from sqlalchemy.orm import Session

from app import clock
from app.errors import BadInput, Conflict, NotFound, Phrase
from app.initiatives.service import get_wave
from app.initiatives.tables import Wave
from app.initiatives.wave import HOLDS_RESPONSES
from app.jobs.service import enqueue
from app.privacy.identifiers import (
    AGENCY_KEY_LENGTH,
    CROCKFORD,
    PUBLIC_ID_LENGTH,
    new_id,
)
from app.reports import store
from app.reports.store import ReportLine
from app.reports.tables import Report

JOB: Final = "compute_report"
_PUBLIC_ID: Final = re.compile(rf"[{CROCKFORD}]{{{PUBLIC_ID_LENGTH}}}")


def request_report(
    session: Session, agency_id: str, *, before_wave_id: str, after_wave_id: str
) -> str:
    """Ask the worker to compare two counted waves; returns the id that the report will have."""
    before, after = waves_to_compare(session, agency_id, before_wave_id, after_wave_id)
    report_id = new_id()
    waves = {"before_wave_id": before.id, "after_wave_id": after.id}
    enqueue(session, agency_id, JOB, report_id, waves, clock.now())
    return report_id


def is_public_id(text: str) -> bool:
    return _PUBLIC_ID.fullmatch(text) is not None


def key_of(public_id: str) -> tuple[str, str]:
    """Agency and own id, as a public id of 16 characters carries them."""
    if not is_public_id(public_id):
        raise BadInput("reports.no_id", id=public_id, length=PUBLIC_ID_LENGTH)
    return public_id[:AGENCY_KEY_LENGTH], public_id[AGENCY_KEY_LENGTH:]


def get_report(session: Session, agency_id: str, report_id: str) -> Report:
    report = store.find_report(session, agency_id, report_id)
    if report is None:
        raise NotFound("reports.none")
    return report


def forget_computed(session: Session, agency_id: str, wave_ids: Sequence[str]) -> None:
    """Unrounded numbers go with the answers they were made of; what was released stays."""
    store.forget_computed(session, agency_id, wave_ids)


def first_reports(session: Session, agency_id: str) -> dict[str, date]:
    """By wave: the day from which the time of its texts is counted."""
    return store.first_reports(session, agency_id)


def computed_of(report: Report) -> str:
    """The unrounded document, while there is one."""
    if report.computed is None:
        raise Conflict("reports.erased")
    return report.computed


def reports_of_initiative(
    session: Session, agency_id: str, initiative_id: str
) -> Sequence[ReportLine]:
    return store.list_reports(session, agency_id, initiative_id)


def waves_to_compare(
    session: Session, agency_id: str, before_wave_id: str, after_wave_id: str
) -> tuple[Wave, Wave]:
    before = get_wave(session, agency_id, before_wave_id)
    after = get_wave(session, agency_id, after_wave_id)
    if before.initiative_id != after.initiative_id:
        raise BadInput("reports.two_initiatives")
    if before.position >= after.position:
        raise BadInput("reports.order")
    for wave in (before, after):
        if wave.state == "erased":
            raise Conflict("waves.erased")
        if wave.state not in HOLDS_RESPONSES:
            raise Conflict("reports.not_counted", state=Phrase(f"waves.state_{wave.state}"))
    return before, after
