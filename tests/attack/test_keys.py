"""The key that opens a wave lies in its store, wrapped, and nowhere else; destroyed, it is gone."""

from __future__ import annotations

import base64
import os
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path

import pytest
from sqlalchemy import text, update

from app.backups.target import BackupTarget
from app.db import Database
from app.initiatives import tables
from app.privacy.count_keys import CountKeyStore
from app.responses.count import count_wave
from app.responses.service import check_counted_waves
from tests.attack.attackers import contents_of, files_below
from tests.conftest import PostgresServer
from tests.integration.responses.sheets import Wave, fill, sheet

SHEETS = 30


def spellings(secret: bytes) -> list[bytes]:
    return [secret, secret.hex().encode(), secret.hex().upper().encode(), base64.b64encode(secret)]


def hidden_in(contents: Sequence[tuple[str, bytes]], secret: bytes) -> list[str]:
    return [name for name, content in contents if any(s in content for s in spellings(secret))]


class Reach:
    """Everything an insider can read: files of database, logs, backups, key stores, left drafts."""

    def __init__(self, request: pytest.FixtureRequest, database: Database, folder: Path) -> None:
        self._request, self._database, self._folder = request, database, folder

    def contents(self, *, masters: bool = False) -> list[tuple[str, bytes]]:
        folders = [self._folder]
        if not self._database.is_sqlite:
            server: PostgresServer = self._request.getfixturevalue("postgres_server")
            server.run("CHECKPOINT")
            folders.append(Path(str(server.url.query["host"])))
        files = [f for f in files_below(*folders) if masters or "secrets" not in f.parts]
        return [(str(f), content) for f in files for content in contents_of([f])] + [
            (f"{f} unpacked", self._unpacked(f)) for f in files if f.suffix == ".dump"
        ]

    def _unpacked(self, dump: Path) -> bytes:
        programs: Path = self._request.getfixturevalue("postgres_programs")
        command = [str(programs / "pg_restore"), "--file=-", str(dump)]
        return subprocess.run(command, capture_output=True, check=True).stdout  # noqa: S603 - a program and a file of the tests


@pytest.fixture
def reach(
    request: pytest.FixtureRequest,
    database: Database,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Reach:
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(temporary))
    return Reach(request, database, tmp_path)


@pytest.fixture
def master(count_keys: CountKeyStore, tmp_path: Path) -> bytes:
    assert count_keys is not None
    return bytes.fromhex((tmp_path / "secrets" / "count-master").read_text())


def test_neither_key_nor_master_is_in_the_database_its_logs_or_its_backups(
    database: Database,
    wave: Wave,
    count_keys: CountKeyStore,
    backups: BackupTarget,
    reach: Reach,
    master: bytes,
) -> None:
    private = count_keys.unlock(wave.wave_id, wave.public_key)
    fill(database, wave, [sheet()] * SHEETS)
    for target in (None, backups):
        assert hidden_in(reach.contents(), private) == []
        assert hidden_in(reach.contents(), master) == []
        count_wave(database, count_keys, wave.agency_id, wave.wave_id, backups=target)
    backups.back_up(database, "later", check_counted_waves, lambda _line: None)
    assert hidden_in(reach.contents(), private) == []
    assert hidden_in(reach.contents(), master) == []


def test_not_even_the_wrapped_key_is_in_the_database_or_its_backups(
    database: Database,
    wave: Wave,
    count_keys: CountKeyStore,
    backups: BackupTarget,
    reach: Reach,
    tmp_path: Path,
) -> None:
    """An old backup would hold both the sealed sheets and what opens them."""
    (file,) = (tmp_path / "count-keys").iterdir()
    wrapped = bytes.fromhex(file.read_text().split('"wrapped": "')[1].split('"')[0])
    fill(database, wave, [sheet()] * SHEETS)
    count_wave(database, count_keys, wave.agency_id, wave.wave_id, backups=None)
    backups.back_up(database, "later", check_counted_waves, lambda _line: None)
    assert hidden_in(reach.contents(), wrapped) == [str(file)]
    count_wave(database, count_keys, wave.agency_id, wave.wave_id, backups=backups)
    assert hidden_in(reach.contents(masters=True), wrapped) == []
    assert list((tmp_path / "count-keys").iterdir()) == []


def test_a_planted_key_in_the_database_is_found_there_and_in_its_backup(
    database: Database,
    wave: Wave,
    count_keys: CountKeyStore,
    backups: BackupTarget,
    reach: Reach,
) -> None:
    private = count_keys.unlock(wave.wave_id, wave.public_key)
    with database.writing() as session:
        session.execute(update(tables.Initiative).values(notice={"key": private.hex()}))
    backups.back_up(database, "sin", check_counted_waves, lambda _line: None)
    found = hidden_in(reach.contents(), private)
    assert any("sin.d" in name for name in found)
    assert any("sin.d" not in name for name in found)


def test_the_web_keys_are_not_in_the_count_store_nor_the_count_keys_in_the_web_store(
    tmp_path: Path, count_keys: CountKeyStore, database: Database, wave: Wave
) -> None:
    from app.privacy.web_keys import WebKeyStore  # noqa: PLC0415 - stands for the other process

    assert database is not None
    web = WebKeyStore(tmp_path / "web-keys", tmp_path / "secrets" / "web-master")
    _, form_key = web.form_key_to_issue()
    private = count_keys.unlock(wave.wave_id, wave.public_key)
    stores = {
        name: [(str(f), f.read_bytes()) for f in files_below(tmp_path / name)]
        for name in ("web-keys", "count-keys")
    }
    assert all(stores.values())
    for contents in stores.values():
        assert hidden_in(contents, form_key) == hidden_in(contents, private) == []
    masters = {f.read_bytes() for f in files_below(tmp_path / "secrets")}
    assert len(masters) == 2


def test_answers_are_not_in_the_clear_before_the_count(
    database: Database, wave: Wave, backups: BackupTarget, reach: Reach
) -> None:
    """Looked for is a spelling of the answers that no other test stores."""
    canary = int.from_bytes(os.urandom(3), "big") + 10**9
    fill(database, wave, [sheet(quality=canary)] * SHEETS)
    backups.back_up(database, "before", check_counted_waves, lambda _line: None)
    assert hidden_in(reach.contents(), str(canary).encode()) == []
    with database.writing() as session:
        session.execute(text("UPDATE initiative SET notice = :n"), {"n": f'{{"n": {canary}}}'})
    assert hidden_in(reach.contents(), str(canary).encode()) != []
