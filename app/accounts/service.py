"""Agencies: the tenants of an installation."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from sqlalchemy.orm import Session

from app import clock
from app.accounts import store
from app.accounts.tables import Agency
from app.errors import BadInput
from app.privacy.identifiers import new_agency_key

LONGEST_NAME: Final = 200


def create_agency(session: Session, name: str) -> Agency:
    name = name.strip()
    if not 0 < len(name) <= LONGEST_NAME:
        raise BadInput("accounts.agency_name", most=LONGEST_NAME)
    agency = Agency(agency_id=_unused_key(session), name=name, created_on=clock.now().date())
    store.add(session, agency)
    return agency


def list_agencies(session: Session) -> Sequence[Agency]:
    return store.agencies(session)


def _unused_key(session: Session) -> str:
    """Six characters are a thousand million keys, still few enough to look before taking one."""
    key = new_agency_key()
    while store.find_agency(session, key) is not None:
        key = new_agency_key()
    return key
