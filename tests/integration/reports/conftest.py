from __future__ import annotations

import pytest

from app.db import Database
from app.privacy.count_keys import CountKeyStore
from app.reports.computation import compute_now
from tests.integration.reports.waves import TwoWaves, two_counted_waves


@pytest.fixture
def waves(database: Database, count_keys: CountKeyStore) -> TwoWaves:
    return two_counted_waves(database, count_keys)


@pytest.fixture
def report_id(database: Database, waves: TwoWaves) -> str:
    return compute_now(
        database, waves.agency_id, before_wave_id=waves.before, after_wave_id=waves.after
    )
