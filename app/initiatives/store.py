"""Every question that initiatives, areas, plans and waves ask of the database."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from app.initiatives.tables import (
    Area,
    Custody,
    Initiative,
    InitiativeLogo,
    Linking,
    PlanDraft,
    PlanVersion,
    Wave,
)


def add(
    session: Session,
    thing: Initiative | Area | PlanDraft | PlanVersion | Wave | Custody | Linking,
) -> None:
    session.add(thing)
    session.flush()


def find_initiative(session: Session, agency_id: str, initiative_id: str) -> Initiative | None:
    return session.get(Initiative, (agency_id, initiative_id))


def initiatives_of(session: Session, agency_id: str) -> Sequence[Initiative]:
    return session.scalars(
        select(Initiative)
        .where(Initiative.agency_id == agency_id)
        .order_by(Initiative.created_on.desc(), Initiative.id)
    ).all()


def lock_initiative(session: Session, agency_id: str, initiative_id: str) -> Initiative | None:
    """As it stands now. Numbers of plans, waves and areas are given under this lock."""
    key = agency_id, initiative_id
    return session.get(Initiative, key, with_for_update=True, populate_existing=True)


def find_wave(session: Session, agency_id: str, wave_id: str) -> Wave | None:
    return session.get(Wave, (agency_id, wave_id))


def lock_wave(session: Session, agency_id: str, wave_id: str) -> Wave | None:
    """As it stands now; whoever stores sheets or counts waits until this transaction ends."""
    return session.get(Wave, (agency_id, wave_id), with_for_update=True, populate_existing=True)


def waves_of(session: Session, agency_id: str, initiative_id: str) -> Sequence[Wave]:
    return session.scalars(
        select(Wave)
        .where(Wave.agency_id == agency_id, Wave.initiative_id == initiative_id)
        .order_by(Wave.position)
    ).all()


def states_of(session: Session, wave_ids: Sequence[str]) -> Sequence[Row[str, str]]:
    return session.execute(select(Wave.id, Wave.state).where(Wave.id.in_(wave_ids))).all()


def counted_waves_with_kept_keys(session: Session) -> Sequence[Wave]:
    return session.scalars(
        select(Wave)
        .where(Wave.state == "counted", Wave.key_state == "kept")
        .order_by(Wave.agency_id, Wave.id)
    ).all()


def areas_of(session: Session, agency_id: str, initiative_id: str) -> Sequence[Area]:
    return session.scalars(
        select(Area)
        .where(Area.agency_id == agency_id, Area.initiative_id == initiative_id)
        .order_by(Area.code)
    ).all()


def newest_plan(session: Session, agency_id: str, initiative_id: str) -> PlanVersion | None:
    return session.scalar(
        select(PlanVersion)
        .where(PlanVersion.agency_id == agency_id, PlanVersion.initiative_id == initiative_id)
        .order_by(PlanVersion.version.desc())
        .limit(1)
    )


def plans_of(session: Session, agency_id: str, initiative_id: str) -> Sequence[PlanVersion]:
    return session.scalars(
        select(PlanVersion)
        .where(PlanVersion.agency_id == agency_id, PlanVersion.initiative_id == initiative_id)
        .order_by(PlanVersion.version)
    ).all()


def find_draft(session: Session, agency_id: str, initiative_id: str) -> PlanDraft | None:
    return session.get(PlanDraft, (agency_id, initiative_id), populate_existing=True)


def find_logo(session: Session, agency_id: str, initiative_id: str) -> bytes | None:
    logo = session.get(InitiativeLogo, (agency_id, initiative_id))
    return None if logo is None else logo.picture


def put_logo(session: Session, agency_id: str, initiative_id: str, picture: bytes) -> None:
    session.merge(InitiativeLogo(agency_id=agency_id, initiative_id=initiative_id, picture=picture))


def remove_logo(session: Session, agency_id: str, initiative_id: str) -> None:
    logo = session.get(InitiativeLogo, (agency_id, initiative_id))
    if logo is not None:
        session.delete(logo)


def find_custody(session: Session, agency_id: str, wave_id: str) -> Custody | None:
    return session.get(Custody, (agency_id, wave_id))


def remove_custody(session: Session, custody: Custody) -> None:
    session.delete(custody)
    session.flush()


def find_linking(session: Session, agency_id: str, initiative_id: str) -> Linking | None:
    return session.get(Linking, (agency_id, initiative_id))


def initiatives_with_ended_linking(
    session: Session, initiative_ids: Sequence[str]
) -> Sequence[str]:
    return session.scalars(
        select(Linking.initiative_id).where(
            Linking.initiative_id.in_(initiative_ids), Linking.state == "ended"
        )
    ).all()
