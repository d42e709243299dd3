"""The instruments that staff can choose: those that ship, and those that the agency brought."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from app.errors import NotFound
from app.instruments import store
from app.instruments.load.shipped import shipped_instruments
from app.instruments.version import freeze, thaw

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from app.instruments.model import Instrument

SHIPPED: Final = "shipped"


@dataclass(frozen=True, slots=True)
class LibraryEntry:
    """`name` is what a form sends: the id of a shipped instrument, else the hash of a version."""

    name: str
    instrument: Instrument
    content_hash: str
    is_shipped: bool


def library(session: Session, agency_id: str) -> list[LibraryEntry]:
    """Those that ship, then each instrument of the agency's own with its newest version first."""
    shipped = [
        LibraryEntry(each.id, each, freeze(each).content_hash, is_shipped=True)
        for each in shipped_instruments()
    ]
    known = {entry.content_hash for entry in shipped}
    own = [
        LibraryEntry(content_hash, thaw(document), content_hash, is_shipped=False)
        for content_hash, document in store.own_versions(session, agency_id)
        if content_hash not in known
    ]
    return [*shipped, *own]


def find_in_library(session: Session, agency_id: str, name: str) -> Instrument | None:
    """By what a form sends; None when there is no such instrument."""
    found = (entry for entry in library(session, agency_id) if name == entry.name)
    entry = next(found, None)
    return None if entry is None else entry.instrument


def get_entry(session: Session, agency_id: str, name: str) -> LibraryEntry:
    """The version that an address means, by its name or its hash."""
    for entry in library(session, agency_id):
        if name in (entry.name, entry.content_hash):
            return entry
    raise NotFound("instruments.none")
