"""Every question that reports ask of the database."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from app.initiatives.tables import Initiative, Wave
from app.initiatives.wave import HOLDS_RESPONSES
from app.reports.ledger import Base
from app.reports.tables import PublishedBase, Report


@dataclass(frozen=True, slots=True)
class ReportLine:
    """One report as a list shows it."""

    public_id: str
    title: dict[str, str]
    before: dict[str, str]
    after: dict[str, str]
    created_on: date
    published_on: date | None


@dataclass(frozen=True, slots=True)
class CountedWave:
    """A wave whose answers can be compared, as a list shows it."""

    public_id: str
    title: dict[str, str]
    label: dict[str, str]
    kind: str


def published_document(session: Session, agency_id: str, report_id: str) -> str | None:
    """The released document; what was computed is not even read."""
    return session.scalar(
        select(Report.released).where(
            Report.agency_id == agency_id,
            Report.id == report_id,
            Report.published_on.is_not(None),
        )
    )


def add_report(session: Session, report: Report) -> None:
    session.add(report)
    session.flush()


def published_beside(session: Session, agency_id: str, wave_ids: Sequence[str]) -> list[Report]:
    """Published reports that tell of any of these waves."""
    found = session.scalars(
        select(Report)
        .where(
            Report.agency_id == agency_id,
            Report.published_on.is_not(None),
            Report.before_wave_id.in_(wave_ids) | Report.after_wave_id.in_(wave_ids),
        )
        .order_by(Report.id)
    )
    return list(found)


def lock_waves(session: Session, agency_id: str, wave_ids: Sequence[str]) -> None:
    """One publication of a wave at a time: the second sees what the first has published."""
    session.execute(
        select(Wave.id)
        .where(Wave.agency_id == agency_id, Wave.id.in_(wave_ids))
        .order_by(Wave.id)
        .with_for_update()
    )


def bases_of_waves(session: Session, agency_id: str, wave_ids: Sequence[str]) -> list[Base]:
    found = session.scalars(
        select(PublishedBase).where(
            PublishedBase.agency_id == agency_id, PublishedBase.wave_id.in_(wave_ids)
        )
    )
    return [
        Base(row.wave_id, row.people, row.breakdown, row.category, row.question, row.n)
        for row in found
    ]


def add_bases(session: Session, report: Report, bases: Sequence[Base]) -> None:
    session.add_all(
        PublishedBase(
            agency_id=report.agency_id,
            report_id=report.id,
            wave_id=base.wave_id,
            people=base.people,
            breakdown=base.breakdown,
            category=base.category,
            question=base.question,
            n=base.n,
        )
        for base in bases
    )
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
        select(Report, Initiative.title, before.label, after.label)
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
            published_on=report.published_on,
        )
        for report, title, before_label, after_label in found
    ]


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
