"""How many sheets came from one network lately: in memory, under a keyed hash, and nowhere else.

    key of a network = HMAC-SHA256(limiter key, wave || IPv4 /24 or IPv6 /64)[:16]

The limiter key is made with the process, replaced every day with all that was counted under it, and
never leaves the process. Nobody is refused by a limit: what it trips is slowed, and flagged.
"""

from __future__ import annotations

import hmac
import secrets
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum
from ipaddress import IPv6Address, ip_address
from typing import Final

TEN_MINUTES: Final = 600.0
HOUR: Final = 3600.0
MINUTE: Final = 60.0
DAY: Final = 24 * HOUR
SOME_IN_TEN_MINUTES: Final = 30  # privacy.md §9
HEAVY_IN_AN_HOUR: Final = 300  # the same
WRONG_CODES_IN_A_MINUTE: Final = 10  # privacy.md §3.1
MOST_NETWORKS: Final = 20_000
_KEY_BYTES: Final = 32
_HASH_BYTES: Final = 16
_IPV4_PREFIX: Final = 3
_IPV6_PREFIX: Final = 8


class Pressure(IntEnum):
    """How crowded a network is: SOME is slowed, HEAVY is slowed longer and flagged."""

    NONE = 0
    SOME = 1
    HEAVY = 2


@dataclass(slots=True)
class _Window:
    """About how often something happened in the last `seconds`: now, and part of before.

    A window begins with the first that happens after the one before it ended: the clock's own round
    numbers would cut a burst in two, and let it pass.
    """

    seconds: float
    began: float
    here: int = 0
    before: int = 0
    before_ended: float = 0.0

    def count(self, now: float) -> float:
        if now < self._end:
            return self.here + self.before * self._weight(now - self.before_ended)
        return self.here * self._weight(now - self._end)

    def add(self, now: float) -> None:
        if now >= self._end:
            self.before, self.before_ended = self.here, self._end
            self.here, self.began = 0, now
        self.here += 1

    @property
    def _end(self) -> float:
        return self.began + self.seconds

    def _weight(self, since_it_ended: float) -> float:
        return max(0.0, 1 - since_it_ended / self.seconds)


class _Network:
    def __init__(self, now: float) -> None:
        self.ten_minutes = _Window(TEN_MINUTES, now)
        self.hour = _Window(HOUR, now)
        self.wrong_codes = _Window(MINUTE, now)


class NetworkLimits:
    """Of one process; the limits are shared out among `processes` of them."""

    def __init__(self, processes: int = 1, now: Callable[[], float] = time.monotonic) -> None:
        self._share = 1 / processes
        self._now = now
        self._networks: OrderedDict[bytes, _Network] = OrderedDict()
        self._key = b""
        self._key_until = 0.0

    def pressure(self, wave_id: str, address: str | None, *, room: int = 1) -> Pressure:
        """`room`: so many times the usual number may come, where codes let people in."""
        network = self._known(wave_id, address)
        if network is None:
            return Pressure.NONE
        now, share = self._now(), self._share * room
        if network.hour.count(now) >= HEAVY_IN_AN_HOUR * share:
            return Pressure.HEAVY
        is_some = network.ten_minutes.count(now) >= SOME_IN_TEN_MINUTES * share
        is_guessing = network.wrong_codes.count(now) >= WRONG_CODES_IN_A_MINUTE * self._share
        return Pressure.SOME if is_some or is_guessing else Pressure.NONE

    def note_sheet(self, wave_id: str, address: str | None) -> None:
        network = self._known(wave_id, address, is_new=True)
        if network is not None:
            network.ten_minutes.add(self._now())
            network.hour.add(self._now())

    def note_wrong_code(self, wave_id: str, address: str | None) -> None:
        network = self._known(wave_id, address, is_new=True)
        if network is not None:
            network.wrong_codes.add(self._now())

    def _known(self, wave_id: str, address: str | None, *, is_new: bool = False) -> _Network | None:
        prefix = network_prefix(address)
        if prefix is None:
            return None
        name = self._name(wave_id, prefix)
        network = self._networks.get(name)
        if network is None and is_new:
            network = self._networks[name] = _Network(self._now())
            if len(self._networks) > MOST_NETWORKS:
                self._networks.popitem(last=False)
        if network is not None:
            self._networks.move_to_end(name)
        return network

    def _name(self, wave_id: str, prefix: bytes) -> bytes:
        now = self._now()
        if now >= self._key_until:
            self._key, self._key_until = secrets.token_bytes(_KEY_BYTES), now + DAY
            self._networks.clear()
        return hmac.new(self._key, wave_id.encode() + prefix, "sha256").digest()[:_HASH_BYTES]


def network_prefix(address: str | None) -> bytes | None:
    """None for what is no address: it is not limited."""
    if address is None:  # most often so, behind a proxy of our own machine
        return None
    try:
        found = ip_address(address.partition("%")[0])
    except ValueError:
        return None
    if isinstance(found, IPv6Address):
        if found.ipv4_mapped is None:
            return b"6" + found.packed[:_IPV6_PREFIX]
        found = found.ipv4_mapped
    return b"4" + found.packed[:_IPV4_PREFIX]
