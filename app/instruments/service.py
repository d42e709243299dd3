"""Instrument versions: what a wave asks, kept as it was."""

from __future__ import annotations

from collections import OrderedDict
from threading import Lock
from typing import TYPE_CHECKING, Any, Final

from app import clock
from app.errors import NotFound
from app.instruments import store
from app.instruments.version import freeze, thaw

if TYPE_CHECKING:
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


def frozen_document(session: Session, agency_id: str, content_hash: str) -> dict[str, Any]:
    """The document whose hash is the version's name."""
    document = store.document_of(session, agency_id, content_hash)
    if document is None:
        raise NotFound("instruments.no_version", hash=content_hash[:12])
    return document


def forget_version(agency_id: str, content_hash: str) -> None:
    """For one that was deleted: it is not thawed from memory either."""
    with _lock:
        _thawed.pop((agency_id, content_hash), None)


def thawed_version(session: Session, agency_id: str, content_hash: str) -> Instrument:
    """The instrument as it was frozen. A process thaws each version once: it never changes."""
    key = (agency_id, content_hash)
    with _lock:
        if key in _thawed:
            _thawed.move_to_end(key)
            return _thawed[key]
    instrument = thaw(frozen_document(session, agency_id, content_hash))
    with _lock:
        _thawed[key] = instrument
        while len(_thawed) > KEPT_THAWED:
            _thawed.popitem(last=False)
    return instrument
