"""Who comes among many from one network waits or lets the phone work: nobody is refused."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import ip_address
from typing import Final

from starlette.requests import Request

from app.privacy.stuffing.limits import NetworkLimits, Pressure
from app.privacy.stuffing.tickets import WaitTickets, is_worked
from app.privacy.web_keys import WebKeyStore
from app.responses.pages.visit import Visit

TICKET_FIELD: Final = "_ticket"
WORK_FIELD: Final = "_work"
WAIT_SECONDS: Final = {Pressure.SOME: 20, Pressure.HEAVY: 60}
WORK_BITS: Final = {Pressure.SOME: 16, Pressure.HEAVY: 18}
OWN_ADDRESSES: Final = frozenset({"127.0.0.1", "::1"})
ROOM_WITH_CODES: Final = 10  # a code for the event raises the limit


@dataclass(frozen=True, slots=True)
class Crowding:
    """What is against stuffing in an installation."""

    address_header: str
    processes: int


@dataclass(frozen=True, slots=True)
class Wait:
    ticket: str
    seconds: int
    bits: int


class Gate:
    def __init__(self, web_keys: WebKeyStore, crowding: Crowding) -> None:
        self._limits = NetworkLimits(crowding.processes)
        self._tickets = WaitTickets(web_keys)
        self._header = crowding.address_header

    def pressure(self, visit: Visit) -> Pressure:
        room = ROOM_WITH_CODES if visit.collector.asks_code else 1
        return self._limits.pressure(
            visit.collector.wave_id, visitor_address(visit.request, self._header), room=room
        )

    def was_fast(self, visit: Visit, nonce: bytes) -> bool:
        """Whether the sheet had come too fast before it was asked to wait."""
        waited = self._tickets.waited(visit.ticket, visit.collector.wave_id, nonce)
        return waited is not None and waited.is_fast

    def wait(self, visit: Visit, nonce: bytes, pressure: Pressure, *, is_fast: bool) -> Wait | None:
        """What this sheet has to wait for still. None: it may pass."""
        if pressure is Pressure.NONE:
            return None
        wave_id = visit.collector.wave_id
        needed, bits = WAIT_SECONDS[pressure], WORK_BITS[pressure]
        waited = self._tickets.waited(visit.ticket, wave_id, nonce)
        if waited is None:
            return Wait(self._tickets.issue(wave_id, nonce, is_fast=is_fast), needed, bits)
        if waited.seconds >= needed or is_worked(visit.ticket, visit.work, bits):
            return None
        return Wait(visit.ticket, needed - waited.seconds, bits)

    def note_sheet(self, visit: Visit) -> None:
        self._limits.note_sheet(
            visit.collector.wave_id, visitor_address(visit.request, self._header)
        )

    def note_wrong_code(self, visit: Visit) -> None:
        self._limits.note_wrong_code(
            visit.collector.wave_id, visitor_address(visit.request, self._header)
        )


def visitor_address(request: Request, header: str) -> str | None:
    """None where it says nothing of who asks: a proxy on this machine that hands on no address.

    The last entry of the header is the one that the proxy nearest to us wrote.
    """
    if header:
        told = request.headers.get(header, "").rpartition(",")[2].strip()
        if told:
            return told
    host = (request.scope.get("client") or ("",))[0]  # quicker than to ask the request for it
    if host in OWN_ADDRESSES:  # a proxy's: most requests, which need no reading of the address
        return None
    try:
        return None if ip_address(host).is_loopback else host
    except ValueError:
        return None
