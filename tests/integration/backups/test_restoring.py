"""An encrypted backup is restored elsewhere, and everything that was there is there again."""

from __future__ import annotations

import json
import re
import stat
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import text

from app.accounts.audit import note_act
from app.backups.failure import BackupFailed
from app.backups.restoring import check_restore, find_backup, restore
from app.backups.target import Backup, BackupTarget
from app.cli.backups.checks import check_contents
from app.db import Database
from app.errors import BadInput, Conflict
from app.privacy.backup_files import decrypt_file, encrypt_file, make_identity
from app.privacy.count_keys import CountKeyStore
from app.reports.computation import compute_now
from app.reports.service import get_report
from tests.integration.commands.rapport import environment, run
from tests.integration.reports.waves import two_counted_waves
from tests.integration.responses.sheets import sealed_wave


def silent(_line: str) -> None:
    pass


@pytest.fixture
def identity(tmp_path: Path) -> Path:
    return tmp_path / "safe" / "backup-key.txt"


@pytest.fixture
def encrypted(backups: BackupTarget, identity: Path) -> BackupTarget:
    identity.parent.mkdir()
    return replace(backups, recipient=make_identity(identity))


@pytest.fixture
def kept(database: Database, count_keys: CountKeyStore, encrypted: BackupTarget) -> Backup:
    wave = sealed_wave(database, count_keys)
    with database.writing() as session:
        note_act(session, wave.agency_id, None, "open_wave", wave.wave_id)
    return encrypted.back_up(database, "copy", check_contents, silent)


def check(kept: Backup, identity: Path | None, backups: BackupTarget, database: Database) -> None:
    backup = find_backup(kept.file)
    check_restore(
        backup, identity, check_contents, silent, server=database, programs=backups.programs
    )


def names_below(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*")}


@pytest.mark.parametrize("times", [1, pytest.param(20, marks=pytest.mark.proof)])
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_the_restored_database_gives_the_same_report_to_the_last_digit(
    database: Database,
    count_keys: CountKeyStore,
    encrypted: BackupTarget,
    identity: Path,
    times: int,
) -> None:
    waves = two_counted_waves(database, count_keys)

    def report_of(some: Database) -> str:
        report_id = compute_now(
            some, waves.agency_id, before_wave_id=waves.before, after_wave_id=waves.after
        )
        with some.reading() as session:
            document = json.loads(get_report(session, waves.agency_id, report_id).computed)
        return json.dumps({k: v for k, v in document.items() if k != "made"}, sort_keys=True)

    report = report_of(database)
    for time in range(times):
        kept = encrypted.back_up(database, f"copy-{time}", check_contents, silent)
        place = encrypted.folder.parent / f"elsewhere-{time}" / "rapport.db"
        elsewhere = Database(f"sqlite:///{place}")
        restore(find_backup(kept.file), identity, elsewhere, check_contents, silent)
        assert report_of(elsewhere) == report
        elsewhere.dispose()


def test_an_encrypted_backup_shows_nothing_and_opens_with_its_key_only(
    database: Database, kept: Backup, encrypted: BackupTarget, identity: Path, tmp_path: Path
) -> None:
    content = kept.file.read_bytes()
    assert content.startswith(b"age-encryption.org/v1")
    assert b"SQLite format" not in content
    assert b"PGDMP" not in content
    assert names_below(encrypted.folder) == {kept.file.name, "copy.manifest.json"}
    assert stat.S_IMODE(kept.file.stat().st_mode) == 0o600
    assert kept.manifest["encrypted_to"] == encrypted.recipient
    check(kept, identity, encrypted, database)
    assert names_below(encrypted.folder) == {kept.file.name, "copy.manifest.json"}
    make_identity(tmp_path / "other.txt")
    with pytest.raises(BadInput, match="encrypted to another key"):
        check(kept, tmp_path / "other.txt", encrypted, database)
    with pytest.raises(BadInput, match=r"--identity FILE.*age1"):
        check(kept, None, encrypted, database)


def test_a_backup_that_was_altered_is_refused(
    database: Database, kept: Backup, encrypted: BackupTarget, identity: Path
) -> None:
    content = bytearray(kept.file.read_bytes())
    content[-100] ^= 1
    kept.file.write_bytes(content)
    with pytest.raises(BackupFailed, match="altered, or copied badly"):
        check(kept, identity, encrypted, database)


def test_a_backup_with_fewer_rows_than_its_manifest_is_refused(
    database: Database, kept: Backup, encrypted: BackupTarget, identity: Path
) -> None:
    listing = kept.file.with_name("copy.manifest.json")
    manifest = json.loads(listing.read_text())
    manifest["rows"]["area"] += 1
    listing.write_text(json.dumps(manifest))
    with pytest.raises(BackupFailed, match="differs from the database"):
        check(kept, identity, encrypted, database)


def test_a_backup_whose_audit_log_was_altered_is_refused(
    database: Database, kept: Backup, encrypted: BackupTarget
) -> None:
    with database.writing() as session:
        session.execute(text("UPDATE audit_entry SET act = 'nothing'"))
    before = kept.file.read_bytes()
    with pytest.raises(BackupFailed, match=r"audit log of .* entry 1 was altered"):
        encrypted.back_up(database, "copy", check_contents, silent)
    assert kept.file.read_bytes() == before


def test_a_restore_writes_over_nothing(
    database: Database, kept: Backup, encrypted: BackupTarget, identity: Path
) -> None:
    with pytest.raises(Conflict, match="never writes over anything"):
        restore(
            find_backup(kept.file),
            identity,
            database,
            check_contents,
            silent,
            programs=encrypted.programs,
        )


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, "cannot be read: No such file.*must lie beside it"),
        ("{", "is no manifest of a backup"),
        ("[]", "no manifest of the format"),
        ('{"format": "something/9"}', "no manifest of the format"),
    ],
)
def test_a_manifest_that_is_none_is_named(tmp_path: Path, content: str | None, said: str) -> None:
    file = tmp_path / "copy.db.age"
    file.write_bytes(b"")
    if content is not None:
        (tmp_path / "copy.manifest.json").write_text(content)
    with pytest.raises(BadInput, match=said):
        find_backup(file)


def test_a_backup_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r"missing\.db: there is no such backup"):
        find_backup(tmp_path / "missing.db")


class TestKeys:
    def test_a_key_is_never_written_over(self, tmp_path: Path) -> None:
        file = tmp_path / "key.txt"
        make_identity(file)
        before = file.read_bytes()
        with pytest.raises(BadInput, match="is there already"):
            make_identity(file)
        assert file.read_bytes() == before
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        with pytest.raises(BadInput, match="cannot be written"):
            make_identity(tmp_path / "nowhere" / "key.txt")

    @pytest.mark.parametrize("recipient", ["", "age1nonsense", "AGE-SECRET-KEY-1ABC"])
    def test_what_is_no_public_key_is_refused_before_anything_is_copied(
        self, tmp_path: Path, recipient: str
    ) -> None:
        with pytest.raises(BadInput, match="no public key"):
            BackupTarget(tmp_path, recipient=recipient)

    @pytest.mark.parametrize("content", [b"", b"AGE-SECRET-KEY-1ABC\n", b"\xff\xfe"])
    def test_a_file_that_holds_no_key_is_named(self, tmp_path: Path, content: bytes) -> None:
        (tmp_path / "key.txt").write_bytes(content)
        (tmp_path / "plain").write_text("words")
        encrypt_file(tmp_path / "plain", tmp_path / "sealed", make_identity(tmp_path / "real.txt"))
        with pytest.raises(BadInput, match=r"key\.txt"):
            decrypt_file(tmp_path / "sealed", tmp_path / "again", tmp_path / "key.txt")


@pytest.fixture
def env(database: Database, encrypted: BackupTarget, tmp_path: Path) -> dict[str, str]:
    env = environment(database.url.render_as_string(hide_password=False), tmp_path)
    env["RAPPORT_BACKUP_RECIPIENT"] = str(encrypted.recipient)
    if encrypted.programs is not None:
        env["RAPPORT_POSTGRES_PROGRAMS"] = str(encrypted.programs)
    return env


def test_by_command_from_key_to_restored_database(
    env: dict[str, str],
    database: Database,
    tmp_path: Path,
    identity: Path,
    request: pytest.FixtureRequest,
) -> None:
    done = run("backup", str(tmp_path / "kept"), env=env)
    assert (done.returncode, "compared, encrypted" in done.stdout) == (0, True)
    (file,) = (f for f in (tmp_path / "kept").iterdir() if f.suffix == ".age")
    opened = ("restore", str(file), "--identity", str(identity))
    proved = run(*opened, "--check", env=env)
    assert (proved.returncode, proved.stderr.splitlines()[0].strip()) == (0, "decrypting")
    assert re.search(r"can be restored: \d+ rows as the manifest says", proved.stdout)
    occupied = run(*opened, env=env)
    assert (occupied.returncode, "never writes over" in occupied.stderr) == (1, True)
    address = _empty_database(database, request, tmp_path)
    restored = run(*opened, env=env | {"RAPPORT_DATABASE_URL": address})
    assert (restored.returncode, "is restored" in restored.stdout) == (0, True), restored.stderr
    migrated = run("migrate", env=env | {"RAPPORT_DATABASE_URL": address})
    assert migrated.returncode == 0


def _empty_database(database: Database, request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if database.is_sqlite:
        return f"sqlite:///{tmp_path / 'new' / 'rapport.db'}"
    server = request.getfixturevalue("postgres_server")
    server.run("CREATE DATABASE rapport_new")
    request.addfinalizer(lambda: server.run("DROP DATABASE rapport_new WITH (FORCE)"))
    return str(server.named("rapport_new"))


def test_the_command_makes_a_key_and_says_where_its_halves_belong(tmp_path: Path) -> None:
    made = run("backup-key", str(tmp_path / "key.txt"), env=environment("sqlite://", tmp_path))
    assert made.returncode == 0
    public = made.stdout.strip().removeprefix("RAPPORT_BACKUP_RECIPIENT=")
    assert f"public key: {public}" in (tmp_path / "key.txt").read_text()
