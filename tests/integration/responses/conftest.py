from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from sqlalchemy import text

from app.db import Database
from app.privacy.count_keys import CountKeyStore
from tests.integration.responses.sheets import Wave, sealed_wave

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def wave(database: Database, count_keys: CountKeyStore) -> Wave:
    """An open wave with its areas and its key."""
    return sealed_wave(database, count_keys)


@pytest.fixture
def numbers(database: Database) -> Iterator[Database]:
    """A database with a table that takes whole numbers from 0 to 999, once each."""
    with database.writing() as session:
        session.execute(text("CREATE TABLE numbers (n INTEGER PRIMARY KEY CHECK (n < 1000))"))
    yield database
    with database.writing() as session:
        session.execute(text("DROP TABLE numbers"))
