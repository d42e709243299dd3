"""What a reader of the database holds back is scrubbed when that reader has gone."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import delete, select

from app.collectors.cards import Batch
from app.collectors.tables import ledger
from app.db import Database
from app.errors import Unavailable
from app.privacy.count_keys import CountKeyStore
from app.responses import scrub as scrubbing
from app.responses.scrub import scrub
from tests.integration.responses.cards import deal, keys_in
from tests.integration.responses.sheets import sealed_wave


def test_rows_that_a_reader_still_sees_are_not_taken_for_gone(
    postgres_url: str,
    count_keys: CountKeyStore,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(scrubbing, "LONGER_TRIES", 2)
    database = Database(postgres_url)
    wave = sealed_wave(database, count_keys)
    deal(database, keys_in(tmp_path), wave[:2], Batch(20))
    with database.engine.connect() as connection:
        reader = connection.execution_options(isolation_level="REPEATABLE READ")
        reader.execute(select(1))  # from now on it reads as of this moment
        with database.writing() as session:
            session.execute(delete(ledger))
        with pytest.raises(Unavailable, match="The work goes on when that program has ended"):
            scrub(database)
    scrub(database)
    database.dispose()
