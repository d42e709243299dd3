"""Instrument versions: what a wave asks, kept as it was."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from threading import Lock
from typing import TYPE_CHECKING, Final

from app import clock
from app.errors import BadInput, NotFound
from app.instruments import store
from app.instruments.load.shipped import shipped_instruments
from app.instruments.version import freeze, thaw

if TYPE_CHECKING:
    from datetime import date

    from sqlalchemy.orm import Session

    from app.instruments.model import Instrument

KEPT_THAWED: Final = 32

_thawed: OrderedDict[tuple[str, str], Instrument] = OrderedDict()
_lock = Lock()


def keep_version(
    session: Session, agency_id: str, instrument: Instrument, *, is_own: bool = False
) -> str:
    """Freeze an instrument for an agency; returns its content hash. Kept twice, it is one row.

    `is_own`: the agency brought it, and it stands in its library from now on.
    """
    frozen = freeze(instrument)
    store.add_version(
        session,
        {
            "agency_id": agency_id,
            "content_hash": frozen.content_hash,
            "instrument_id": instrument.id,
            "version": instrument.version,
            "document": frozen.document,
            "frozen_on": clock.now().date(),
            "is_own": is_own,
        },
    )
    return frozen.content_hash


def thawed_version(session: Session, agency_id: str, content_hash: str) -> Instrument:
    """The instrument as it was frozen. A process thaws each version once: it never changes."""
    key = (agency_id, content_hash)
    with _lock:
        if key in _thawed:
            _thawed.move_to_end(key)
            return _thawed[key]
    document = store.document_of(session, agency_id, content_hash)
    if document is None:
        raise NotFound(f"There is no instrument version {content_hash[:12]}.")
    instrument = thaw(document)
    with _lock:
        _thawed[key] = instrument
        while len(_thawed) > KEPT_THAWED:
            _thawed.popitem(last=False)
    return instrument


@dataclass(frozen=True, slots=True)
class KnownVersion:
    """A questionnaire that a wave of the agency can ask. `frozen_on` None: it was never kept."""

    instrument: Instrument
    content_hash: str
    frozen_on: date | None


def known_versions(session: Session, agency_id: str) -> list[KnownVersion]:
    """What the agency keeps, and what comes with the program."""
    kept = {
        content_hash: KnownVersion(
            thawed_version(session, agency_id, content_hash), content_hash, frozen_on
        )
        for content_hash, frozen_on in store.versions_of(session, agency_id)
    }
    shipped = {
        (content_hash := freeze(instrument).content_hash): KnownVersion(
            instrument, content_hash, None
        )
        for instrument in shipped_instruments()
    }
    return list((shipped | kept).values())


def known_version(session: Session, agency_id: str, content_hash: str) -> KnownVersion:
    for known in known_versions(session, agency_id):
        if known.content_hash == content_hash:
            return known
    raise NotFound("There is no such questionnaire. Look for it in the list of questionnaires.")


def instrument_named(session: Session, agency_id: str, name: str) -> Instrument:
    """By the id of one that comes with the program, or by the content hash of one that is kept."""
    for known in known_versions(session, agency_id):
        if known.content_hash == name:
            return known.instrument
    for instrument in shipped_instruments():
        if instrument.id == name:
            return instrument
    known_ids = ", ".join(instrument.id for instrument in shipped_instruments())
    raise BadInput(f"There is no questionnaire {name[:20]!r}. Choose among {known_ids}.")
