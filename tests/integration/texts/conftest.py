from __future__ import annotations

import pytest

from app.db import Database
from app.privacy.count_keys import CountKeyStore
from tests.integration.console.conftest import browser, worker_settings  # noqa: F401 - the same
from tests.integration.retention.files import Answered, answered


@pytest.fixture
def wave(database: Database, count_keys: CountKeyStore) -> Answered:
    """Forty people have written a sentence each."""
    return answered(database, count_keys, None)
