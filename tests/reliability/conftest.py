from __future__ import annotations

from pathlib import Path

import pytest

from app.collectors.service import load_collector
from app.db import Database
from app.privacy.count_keys import CountKeyStore
from app.privacy.web_keys import WebKeyStore
from tests.factories import make_areas, make_collector, make_initiative, make_wave
from tests.integration.commands.rapport import environment
from tests.reliability.crowd import Crowd


@pytest.fixture
def crowd(database: Database, count_keys: CountKeyStore, tmp_path: Path) -> Crowd:
    with database.writing() as session:
        initiative = make_initiative(session)
        make_areas(session, initiative)
        wave = make_wave(session, initiative, state="open", keys=count_keys)
        public_id = make_collector(session, wave).public_id
    with database.reading() as session:
        collector = load_collector(session, public_id)
    keys = WebKeyStore(tmp_path / "web-keys", tmp_path / "secrets" / "web-master")
    return Crowd(collector, keys)


@pytest.fixture
def env(database_url: str, tmp_path: Path) -> dict[str, str]:
    return environment(database_url, tmp_path)
