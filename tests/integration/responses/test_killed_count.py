"""A worker is killed in each step of the count; the next one goes on, and nothing is lost."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from sqlalchemy import func, select

from app.backups.target import BackupTarget
from app.db import Database
from app.initiatives.service import get_wave
from app.privacy.count_keys import CountKeyStore
from app.responses.count import Step, count_wave
from app.responses.service import read_responses
from app.responses.tables import intake, response
from tests.integration.responses.dying import BEFORE_THE_COMMIT, DyingCount
from tests.integration.responses.sheets import Wave, fill, sheet

SHEETS = 40
ROUNDS = 3  # of all moments, in the proof: over a hundred kills on the two databases
MOMENTS = [
    *((step, 1) for step in Step),
    (Step.BACKUP_BEFORE, 3),
    (Step.OPEN, 2),
    (Step.WRITE, BEFORE_THE_COMMIT),
    (Step.WRITE, 2),
    (Step.BACKUP_AFTER, 3),
    (Step.DESTROY, BEFORE_THE_COMMIT),
    (Step.DESTROY, 2),
]
KEY_IS_GONE = {(Step.DESTROY, BEFORE_THE_COMMIT), (Step.DESTROY, 2)}
IS_WRITTEN = {
    (Step.WRITE, 2),
    *((step, call) for step, call in MOMENTS if step in {Step.SCRUB, Step.BACKUP_AFTER}),
    *((step, call) for step, call in MOMENTS if step is Step.DESTROY),
}
# On PostgreSQL a dump and its restoring take a second: the moments that concern the database.
SOON = {Step.WRITE, Step.SCRUB, Step.DESTROY}


def moments(database: str) -> list[object]:
    return [
        pytest.param(
            database,
            *moment,
            id=f"{database}-{moment[0].value}-{moment[1]}-{once}",
            marks=[]
            if once == 1 and (database == "sqlite" or moment[0] in SOON)
            else pytest.mark.proof,
        )
        for once in range(1, ROUNDS + 1)
        for moment in MOMENTS
    ]


@pytest.mark.parametrize(
    ("database_url", "step", "call"),
    [*moments("sqlite"), *moments("postgresql")],
    indirect=["database_url"],
)
def test_a_count_killed_at_any_moment_is_finished_by_the_next_worker(
    database: Database,
    wave: Wave,
    count_keys: CountKeyStore,
    backups: BackupTarget,
    tmp_path: Path,
    step: Step,
    call: int,
) -> None:
    rng = random.Random(7)
    sheets = [sheet(rng) for _ in range(SHEETS)]
    fill(database, wave, sheets)
    key = (wave.agency_id, wave.wave_id)
    address = database.url.render_as_string(hide_password=False)
    keys_and_master = tmp_path / "count-keys", tmp_path / "secrets" / "count-master"

    dying = DyingCount(address, *keys_and_master, backups, key, step, call)
    assert dying.run() == -9

    assert count_keys.holds(wave.wave_id) is ((step, call) not in KEY_IS_GONE)
    with database.reading() as session:
        sealed, opened = (
            session.scalar(select(func.count()).select_from(table)) for table in (intake, response)
        )
        assert get_wave(session, *key).key_state == "kept"
    assert (sealed, opened) == ((0, SHEETS) if (step, call) in IS_WRITTEN else (SHEETS, 0))

    counted = count_wave(database, count_keys, *key, backups=backups)
    assert counted.key_state == "destroyed"
    assert not count_keys.holds(wave.wave_id)
    with database.reading() as session:
        read = sorted(str(row.answers) for row in read_responses(session, *key))
    assert read == sorted(str(dict(sorted(each.answers.items()))) for each in sheets)
    assert not [path for path in backups.folder.iterdir() if path.name.endswith(".part")]
