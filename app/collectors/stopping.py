"""One way in is stopped while its wave goes on asking through the others, and may go on later."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app import clock
from app.collectors.service import own_collector
from app.errors import Conflict, Phrase
from app.initiatives.fielding import locked_wave
from app.initiatives.wave import TAKES_SHEETS

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from app.collectors.tables import Collector


def stop_collector(session: Session, agency_id: str, public_id: str) -> bool:
    """Nobody is asked by it any more, and nothing is taken: also of what waits on a phone.

    False where it was stopped before.
    """
    collector = _of_asking_wave(session, agency_id, public_id)
    is_going = collector.stopped_on is None
    if is_going:
        collector.stopped_on = clock.now().date()
    return is_going


def resume_collector(session: Session, agency_id: str, public_id: str) -> bool:
    """Whoever has its link is asked again. False where it was not stopped."""
    collector = _of_asking_wave(session, agency_id, public_id)
    is_stopped = collector.stopped_on is not None
    collector.stopped_on = None
    return is_stopped


def _of_asking_wave(session: Session, agency_id: str, public_id: str) -> Collector:
    collector = own_collector(session, agency_id, public_id)
    wave = locked_wave(session, agency_id, collector.wave_id)
    if wave.state not in TAKES_SHEETS:
        raise Conflict("collectors.stops_no_sheets", state=Phrase(f"waves.state_{wave.state}"))
    return own_collector(session, agency_id, public_id)
