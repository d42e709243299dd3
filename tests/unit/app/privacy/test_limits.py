from __future__ import annotations

from dataclasses import dataclass

import pytest

from app.privacy.stuffing.limits import (
    HEAVY_IN_AN_HOUR,
    MOST_NETWORKS,
    SOME_IN_TEN_MINUTES,
    WRONG_CODES_IN_A_MINUTE,
    NetworkLimits,
    Pressure,
    network_prefix,
)

HERE, THERE = "203.0.113.7", "198.51.100.7"


@dataclass
class Watch:
    seconds: float = 5000.0

    def __call__(self) -> float:
        return self.seconds


def send(limits: NetworkLimits, times: int, address: str | None = HERE) -> None:
    for _ in range(times):
        limits.note_sheet("wave", address)


def test_thirty_in_ten_minutes_are_some_and_three_hundred_an_hour_are_heavy() -> None:
    limits = NetworkLimits(now=Watch())
    send(limits, SOME_IN_TEN_MINUTES - 1)
    assert limits.pressure("wave", HERE) is Pressure.NONE
    send(limits, 1)
    assert limits.pressure("wave", HERE) is Pressure.SOME
    send(limits, HEAVY_IN_AN_HOUR - SOME_IN_TEN_MINUTES)
    assert limits.pressure("wave", HERE) is Pressure.HEAVY
    assert limits.pressure("wave", THERE) is Pressure.NONE
    assert limits.pressure("another wave", HERE) is Pressure.NONE


@pytest.mark.parametrize("silence", [0.0, 1000.0, 3000.0])
@pytest.mark.parametrize("into_the_clocks_ten_minutes", range(0, 600, 60))
def test_the_clocks_round_numbers_do_not_cut_a_burst_in_two(
    into_the_clocks_ten_minutes: int, silence: float
) -> None:
    watch = Watch(seconds=6000.0 + into_the_clocks_ten_minutes - silence)
    limits = NetworkLimits(now=watch)
    if silence:
        send(limits, 1)
        watch.seconds += silence
    for _ in range(SOME_IN_TEN_MINUTES):
        assert limits.pressure("wave", HERE) is Pressure.NONE
        watch.seconds += 15
        send(limits, 1)
    assert limits.pressure("wave", HERE) is Pressure.SOME


def test_a_limit_passes_with_the_time() -> None:
    watch = Watch()
    limits = NetworkLimits(now=watch)
    send(limits, HEAVY_IN_AN_HOUR)
    pressures = []
    for _ in range(13):
        pressures.append(limits.pressure("wave", HERE))
        watch.seconds += 600
    assert pressures[0] is Pressure.HEAVY
    assert pressures == sorted(pressures, reverse=True)
    assert pressures[-1] is Pressure.NONE


def test_steady_traffic_under_the_limit_never_trips_it() -> None:
    watch = Watch()
    limits = NetworkLimits(now=watch)
    for _ in range(500):
        assert limits.pressure("wave", HERE) is Pressure.NONE
        send(limits, 1)
        watch.seconds += 25


def test_limits_are_shared_out_among_processes_and_raised_for_codes() -> None:
    for processes, room, allowed in ((2, 1, 15), (1, 10, 300), (3, 10, 100)):
        limits = NetworkLimits(processes, now=Watch())
        send(limits, allowed - 1)
        assert limits.pressure("wave", HERE, room=room) is Pressure.NONE
        send(limits, 1)
        assert limits.pressure("wave", HERE, room=room) is not Pressure.NONE


def test_guessing_codes_is_slowed() -> None:
    limits = NetworkLimits(now=Watch())
    for _ in range(WRONG_CODES_IN_A_MINUTE):
        assert limits.pressure("wave", HERE, room=10) is Pressure.NONE
        limits.note_wrong_code("wave", HERE)
    assert limits.pressure("wave", HERE, room=10) is Pressure.SOME


@pytest.mark.parametrize(
    ("one", "other", "is_one_network"),
    [
        ("203.0.113.7", "203.0.113.250", True),
        ("203.0.113.7", "203.0.114.7", False),
        ("2001:db8:1:2::7", "2001:db8:1:2:ffff::1", True),
        ("2001:db8:1:2::7", "2001:db8:1:3::7", False),
        ("::ffff:203.0.113.7", "203.0.113.9", True),
        ("fe80::1%eth0", "fe80::2", True),
    ],
)
def test_a_network_is_a_24_of_ipv4_and_a_64_of_ipv6(
    one: str, other: str, *, is_one_network: bool
) -> None:
    assert (network_prefix(one) == network_prefix(other)) == is_one_network


@pytest.mark.parametrize("address", [None, "", "testclient", "unknown", "1.2.3", "x" * 999])
def test_what_is_no_address_is_not_limited(address: str | None) -> None:
    limits = NetworkLimits(now=Watch())
    send(limits, 1000, address)
    assert network_prefix(address) is None
    assert limits.pressure("wave", address) is Pressure.NONE


def test_memory_is_bounded_and_holds_no_address() -> None:
    limits = NetworkLimits(now=Watch())
    # The prefixes of IPv6: eight bytes are in no name by chance, the three of IPv4 may well be.
    addresses = [f"2001:db8:{n >> 8:x}:{n & 255:x}::7" for n in range(MOST_NETWORKS + 50)]
    for address in addresses:
        limits.note_sheet("wave", address)
    assert len(limits._networks) <= MOST_NETWORKS
    prefixes = {network_prefix(address) for address in addresses[-50:]}
    assert not any(p and p[1:] in name for name in limits._networks for p in prefixes)


def test_the_key_lives_for_a_day_and_belongs_to_one_process() -> None:
    watch = Watch()
    one, other = NetworkLimits(now=watch), NetworkLimits(now=watch)
    send(one, HEAVY_IN_AN_HOUR)
    send(other, 1)
    assert not one._networks.keys() & other._networks.keys()
    (before,) = one._networks
    watch.seconds += 24 * 3600
    assert one.pressure("wave", HERE) is Pressure.NONE
    send(one, 1)
    assert before not in one._networks
