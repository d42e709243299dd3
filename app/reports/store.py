"""Every question that reports ask of the database."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select, update
from sqlalchemy.orm import Session, aliased

from app.initiatives.tables import Initiative, Wave
from app.initiatives.wave import HOLDS_RESPONSES
from app.reports.publishing.life import PublicationLife
from app.reports.publishing.store import life_of
from app.reports.tables import Publication, Report


@dataclass(frozen=True, slots=True)
class ReportLine:
    """One report as a list shows it."""

    public_id: str
    title: dict[str, str]
    before: dict[str, str]
    after: dict[str, str]
    created_on: date
    life: PublicationLife
    breakdown: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CountedWave:
    """A wave whose answers can be compared, as a list shows it."""

    public_id: str
    title: dict[str, str]
    label: dict[str, str]
    kind: str


def add_report(session: Session, report: Report) -> None:
    session.add(report)
    session.flush()


def find_report(session: Session, agency_id: str, report_id: str) -> Report | None:
    return session.get(Report, (agency_id, report_id))


def list_reports(
    session: Session, agency_id: str | None = None, initiative_id: str | None = None
) -> Sequence[ReportLine]:
    """Of all agencies, for the command line; of one initiative, for its staff."""
    before, after = aliased(Wave), aliased(Wave)
    conditions = [] if agency_id is None else [Report.agency_id == agency_id]
    conditions += [] if initiative_id is None else [after.initiative_id == initiative_id]
    found = session.execute(
        select(Report, Publication, Initiative.title, before.label, after.label)
        .outerjoin(
            Publication,
            (Publication.agency_id == Report.agency_id) & (Publication.report_id == Report.id),
        )
        .join(
            before,
            (before.agency_id == Report.agency_id) & (before.id == Report.before_wave_id),
        )
        .join(after, (after.agency_id == Report.agency_id) & (after.id == Report.after_wave_id))
        .join(
            Initiative,
            (Initiative.agency_id == after.agency_id) & (Initiative.id == after.initiative_id),
        )
        .where(*conditions)
        .order_by(Report.created_on, Report.id)
    ).all()
    return [
        ReportLine(
            public_id=report.public_id,
            title=title,
            before=before_label,
            after=after_label,
            created_on=report.created_on,
            life=life_of(publication),
            breakdown=tuple(report.breakdown or ()),
        )
        for report, publication, title, before_label, after_label in found
    ]


def forget_computed(session: Session, agency_id: str, wave_ids: Sequence[str]) -> None:
    session.execute(
        update(Report)
        .where(
            Report.agency_id == agency_id,
            Report.before_wave_id.in_(wave_ids) | Report.after_wave_id.in_(wave_ids),
        )
        .values(computed=None)
    )


def first_reports(session: Session, agency_id: str) -> dict[str, date]:
    """When a wave was first reported on; breakdowns that staff asked for aside."""
    found: dict[str, date] = {}
    for before, after, made in session.execute(
        select(Report.before_wave_id, Report.after_wave_id, Report.created_on).where(
            Report.agency_id == agency_id, Report.breakdown.is_(None)
        )
    ):
        for wave_id in (before, after):
            found[wave_id] = min(made, found.get(wave_id, made))
    return found


def counted_waves(session: Session) -> Sequence[CountedWave]:
    found = session.execute(
        select(Wave, Initiative.title)
        .join(
            Initiative,
            (Initiative.agency_id == Wave.agency_id) & (Initiative.id == Wave.initiative_id),
        )
        .where(Wave.state.in_(HOLDS_RESPONSES))
        .order_by(Wave.agency_id, Wave.initiative_id, Wave.position)
    ).all()
    return [
        CountedWave(
            public_id=wave.agency_id + wave.id, title=title, label=wave.label, kind=wave.kind
        )
        for wave, title in found
    ]
