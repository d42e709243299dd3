"""PostgreSQL itself crashes under load: it comes back with all that was thanked for.

A server of its own, whose commits reach the disk.
"""

from __future__ import annotations

import random
from collections.abc import Iterator

import pytest

from app.db import Database
from app.migrations import migrate
from tests.conftest import PostgresServer, guarded_postgres
from tests.integration.commands.rapport import started
from tests.reliability.crowd import Crowd, ids_of, stored_ids
from tests.reliability.test_killed_servers import port_of

SEED = 20261121
SHEETS = 200


@pytest.fixture
def own_server() -> Iterator[PostgresServer]:
    with guarded_postgres(is_durable=True) as server:
        yield server


@pytest.fixture
def database_url(own_server: PostgresServer) -> str:
    own_server.run("CREATE DATABASE rapport")
    address = own_server.named("rapport")
    database = Database(address, pool_size=1)
    migrate(database)
    database.dispose()
    return address


@pytest.mark.parametrize("crashes", [1, pytest.param(20, marks=pytest.mark.proof)])
def test_no_thanks_is_lost_when_the_server_crashes(
    env: dict[str, str], own_server: PostgresServer, crowd: Crowd, database: Database, crashes: int
) -> None:
    rng = random.Random(SEED)
    with started("serve", "--port", "0", env=env) as serving:
        for _ in range(crashes):
            fresh = crowd.sheets(SHEETS)
            last = len(crowd.thanked) + rng.randint(1, SHEETS // 2)

            def crash_after_the_last(thanks: int, last: int = last) -> None:
                if thanks == last:
                    own_server.crash()

            crowd.at_thanks = crash_after_the_last
            crowd.send(port_of(serving), fresh, again=rng)
            own_server.start_again()
            crowd.send_until_thanked(port_of(serving), fresh)
    stored = stored_ids(database)
    assert len(stored) == len(set(stored)) == crashes * SHEETS
    assert set(stored) == ids_of(crowd.thanked) == ids_of(crowd.sent)
    assert crowd.refused
    assert set(crowd.refused) == {503}
