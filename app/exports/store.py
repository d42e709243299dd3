"""Every question that downloads ask of the database."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, select, tuple_, update
from sqlalchemy.orm import Session

from app.exports.tables import ExportChunk, ExportFile

FileKey = tuple[str, str]


def add_file(session: Session, file: ExportFile) -> None:
    session.add(file)
    session.flush()


def find_file(session: Session, agency_id: str, export_id: str) -> ExportFile | None:
    return session.get(ExportFile, (agency_id, export_id))


def lock_file(session: Session, agency_id: str, export_id: str) -> ExportFile | None:
    """As it stands now: of two who approve at once, the second sees the first."""
    return session.get(
        ExportFile, (agency_id, export_id), with_for_update=True, populate_existing=True
    )


def files_of_initiative(
    session: Session, agency_id: str, initiative_id: str, now: datetime
) -> Sequence[ExportFile]:
    return session.scalars(
        select(ExportFile)
        .where(
            ExportFile.agency_id == agency_id,
            ExportFile.initiative_id == initiative_id,
            ExportFile.ends_at > now,
        )
        .order_by(ExportFile.asked_at.desc(), ExportFile.id)
    ).all()


def kept_files(
    session: Session, agency_id: str, now: datetime, kinds: Collection[str], *, among: bool
) -> int:
    """Those of these kinds, or of all others."""
    is_among = ExportFile.kind.in_(kinds)
    question = select(func.count()).where(
        ExportFile.agency_id == agency_id,
        ExportFile.ends_at > now,
        is_among if among else ~is_among,
    )
    return session.execute(question).scalar_one()


def known_files(session: Session, keys: Collection[FileKey]) -> set[FileKey]:
    columns = ExportFile.agency_id, ExportFile.id
    rows = session.execute(select(*columns).where(tuple_(*columns).in_(sorted(keys))))
    return {(agency_id, export_id) for agency_id, export_id in rows}


def change_file(session: Session, key: FileKey, changes: dict[str, Any]) -> bool:
    """False when it was removed meanwhile."""
    columns = ExportFile.agency_id, ExportFile.id
    changed = session.execute(
        update(ExportFile).where(tuple_(*columns) == key).values(**changes).returning(ExportFile.id)
    )
    return changed.first() is not None


def add_chunk(session: Session, key: FileKey, position: int, ct: bytes) -> None:
    agency_id, export_id = key
    session.add(ExportChunk(agency_id=agency_id, export_id=export_id, position=position, ct=ct))
    session.flush()


def chunk(session: Session, key: FileKey, position: int) -> bytes | None:
    return session.scalar(
        select(ExportChunk.ct).where(
            ExportChunk.agency_id == key[0],
            ExportChunk.export_id == key[1],
            ExportChunk.position == position,
        )
    )


def remove_chunks(session: Session, key: FileKey) -> None:
    session.execute(
        delete(ExportChunk).where(ExportChunk.agency_id == key[0], ExportChunk.export_id == key[1])
    )


def remove_files_of_initiative(session: Session, agency_id: str, initiative_id: str) -> int:
    ids = select(ExportFile.id).where(
        ExportFile.agency_id == agency_id, ExportFile.initiative_id == initiative_id
    )
    session.execute(
        delete(ExportChunk).where(
            ExportChunk.agency_id == agency_id, ExportChunk.export_id.in_(ids)
        )
    )
    removed = session.connection().execute(
        delete(ExportFile).where(
            ExportFile.agency_id == agency_id, ExportFile.initiative_id == initiative_id
        )
    )
    return removed.rowcount


def remove_file(session: Session, key: FileKey) -> None:
    remove_chunks(session, key)
    session.execute(
        delete(ExportFile).where(ExportFile.agency_id == key[0], ExportFile.id == key[1])
    )
