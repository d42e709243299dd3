"""Every question that publishing asks of the database."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.initiatives.tables import Wave
from app.reports.publishing.ledger import Base
from app.reports.publishing.life import STATES, PublicationLife
from app.reports.publishing.parts import PARTS
from app.reports.tables import Publication, PublishedBase, Report


def find_life(session: Session, agency_id: str, report_id: str) -> PublicationLife:
    return life_of(session.get(Publication, (agency_id, report_id)))


def lock_life(session: Session, agency_id: str, report_id: str) -> PublicationLife:
    """Two people who act on one report at once act one after the other."""
    session.execute(
        select(Report.id)
        .where(Report.agency_id == agency_id, Report.id == report_id)
        .with_for_update()
    )
    return life_of(session.get(Publication, (agency_id, report_id), populate_existing=True))


def life_of(row: Publication | None) -> PublicationLife:
    if row is None:
        return PublicationLife()
    return PublicationLife(
        state=next(state for state in STATES if state == row.state),
        parts=tuple(row.parts),
        proposed_by=row.proposed_by,
        proposed_on=row.proposed_on,
        approved_by=row.approved_by,
        approved_on=row.approved_on,
        statement=row.statement,
        published_on=row.published_on,
        withdrawn_on=row.withdrawn_on,
        withdrawn_because=row.withdrawn_because,
    )


def keep_life(
    session: Session,
    agency_id: str,
    report_id: str,
    life: PublicationLife,
    document: str | None = None,
) -> None:
    """`document`: what is published, where this is the act that does it."""
    row = session.get(Publication, (agency_id, report_id))
    if row is None:
        row = Publication(agency_id=agency_id, report_id=report_id)
        session.add(row)
    for name, value in asdict(life).items():
        setattr(row, name, list(value) if name == "parts" else value)
    row.document = document or row.document
    session.flush()


def published_document(
    session: Session, agency_id: str, report_id: str
) -> tuple[str, date | None, str | None] | None:
    """What was published, since when it is withdrawn, and why; what was computed is not read."""
    found = session.execute(
        select(Publication.document, Publication.withdrawn_on, Publication.withdrawn_because).where(
            Publication.agency_id == agency_id,
            Publication.report_id == report_id,
            Publication.document.is_not(None),
        )
    ).one_or_none()
    return None if found is None else (found[0] or "", found[1], found[2])


def ever_told(
    session: Session, agency_id: str, wave_ids: Sequence[str], but: str = ""
) -> list[tuple[Report, Sequence[str]]]:
    """Reports that tell, or told, of any of these waves, with the parts that they told.

    Who read one keeps what they read; a breakdown was told to who asked for it. `but`: a report
    that is about to be told itself.
    """
    found = session.execute(
        select(Report, Publication)
        .outerjoin(
            Publication,
            (Publication.agency_id == Report.agency_id) & (Publication.report_id == Report.id),
        )
        .where(
            Report.agency_id == agency_id,
            Report.id != but,
            Publication.published_on.is_not(None) | Report.breakdown.is_not(None),
            Report.before_wave_id.in_(wave_ids) | Report.after_wave_id.in_(wave_ids),
        )
        .order_by(Report.id)
    )
    return [
        (report, PARTS if report.breakdown is not None else publication.parts)
        for report, publication in found
    ]


def breakdowns_asked(session: Session, agency_id: str, wave_ids: Sequence[str]) -> int:
    """Of these waves, how many breakdowns staff were told."""
    asked = select(func.count()).where(
        Report.agency_id == agency_id,
        Report.breakdown.is_not(None),
        Report.before_wave_id.in_(wave_ids) | Report.after_wave_id.in_(wave_ids),
    )
    return session.scalar(asked) or 0


def publications_of(
    session: Session, agency_id: str, initiative_id: str
) -> list[tuple[Report, Publication]]:
    """All that was ever published of an initiative, the newest first."""
    found = session.execute(
        select(Report, Publication)
        .join(
            Publication,
            (Publication.agency_id == Report.agency_id) & (Publication.report_id == Report.id),
        )
        .join(Wave, (Wave.agency_id == Report.agency_id) & (Wave.id == Report.after_wave_id))
        .where(
            Wave.agency_id == agency_id,
            Wave.initiative_id == initiative_id,
            Publication.published_on.is_not(None),
        )
        .order_by(Publication.published_on.desc(), Wave.position.desc(), Report.id)
    )
    return [(report, publication) for report, publication in found]


def lock_waves(session: Session, agency_id: str, wave_ids: Sequence[str]) -> None:
    """One publication of a wave at a time: the second sees what the first has published."""
    session.execute(
        select(Wave.id)
        .where(Wave.agency_id == agency_id, Wave.id.in_(wave_ids))
        .order_by(Wave.id)
        .with_for_update()
    )


def bases_of_waves(
    session: Session, agency_id: str, wave_ids: Sequence[str], but: str = ""
) -> list[Base]:
    """`but`: a report that is told once more."""
    found = session.scalars(
        select(PublishedBase).where(
            PublishedBase.agency_id == agency_id,
            PublishedBase.wave_id.in_(wave_ids),
            PublishedBase.report_id != but,
        )
    )
    return [
        Base(row.wave_id, row.people, row.breakdown, row.category, row.question, row.n)
        for row in found
    ]


def add_bases(session: Session, agency_id: str, report_id: str, bases: Sequence[Base]) -> None:
    """Once for each report, however often it is told."""
    known = select(PublishedBase.n).where(
        PublishedBase.agency_id == agency_id, PublishedBase.report_id == report_id
    )
    if session.scalar(known.limit(1)) is not None:
        return
    session.add_all(
        PublishedBase(agency_id=agency_id, report_id=report_id, **asdict(base)) for base in bases
    )
    session.flush()
