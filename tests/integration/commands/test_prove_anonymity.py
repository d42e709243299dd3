"""An installation proves its promise on a copy of its own database, and leaves that as it was."""

from __future__ import annotations

import random
import re
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import text

from app.cli.proofs.prove_anonymity import for_staff
from app.db import Database
from app.responses.linkage.proof import Attack, Found, kendall_tau
from tests.attack.attackers import kendall_tau as by_all_pairs
from tests.integration.commands.rapport import environment, run


def test_it_attacks_a_copy_and_tells_what_was_found(
    database: Database, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    address = database.url.render_as_string(hide_password=False)
    shared = tmp_path / "shared"
    shared.mkdir()
    untouched = shared.stat().st_mtime_ns
    env = environment(address, tmp_path) | {
        "RAPPORT_BACKUP_FOLDER": str(tmp_path / "backups"),
        "TMPDIR": str(shared),
    }
    if not database.is_sqlite:
        env["RAPPORT_POSTGRES_PROGRAMS"] = str(request.getfixturevalue("postgres_programs"))
    done = run("prove-anonymity", env=env)
    assert done.returncode == 0, done.stderr
    assert "The promise holds." in done.stdout
    assert "a ledger beside the answers (for comparison): 1000 (order alike: +1.00)" in done.stdout
    orders = re.findall(r"responses by (.+): (\d+)", done.stdout)
    assert {"as it lies", "id"} <= {name for name, _ in orders}
    assert all(int(exact) <= 13 for _, exact in orders)
    with database.reading() as session:
        assert session.scalar(text("SELECT count(*) FROM agency")) == 0
    assert list((tmp_path / "backups").iterdir()) == []
    assert shared.stat().st_mtime_ns == untouched, "no copy lies where others put their files"


@pytest.mark.parametrize("left", ["sealed_left", "codes_left", "keys_kept"])
def test_a_sheet_a_code_or_a_key_that_outlives_its_count_breaks_the_promise(left: str) -> None:
    found = Found((Attack("id", 1, 0.01),), Attack("ledger", 1000, 1.0), 0, 0, 3, 0)
    assert list(for_staff(found))[-1] == "The promise holds."
    found = replace(found, **{left: 1})
    assert not found.holds
    assert "DOES NOT HOLD" in list(for_staff(found))[-1]


def test_the_measures_say_what_they_mean() -> None:
    order = random.Random(4).sample(range(200), 200)
    assert kendall_tau(order) == pytest.approx(by_all_pairs(order), abs=1e-12)
    assert kendall_tau(range(50)) == 1
    assert kendall_tau(range(50)[::-1]) == -1
    assert not Attack("ledger", 1000, 1.0).is_chance
    assert Attack("id", 1, 0.01).is_chance
