"""PostgreSQL goes away in every way a network knows: errors come soon, and nothing is lost."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from dataclasses import astuple, dataclass
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest

from app.db import Database
from tests.conftest import PostgresServer
from tests.integration.commands.rapport import Running, environment, started
from tests.reliability.crowd import PATIENCE, Crowd, ids_of, stored_ids
from tests.reliability.fault_proxy import Fault, FaultProxy
from tests.reliability.test_killed_servers import port_of

SEED = 20261121
FAULT_SECONDS = 1.0
LONGEST_FAULT_SECONDS = 5.0
# The plan's figures. What a healthy sheet takes at most on this machine is granted beyond them.
LONGEST_REFUSAL_SECONDS = 3.0
LONGEST_RECOVERY_SECONDS = 5.0

pytestmark = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)


def status_of(address: str) -> int:
    try:
        with urlopen(address, timeout=PATIENCE) as page:  # noqa: S310 - http, here
            return int(page.status)
    except HTTPError as refusal:
        return refusal.code


@pytest.fixture
def proxy(postgres_server: PostgresServer) -> Iterator[FaultProxy]:
    folder = Path(str(postgres_server.url.query["host"]))
    (socket_file,) = (file for file in folder.glob(".s.PGSQL.*") if file.suffix != ".lock")
    with FaultProxy(socket_file) as proxy:
        yield proxy


@pytest.fixture
def serving(proxy: FaultProxy, database: Database, tmp_path: Path) -> Iterator[Running]:
    address = database.url.set(host="127.0.0.1", port=proxy.port, query={})
    env = environment(address.render_as_string(hide_password=False), tmp_path)
    with started("serve", "--port", "0", env=env) as serving:
        yield serving


@dataclass
class Waits:
    """The longest of many faults, in seconds."""

    healthy: float = 0.0
    recovery: float = 0.0  # from the end of the fault to the first thanks


def survive(
    crowd: Crowd, proxy: FaultProxy, port: int, fault: Fault, seconds: float, sheets: int = 60
) -> Waits:
    """Break the network when some were thanked, mend it, and let all try again until they are."""
    fresh = crowd.sheets(sheets)
    crowd.longest_thanks = 0.0
    crowd.send(port, dict(list(fresh.items())[: sheets // 2]), again=None)
    healthy = crowd.longest_thanks
    with proxy.broken(fault):
        began = time.monotonic()
        crowd.send_for(port, dict(list(fresh.items())[sheets // 2 :]), seconds)
        assert time.monotonic() - began < seconds + PATIENCE
    thanks: list[float] = []
    crowd.at_thanks = lambda _thanks: thanks.append(time.monotonic())
    mended = time.monotonic()
    crowd.send_until_thanked(port, fresh)
    return Waits(healthy, thanks[0] - mended if thanks else 0.0)


@pytest.mark.parametrize("fault", list(Fault))
def test_what_was_thanked_for_is_stored_and_the_rest_can_be_sent_again(
    serving: Running, proxy: FaultProxy, crowd: Crowd, database: Database, fault: Fault
) -> None:
    survive(crowd, proxy, port_of(serving), fault, FAULT_SECONDS)
    stored = stored_ids(database)
    assert set(stored) == ids_of(crowd.thanked) == ids_of(crowd.sent)
    assert len(stored) == len(set(stored))
    assert set(crowd.refused) <= {503}


@pytest.mark.parametrize("fault", [Fault.STALL, Fault.HALF_OPEN])
def test_a_network_that_swallows_everything_keeps_nobody_waiting(
    serving: Running, proxy: FaultProxy, crowd: Crowd, database: Database, fault: Fault
) -> None:
    """Each hears while it lasts that the sheet could not be stored; the page is still shown."""
    port, fresh = port_of(serving), crowd.sheets(24)
    crowd.send_until_thanked(port, dict(list(fresh.items())[:12]))
    crowd.refused.clear()
    with proxy.broken(fault):
        crowd.send(port, dict(list(fresh.items())[12:]), again=None)
        assert crowd.refused == [503] * 12
        assert status_of(f"http://127.0.0.1:{port}/s/{crowd.collector.public_id}") == 200
        assert status_of(f"http://127.0.0.1:{port}/s/{'0' * 16}") == 503
    crowd.send_until_thanked(port, fresh)
    assert set(stored_ids(database)) == ids_of(crowd.thanked) == ids_of(crowd.sent)


@pytest.mark.proof
def test_fifty_faults_in_a_row(
    serving: Running, proxy: FaultProxy, crowd: Crowd, database: Database
) -> None:
    rng, longest = random.Random(SEED), Waits()
    for _ in range(50):
        seconds = rng.uniform(0.2, LONGEST_FAULT_SECONDS)
        waits = survive(crowd, proxy, port_of(serving), rng.choice(list(Fault)), seconds)
        longest = Waits(*map(max, astuple(longest), astuple(waits)))
    assert set(stored_ids(database)) == ids_of(crowd.thanked) == ids_of(crowd.sent)
    assert set(crowd.refused) <= {503}
    print(f"longest refusal {crowd.longest_refusal:.2f} s, {longest}")  # noqa: T201 - for the docs
    assert crowd.longest_refusal <= LONGEST_REFUSAL_SECONDS + longest.healthy
    assert longest.recovery <= LONGEST_RECOVERY_SECONDS + longest.healthy
