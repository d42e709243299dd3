"""Every question that deleting asks of the database. What hangs on a row goes before the row."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from app.collectors.tables import Collector, ledger
from app.exports.tables import ExportChunk, ExportFile
from app.initiatives.tables import (
    Area,
    Custody,
    Initiative,
    InitiativeLogo,
    PlanDraft,
    PlanVersion,
    Wave,
)
from app.instruments.tables import InstrumentVersion
from app.jobs.tables import Job
from app.reports.tables import Report


def lock_version(session: Session, agency_id: str, content_hash: str) -> InstrumentVersion | None:
    """A wave that is being created with it waits, and then finds it gone."""
    key = agency_id, content_hash
    return session.get(InstrumentVersion, key, with_for_update=True, populate_existing=True)


def collectors_of(session: Session, agency_id: str, wave_ids: Collection[str]) -> list[Collector]:
    found = session.scalars(
        select(Collector)
        .where(Collector.agency_id == agency_id, Collector.wave_id.in_(wave_ids))
        .order_by(Collector.label, Collector.id)
    )
    return list(found)


def codes_of(session: Session, agency_id: str, wave_ids: Collection[str]) -> int:
    return session.execute(
        select(func.count()).where(ledger.c.agency_id == agency_id, ledger.c.wave_id.in_(wave_ids))
    ).scalar_one()


def is_compared(session: Session, agency_id: str, wave_id: str) -> bool:
    found = select(Report.id).where(
        Report.agency_id == agency_id,
        (Report.before_wave_id == wave_id) | (Report.after_wave_id == wave_id),
    )
    return session.scalar(found.limit(1)) is not None


def waves_asking(session: Session, agency_id: str, content_hash: str) -> Sequence[Wave]:
    return session.scalars(
        select(Wave)
        .where(Wave.agency_id == agency_id, Wave.instrument_hash == content_hash)
        .order_by(Wave.initiative_id, Wave.position)
    ).all()


def stands(session: Session, agency_id: str, name: str) -> bool:
    """Whether a wave or an initiative has this id."""
    return any(session.get(table, (agency_id, name)) is not None for table in (Wave, Initiative))


def remove_waves(session: Session, agency_id: str, ids: Sequence[str]) -> None:
    """Drafts alone: no row of a sheet or an answer can name them."""
    ways_in = [each.id for each in collectors_of(session, agency_id, ids)]
    _remove_files(session, agency_id, [*ids, *ways_in])
    _remove_jobs(session, agency_id, ids)
    remove_codes(session, agency_id, ids)
    for table in (Custody, Collector):
        session.execute(delete(table).where(table.agency_id == agency_id, table.wave_id.in_(ids)))
    session.execute(delete(Wave).where(Wave.agency_id == agency_id, Wave.id.in_(ids)))


def remove_collector(session: Session, collector: Collector) -> None:
    _remove_files(session, collector.agency_id, [collector.id])
    session.delete(collector)
    session.flush()


def remove_codes(session: Session, agency_id: str, wave_ids: Collection[str]) -> None:
    session.execute(
        delete(ledger).where(ledger.c.agency_id == agency_id, ledger.c.wave_id.in_(wave_ids))
    )


def remove_area(session: Session, area: Area) -> None:
    session.delete(area)
    session.flush()


def remove_initiative(session: Session, initiative: Initiative) -> None:
    """Once its waves are gone."""
    agency_id, initiative_id = initiative.agency_id, initiative.id
    for table in (Area, PlanDraft, PlanVersion, InitiativeLogo):
        session.execute(
            delete(table).where(table.agency_id == agency_id, table.initiative_id == initiative_id)
        )
    session.delete(initiative)
    session.flush()


def remove_version(session: Session, version: InstrumentVersion) -> None:
    session.delete(version)
    session.flush()


def remove_unasked_versions(
    session: Session, agency_id: str, hashes: Collection[str]
) -> Sequence[str]:
    """What was frozen for waves alone, and no wave asks any more."""
    asked = select(Wave.instrument_hash).where(Wave.agency_id == agency_id)
    return session.scalars(
        delete(InstrumentVersion)
        .where(
            InstrumentVersion.agency_id == agency_id,
            InstrumentVersion.content_hash.in_(hashes),
            InstrumentVersion.is_own.is_(False),
            InstrumentVersion.content_hash.not_in(asked),
        )
        .returning(InstrumentVersion.content_hash)
    ).all()


def _remove_files(session: Session, agency_id: str, subjects: Collection[str]) -> None:
    """Posters and paper sheets that were asked for; the keys of files follow when swept."""
    ids = session.scalars(
        delete(ExportFile)
        .where(ExportFile.agency_id == agency_id, ExportFile.subject.in_(subjects))
        .returning(ExportFile.id)
    ).all()
    session.execute(
        delete(ExportChunk).where(
            ExportChunk.agency_id == agency_id, ExportChunk.export_id.in_(ids)
        )
    )
    _remove_jobs(session, agency_id, ids)


def _remove_jobs(session: Session, agency_id: str, subjects: Collection[str]) -> None:
    session.execute(delete(Job).where(Job.agency_id == agency_id, Job.subject.in_(subjects)))
