from __future__ import annotations

import pytest

from app.db import Database
from app.privacy.count_keys import CountKeyStore
from tests.integration.responses.sheets import Wave, sealed_wave


@pytest.fixture
def wave(database: Database, count_keys: CountKeyStore) -> Wave:
    """An open wave with its areas and its key."""
    return sealed_wave(database, count_keys)
