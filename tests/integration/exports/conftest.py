from __future__ import annotations

import pytest

from app.db import Database
from app.privacy.count_keys import CountKeyStore
from tests.integration.accounts.people import OWNER_PASSWORD, Owner
from tests.integration.console.conftest import browser, worker_settings  # noqa: F401 - the same
from tests.integration.exports.holders import make_holder
from tests.integration.reports.waves import TwoWaves, two_counted_waves


@pytest.fixture
def waves(database: Database, count_keys: CountKeyStore) -> TwoWaves:
    return two_counted_waves(database, count_keys, people=31)


@pytest.fixture
def owner(database: Database, waves: TwoWaves) -> Owner:
    return make_holder(database, waves.agency_id, "ana@city.example", OWNER_PASSWORD)
