"""A backup from before the count holds sealed sheets: once their key is gone nobody opens them."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import select

from app.backups.target import Backup, BackupTarget
from app.db import Database
from app.privacy.count_keys import CountKeyStore
from app.privacy.key_store import KeyMissing
from app.privacy.seal import SealBroken, open_sealed
from app.responses.count import count_wave
from app.responses.tables import intake
from tests.integration.backups.test_backups import restored
from tests.integration.responses.sheets import Wave, fill, sealed_wave, sheet

SHEETS = 20


def sealed_in(kept: Path, wave: Wave, request: pytest.FixtureRequest) -> list[bytes]:
    of_wave = select(intake.c.ct).where(intake.c.wave_id == wave.wave_id)
    with restored(Backup(kept, {}), request) as copy, copy.reading() as session:
        return list(session.scalars(of_wave))


@pytest.mark.parametrize("times", [1, pytest.param(20, marks=pytest.mark.proof)])
def test_an_old_backup_opens_with_its_key_and_with_nothing_once_that_is_destroyed(
    database: Database,
    count_keys: CountKeyStore,
    backups: BackupTarget,
    request: pytest.FixtureRequest,
    tmp_path: Path,
    times: int,
) -> None:
    """Whoever tries has the master, the store and the keys of every other wave."""
    others = [sealed_wave(database, count_keys) for _ in range(3)]
    for _ in range(times):
        wave = sealed_wave(database, count_keys)
        private = count_keys.unlock(wave.wave_id, wave.public_key)
        fill(database, wave, [sheet()] * SHEETS)
        count_wave(database, count_keys, wave.agency_id, wave.wave_id, backups=backups)
        name = f"count-{wave.agency_id}-{wave.wave_id}-before"
        (kept,) = (f for f in backups.folder.glob(f"{name}.*") if not f.name.endswith(".json"))
        sheets = sealed_in(kept, wave, request)
        assert [len(open_sealed(ct, private, wave.wave_id)) > 0 for ct in sheets] == [True] * SHEETS
        again = CountKeyStore(tmp_path / "count-keys", tmp_path / "secrets" / "count-master")
        with pytest.raises(KeyMissing):
            again.unlock(wave.wave_id, wave.public_key)
        for other in others:
            key = again.unlock(other.wave_id, other.public_key)
            for ct in sheets:
                with pytest.raises(SealBroken):
                    open_sealed(ct, key, wave.wave_id)
