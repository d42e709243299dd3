"""Residents come for minutes on end: nobody is refused, and the memory stays as it was."""

from __future__ import annotations

import sys
import time
from dataclasses import dataclass, field

import numpy as np
import pytest

from tests.bench.installation import Installation, installed
from tests.bench.load import Load, get, post, send
from tests.bench.servers import Server, rapport

AT_ONCE = 20
ROUND_SECONDS = 10
MOST_MEBIBYTES = 200
MOST_GROWTH = 8  # MiB between the first minute and the end
MOST_P95_SECONDS = 0.3
SEED = 20261121


@dataclass
class Soaked:
    loads: list[Load] = field(default_factory=list)
    mebibytes: list[float] = field(default_factory=list)

    @property
    def statuses(self) -> set[int]:
        return {status for load in self.loads for status in load.statuses}

    @property
    def p95(self) -> float:
        waits = sorted(wait for load in self.loads for wait in load.waits)
        return waits[int(0.95 * len(waits))]

    def told(self) -> str:
        requests = sum(len(load.waits) for load in self.loads)
        return (
            f"{requests:,} requests, p95 {1000 * self.p95:.0f} ms, memory at first "
            f"{self.mebibytes[0]:.1f}, most {max(self.mebibytes):.1f}, at the end "
            f"{self.mebibytes[-1]:.1f} MiB\n"
        )


def soak(server: Server, installation: Installation, rounds: int, sheets: int) -> Soaked:
    """In each round so many pages and sheets, from a process of their own."""
    rng = np.random.default_rng(SEED)
    page = get(installation.path, server.origin)
    soaked = Soaked()
    for _ in range(rounds):
        began = time.monotonic()
        bodies = installation.sheets(sheets, rng)
        requests = [r for b in bodies for r in (page, post(installation.path, b, server.origin))]
        soaked.loads.append(send(server.port, requests, AT_ONCE))
        soaked.mebibytes.append(server.resident_mebibytes())
        time.sleep(max(0.0, ROUND_SECONDS - (time.monotonic() - began)) if rounds > 1 else 0.0)
    return soaked


def test_a_short_crowd_is_served_in_little_memory(sqlite_url: str) -> None:
    with installed(sqlite_url) as installation, rapport(installation) as server:
        soaked = soak(server, installation, rounds=1, sheets=300)
    assert soaked.statuses == {200}
    assert max(soaked.mebibytes) < MOST_MEBIBYTES


@pytest.mark.proof
def test_five_minutes_without_an_error_and_without_growing(database_url: str) -> None:
    with installed(database_url) as installation, rapport(installation) as server:
        soaked = soak(server, installation, rounds=30, sheets=2000)
    sys.stdout.write(soaked.told())
    assert soaked.statuses == {200}
    assert soaked.p95 <= MOST_P95_SECONDS
    assert max(soaked.mebibytes) < MOST_MEBIBYTES
    assert soaked.mebibytes[-1] - soaked.mebibytes[5] < MOST_GROWTH
