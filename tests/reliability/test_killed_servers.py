"""The web process is killed at random under load: whoever was thanked is stored, and once."""

from __future__ import annotations

import random
import signal

import pytest

from app.cli import main
from app.cli.process import launcher
from app.db import Database
from tests.integration.commands.rapport import PATIENCE, Running, started
from tests.reliability.crowd import Crowd, ids_of, stored_ids

SEED = 20261121


def unhurried() -> None:
    """Ten seconds for what has begun may be too few for a machine that is busy with other tests."""
    launcher.DRAIN_SECONDS = int(PATIENCE)
    main()


def port_of(serving: Running) -> int:
    line = serving.wait_for("Rapport answers at http://")
    return int(line.split("http://")[1].split(" ")[0].rsplit(":", 1)[1])


def _killed_under_load(
    env: dict[str, str], crowd: Crowd, sheets: dict[bytes, bytes], rng: random.Random
) -> None:
    with started("serve", "--port", "0", env=env) as serving:
        last = len(crowd.thanked) + rng.randint(1, len(sheets) // 2)

        def kill_after_the_last(thanks: int) -> None:
            if thanks == last:
                serving.send(signal.SIGKILL)

        crowd.at_thanks = kill_after_the_last
        crowd.send(port_of(serving), sheets, again=rng)
        serving.send(signal.SIGKILL)  # where it was too busy to thank so many
        assert serving.ended() == -signal.SIGKILL


@pytest.mark.parametrize(
    ("rounds", "sheets_a_round"),
    [(3, 200), pytest.param(200, 200, marks=pytest.mark.proof)],
)
def test_no_thanks_is_lost_and_no_sheet_is_stored_twice(
    env: dict[str, str], database: Database, crowd: Crowd, rounds: int, sheets_a_round: int
) -> None:
    rng = random.Random(SEED)
    sheets: dict[bytes, bytes] = {}
    for _ in range(rounds):
        fresh = crowd.sheets(sheets_a_round)
        sheets |= fresh
        _killed_under_load(env, crowd, fresh, rng)
        assert ids_of(crowd.thanked) <= set(stored_ids(database))
    crowd.at_thanks = lambda _thanks: None
    with started("serve", "--port", "0", env=env) as serving:
        crowd.send(port_of(serving), sheets, again=None)
        crowd.send_until_thanked(port_of(serving), sheets)
    assert set(crowd.refused) <= {503}  # the machine may be so busy that it asks for patience
    stored = stored_ids(database)
    assert len(stored) == len(sheets)
    assert set(stored) == ids_of(crowd.thanked) == ids_of(set(sheets))


def test_stopped_under_load_it_answers_for_each_sheet_that_it_stores(
    env: dict[str, str], database: Database, crowd: Crowd
) -> None:
    """Whoever heard nothing is not stored; and whoever sends again after it is stored once."""
    sheets = crowd.sheets(1000)
    with started("serve", "--port", "0", env=env, main=unhurried) as serving:

        def stop_after_a_hundred(thanks: int) -> None:
            if thanks == 100:
                serving.send(signal.SIGTERM)

        crowd.at_thanks = stop_after_a_hundred
        crowd.send(port_of(serving), sheets, again=None)
        assert serving.ended() == 0
    stored = stored_ids(database)
    assert 100 <= len(crowd.thanked) < len(sheets)
    assert ids_of(crowd.thanked) <= set(stored) <= ids_of(crowd.sent - crowd.unheard)
    with started("serve", "--port", "0", env=env) as serving:
        crowd.send_until_thanked(port_of(serving), sheets)
        crowd.send(port_of(serving), sheets, again=None)
    stored = stored_ids(database)
    assert len(stored) == len(sheets)
    assert set(stored) == ids_of(crowd.thanked) == ids_of(set(sheets))
    assert set(crowd.refused) <= {503}
