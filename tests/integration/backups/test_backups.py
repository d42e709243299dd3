"""A backup is kept only after it was restored elsewhere and found to be the same."""

from __future__ import annotations

import asyncio
import json
import os
import sqlite3
import stat
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from sqlalchemy import func, insert, select, text

from app.backups import postgres, sqlite, store, target
from app.backups.failure import BackupFailed
from app.backups.target import Backup, BackupTarget
from app.db import Database
from app.migrations import newest_revision
from app.privacy.count_keys import CountKeyStore
from app.privacy.fingerprints import hash_file
from app.responses.count import count_wave
from app.responses.intake import Writer, accept_response, intake_writer
from app.responses.quality import Quality
from app.responses.service import check_counted_waves, read_responses
from app.responses.tables import free_text, intake
from tests.conftest import PostgresServer
from tests.integration.commands.rapport import environment, run
from tests.integration.responses.sheets import Wave, fill, running, sealed_wave, send, sheet

RESTORED = "rapport_restored"
ONLY_HERE = "ALTER TABLE free_text {} CONSTRAINT only_here {}"  # not in the copy


def back_up(
    database: Database, backups: BackupTarget, name: str = "copy", said: list[str] | None = None
) -> Backup:
    say = (lambda _line: None) if said is None else said.append
    return backups.back_up(database, name, check_counted_waves, say)


@contextmanager
def restored(kept: Backup, request: pytest.FixtureRequest) -> Iterator[Database]:
    """As an operator would do it by hand."""
    if kept.file.suffix == ".db":
        database = Database(f"sqlite:///{kept.file}")
        yield database
        database.dispose()
        return
    server: PostgresServer = request.getfixturevalue("postgres_server")
    programs: Path = request.getfixturevalue("postgres_programs")
    server.run(f"CREATE DATABASE {RESTORED}")
    host = str(server.url.query["host"])
    subprocess.run(  # noqa: S603 - a program and a file of the tests
        [str(programs / "pg_restore"), "-h", host, "-U", "postgres", "-d", RESTORED, kept.file],
        check=True,
    )
    database = Database(server.named(RESTORED))
    try:
        yield database
    finally:
        database.dispose()
        server.run(f"DROP DATABASE {RESTORED} WITH (FORCE)")


def test_a_restored_backup_gives_the_same_answers(
    database: Database,
    count_keys: CountKeyStore,
    backups: BackupTarget,
    request: pytest.FixtureRequest,
) -> None:
    wave = sealed_wave(database, count_keys)
    fill(database, wave, [sheet(quality=n % Quality.TEST_CARD) for n in range(40)])
    key = (wave.agency_id, wave.wave_id)
    count_wave(database, count_keys, *key, backups=None)
    with database.reading() as session:
        answers = list(read_responses(session, *key))
    kept = back_up(database, backups)
    with restored(kept, request) as copy, copy.reading() as session:
        assert list(read_responses(session, *key)) == answers
        assert len(answers) == 40


@pytest.mark.parametrize("times", [1, pytest.param(20, marks=pytest.mark.proof)])
def test_a_backup_while_sheets_arrive_holds_all_that_had_arrived_before(
    database: Database,
    count_keys: CountKeyStore,
    backups: BackupTarget,
    request: pytest.FixtureRequest,
    times: int,
) -> None:
    wave = sealed_wave(database, count_keys)
    before = len(send(database, *((wave, os.urandom(16), sheet()) for _ in range(50))))
    assert before == 50

    async def arrive(writer: Writer, stop: asyncio.Event) -> int:
        arrived = 0
        while not stop.is_set():
            await accept_response(writer, wave, os.urandom(16), sheet())
            arrived += 1
        return arrived

    async def together(writer: Writer) -> tuple[Backup, int]:
        stop = asyncio.Event()
        arriving = [asyncio.create_task(arrive(writer, stop)) for _ in range(5)]
        kept = await asyncio.to_thread(back_up, database, backups)
        stop.set()
        return kept, sum(await asyncio.gather(*arriving))

    for _ in range(times):
        with running(intake_writer(database)) as writer:
            kept, arrived = asyncio.run(together(writer))
        assert arrived > 0
        with restored(kept, request) as copy, copy.reading() as session:
            found = session.scalar(select(func.count()).select_from(intake))
        assert found == kept.manifest["rows"]["intake"]
        assert before <= found <= before + arrived
        before += arrived


def test_the_manifest_describes_the_file(
    database: Database, count_keys: CountKeyStore, backups: BackupTarget
) -> None:
    sealed_wave(database, count_keys)
    said: list[str] = []
    kept = back_up(database, backups, said=said)
    manifest = json.loads((backups.folder / "copy.manifest.json").read_text())
    assert manifest == kept.manifest
    assert manifest["format"] == "rapport.backup/1"
    assert manifest["file"] == kept.file.name
    assert manifest["sha256"] == hash_file(kept.file)
    assert manifest["bytes"] == kept.file.stat().st_size
    assert manifest["revision"] == newest_revision()
    assert (manifest["rows"]["wave"], manifest["rows"]["area"]) == (1, 3)
    assert said[0] == "copying the database"
    assert said[-1] == "comparing the copy with the database"
    assert {path.name for path in backups.folder.iterdir()} == {
        kept.file.name,
        "copy.manifest.json",
    }
    assert stat.S_IMODE(kept.file.stat().st_mode) == 0o600


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_copy_of_sqlite_is_one_plain_file(database: Database, backups: BackupTarget) -> None:
    kept = back_up(database, backups)
    with closing(sqlite3.connect(kept.file)) as copy:
        assert copy.execute("PRAGMA journal_mode").fetchone() == ("delete",)
        assert copy.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_a_failed_backup_leaves_the_earlier_one_and_nothing_else(
    database: Database, backups: BackupTarget
) -> None:
    kept = back_up(database, backups)
    before = {path: path.read_bytes() for path in backups.folder.iterdir()}

    def refuse(_copy: Database) -> None:
        raise BackupFailed("the answers are not the same")

    with pytest.raises(BackupFailed, match="not the same"):
        backups.back_up(database, "copy", refuse, lambda _line: None)
    assert {path: path.read_bytes() for path in backups.folder.iterdir()} == before
    assert kept.file in before
    if not database.is_sqlite:
        with database.reading() as session:
            names = session.scalars(text("SELECT datname FROM pg_database")).all()
        assert not [name for name in names if name.endswith("_restore_check")]


def test_a_copy_that_lost_rows_is_refused(
    database: Database,
    count_keys: CountKeyStore,
    backups: BackupTarget,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    sealed_wave(database, count_keys)
    module = sqlite if database.is_sqlite else postgres
    honest = module.copied

    @contextmanager
    def loses_an_area(*arguments: object) -> Iterator[Database]:
        with honest(*arguments) as copy:
            with copy.writing() as session:
                session.execute(text("DELETE FROM area WHERE code = 2"))
            yield copy

    monkeypatch.setattr(module, "copied", loses_an_area)
    with pytest.raises(BackupFailed, match="differs from the database"):
        back_up(database, backups)
    assert list(backups.folder.iterdir()) == []


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_damaged_copy_is_refused(
    database: Database, backups: BackupTarget, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store, "integrity_problems", lambda _connection: ["row 7 missing"])
    with pytest.raises(BackupFailed, match="row 7 missing"):
        back_up(database, backups)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_real_damage_is_seen(database: Database, backups: BackupTarget) -> None:
    with database.writing() as session:
        session.execute(text("CREATE TABLE heap (content BLOB)"))
        session.execute(text("CREATE INDEX ix_heap ON heap (content)"))
        for _ in range(200):
            session.execute(text("INSERT INTO heap VALUES (randomblob(200))"))
    file = back_up(database, backups).file
    content = bytearray(file.read_bytes())
    content[-20_000:-12_000] = os.urandom(8000)
    file.write_bytes(content)
    damaged = Database(f"sqlite:///{file}")
    with damaged.reading() as session:
        assert store.integrity_problems(session.connection())
    damaged.dispose()


def test_what_a_killed_backup_left_behind_is_cleared_away(
    database: Database, backups: BackupTarget, request: pytest.FixtureRequest
) -> None:
    drafts = backups.folder / ".copy.part"
    drafts.mkdir(parents=True)
    (drafts / "copy.db").write_bytes(b"half a database")
    (drafts / "copy.db-wal").write_bytes(b"and its log")
    if not database.is_sqlite:
        server: PostgresServer = request.getfixturevalue("postgres_server")
        server.run(f"CREATE DATABASE {database.url.database}_restore_check")
    kept = back_up(database, backups)
    assert {path.name for path in backups.folder.iterdir()} == {
        kept.file.name,
        "copy.manifest.json",
    }


def test_a_disk_that_is_too_small_is_named_before_anything_is_written(
    database: Database, backups: BackupTarget, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(target, "SPARE_BYTES", 1 << 60)
    with pytest.raises(BackupFailed, match=r"needs up to .* MB, and .*backups has .* MB free"):
        back_up(database, backups)
    assert list(backups.folder.iterdir()) == []


def test_a_folder_that_cannot_be_written_is_named(database: Database, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(BackupFailed, match=r"cannot be written to .*file: this is no") as failed:
        back_up(database, BackupTarget(tmp_path / "file"))
    assert failed.value.told_in("es").endswith("file: no es una carpeta.")


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
class TestPostgres:
    def test_a_missing_program_is_named_with_the_setting_that_helps(
        self, database: Database, tmp_path: Path
    ) -> None:
        with pytest.raises(BackupFailed, match=r"pg_dump was not found .*POSTGRES_PROGRAMS"):
            back_up(database, BackupTarget(tmp_path / "backups", tmp_path))

    def test_an_account_that_may_not_create_databases_is_told_how(
        self, database: Database, backups: BackupTarget, postgres_server: PostgresServer
    ) -> None:
        postgres_server.run("CREATE ROLE narrow LOGIN IN ROLE rapport_operator")
        narrow = Database(database.url.set(username="narrow").render_as_string(hide_password=False))
        with pytest.raises(BackupFailed, match='ALTER ROLE "narrow" CREATEDB'):
            back_up(narrow, backups)
        narrow.dispose()
        postgres_server.run("DROP ROLE narrow")

    def test_two_backups_at_once_do_not_disturb_each_other(
        self, database: Database, backups: BackupTarget
    ) -> None:
        with database.reading() as session:
            assert store.take_backup_lock(session.connection())
            with pytest.raises(BackupFailed, match="Another backup"):
                back_up(database, backups)
        assert back_up(database, backups).file.exists()

    def test_what_the_program_says_is_passed_on(self, database: Database, tmp_path: Path) -> None:
        (tmp_path / "pg_dump").write_text("#!/bin/sh\necho 'server version mismatch' >&2; exit 1\n")
        (tmp_path / "pg_dump").chmod(0o755)
        with pytest.raises(BackupFailed, match="pg_dump failed: server version mismatch"):
            back_up(database, BackupTarget(tmp_path / "backups", tmp_path))

    def test_a_row_that_the_server_complains_of_is_told_to_nobody(
        self, database: Database, backups: BackupTarget
    ) -> None:
        """What fails is told in the log, and kept beside the job."""
        words = "My son was stopped on Mill Street"
        row = {"agency_id": "a00000", "wave_id": "w000000000", "id": b"t", "question": "more"}
        with database.writing() as session:
            session.execute(insert(free_text), row | {"text": words})
            session.execute(text(ONLY_HERE.format("ADD", "CHECK (current_database() LIKE '%ed')")))
        try:
            with pytest.raises(BackupFailed, match=r"pg_restore failed: .*free_text") as failed:
                back_up(database, backups)
        finally:
            with database.writing() as session:
                session.execute(text(ONLY_HERE.format("DROP", "")))
        assert words not in failed.value.message

    def test_the_password_is_on_no_command_line(
        self, database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        (tmp_path / "pg_dump").write_text(
            f'#!/bin/sh\ncd {tmp_path}\necho "$@" > said\necho "$PGPASSWORD" > told\nexit 1\n'
        )
        (tmp_path / "pg_dump").chmod(0o755)
        monkeypatch.setattr(database, "url", database.url.set(password="open sesame"))
        with pytest.raises(BackupFailed):
            back_up(database, BackupTarget(tmp_path / "backups", tmp_path))
        assert "sesame" not in (tmp_path / "said").read_text()
        assert (tmp_path / "told").read_text() == "open sesame\n"


def test_the_command_says_what_it_kept(
    database: Database, backups: BackupTarget, tmp_path: Path
) -> None:
    env = environment(database.url.render_as_string(hide_password=False), tmp_path)
    if backups.programs is not None:
        env["RAPPORT_POSTGRES_PROGRAMS"] = str(backups.programs)
    done = run("backup", str(tmp_path / "kept"), env=env)
    assert (done.returncode, "comparing the copy" in done.stderr) == (0, True)
    assert "restored and compared" in done.stdout
    (file,) = (f for f in (tmp_path / "kept").iterdir() if f.suffix != ".json")
    assert str(file) in done.stdout
    assert (tmp_path / "kept").stat().st_mode & 0o777 == 0o700
    assert not (tmp_path / "count-keys").exists()


def test_the_command_fails_with_a_sentence_not_a_traceback(
    database: Database, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("")
    env = environment(database.url.render_as_string(hide_password=False), tmp_path)
    failed = run("backup", str(tmp_path / "file"), env=env)
    assert failed.returncode == 1
    assert "cannot be written" in failed.stderr
    assert "Traceback" not in failed.stderr


def test_key_stores_are_no_part_of_a_backup(
    database: Database, count_keys: CountKeyStore, backups: BackupTarget, tmp_path: Path
) -> None:
    wave: Wave = sealed_wave(database, count_keys)
    kept = back_up(database, backups)
    (key_file,) = (tmp_path / "count-keys").iterdir()
    assert key_file.stem == wave.wave_id
    names = {path.name for path in backups.folder.rglob("*")}
    assert names == {kept.file.name, "copy.manifest.json"}
