"""The doctor finds what was broken on purpose, says how to mend it, and changes nothing."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from app import clock
from app.accounts.audit import note_act
from app.backups.target import BackupTarget
from app.cli.backups.checks import check_contents
from app.db import Database
from app.health.examination import Finding, Level, examine
from app.jobs.service import claim, enqueue, fail
from app.privacy.backup_files import make_identity
from app.privacy.count_keys import CountKeyStore
from app.privacy.web_keys import WebKeyStore
from app.settings import WorkerSettings
from tests.conftest import MIGRATED, PostgresServer
from tests.factories import make_agency, make_wave
from tests.integration.commands.rapport import environment, run

Found = dict[str, list[Finding]]
LONG_MEMORY = ("wal_recycle on", "archive_timeout 0")


@pytest.fixture
def settings(database: Database, backups: BackupTarget, tmp_path: Path) -> WorkerSettings:
    """Of an installation that is as it should be, a fresh backup included."""
    WebKeyStore(tmp_path / "web-keys", tmp_path / "secrets" / "web-master")
    CountKeyStore(tmp_path / "count-keys", tmp_path / "secrets" / "count-master")
    recipient = make_identity(tmp_path / "backup-key.txt")
    kept = BackupTarget(backups.folder, backups.programs, recipient)
    kept.back_up(database, "daily", check_contents, lambda _line: None)
    backups.folder.chmod(0o700)
    return WorkerSettings(
        database_url=database.url.render_as_string(hide_password=False),
        base_url="https://trust.example.org",
        address_header="X-Forwarded-For",
        web_key_store=tmp_path / "web-keys",
        web_master_file=tmp_path / "secrets" / "web-master",
        count_key_store=tmp_path / "count-keys",
        count_master_file=tmp_path / "secrets" / "count-master",
        backup_folder=backups.folder,
        backup_recipient=recipient,
    )


def found(settings: WorkerSettings, **changes: object) -> Found:
    by_part: Found = {}
    for finding in examine(settings.model_copy(update=changes)):
        assert finding.level is Level.FINE or finding.remedy, finding
        by_part.setdefault(finding.part, []).append(finding)
    return by_part


def to_mend(by_part: Found) -> dict[str, str]:
    """What is told and advised of each part that is to be mended."""
    return {
        part: " ".join(f"{f.told} {f.remedy}" for f in findings if f.level is Level.MEND)
        for part, findings in by_part.items()
        if any(finding.level is Level.MEND for finding in findings)
    }


def without_test_server(by_part: Found) -> Found:
    """The tests' own PostgreSQL skips the disk and tells all, which the doctor rightly minds."""
    own = ("fsync off", "full_page_writes off", "log_error_verbosity default", *LONG_MEMORY)
    for finding in by_part["database"]:
        assert finding.level is Level.FINE or any(words in finding.told for words in own)
    return {part: findings for part, findings in by_part.items() if part != "database"}


def test_a_whole_installation_has_nothing_to_mend(settings: WorkerSettings) -> None:
    parts = found(settings)
    assert to_mend(without_test_server(parts)) == {}
    assert {"address", "disk", "backups", "web keys", "count keys", "clock", "jobs"} <= set(parts)
    heeded = [f for findings in parts.values() for f in findings if f.level is Level.HEED]
    assert [f.part for f in heeded] == ["count keys"]  # one account reads both masters here


def test_it_changes_nothing(settings: WorkerSettings, tmp_path: Path) -> None:
    def state() -> dict[str, int]:
        return {
            str(p): p.stat().st_mtime_ns
            for p in tmp_path.rglob("*")
            if p.is_file() and "rapport.db" not in p.name
        }

    before = state()
    found(settings)
    assert state() == before
    gone = tmp_path / "elsewhere"
    found(settings, web_key_store=gone, web_master_file=gone, count_key_store=gone)
    assert not gone.exists()


@pytest.mark.parametrize(
    ("changes", "part", "words"),
    [
        ({"base_url": "http://trust.example.org"}, "address", "without TLS"),
        ({"base_url": "https://city.example/trust"}, "address", "a name of its own"),
        ({"backup_folder": None}, "backups", "RAPPORT_BACKUP_FOLDER"),
        ({"backup_recipient": None}, "backups", "rapport backup-key"),
        ({"backup_folder": Path("/proc/nowhere")}, "backups", "There is no backup"),
        ({"backup_folder": Path("/etc/passwd")}, "backups", "Correct RAPPORT_BACKUP_FOLDER"),
        ({"backup_recipient": "age1"}, "backups", "Make a pair with `rapport backup-key"),
        ({"database_url": "sqlite:////proc/nowhere/rapport.db"}, "database", "rapport migrate"),
        ({"database_url": "sqlite:////etc"}, "database", "Correct RAPPORT_DATABASE_URL"),
        ({"web_master_file": Path("/etc")}, "web keys", "back from their copies"),
        ({"count_master_file": Path("/etc")}, "count keys", "back from the copies"),
    ],
)
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_what_is_set_wrongly_is_named_with_the_remedy(
    settings: WorkerSettings, changes: dict[str, object], part: str, words: str
) -> None:
    assert words in to_mend(found(settings, **changes))[part]


def test_a_backup_of_the_day_before_yesterday_is_too_old(
    settings: WorkerSettings, backups: BackupTarget
) -> None:
    (listing,) = backups.folder.glob("*.manifest.json")
    manifest = json.loads(listing.read_text())
    manifest["made_at"] = (clock.now() - timedelta(hours=50)).isoformat()
    listing.write_text(json.dumps(manifest))
    assert "50 hours old" in to_mend(found(settings))["backups"]
    listing.write_text("{")
    assert "There is no backup" in to_mend(found(settings))["backups"]


def test_a_wave_whose_key_is_lost_is_found(
    settings: WorkerSettings, database: Database, count_keys: CountKeyStore
) -> None:
    with database.writing() as session:
        wave = make_wave(session, state="open", keys=count_keys)
    assert "1 waves are there" in found(settings)["count keys"][0].told
    with database.writing() as session:
        other = make_wave(session, state="open", keys=count_keys)
    count_keys.destroy(wave.id)
    count_keys.destroy(other.id)
    told = to_mend(found(settings))["count keys"]
    assert (wave.id in told, other.id in told) == (True, True)
    assert "back from the copies that belong together" in told
    lost = found(settings, count_key_store=Path("/proc/nowhere"))
    assert "2 waves need a key" in to_mend(lost)["count keys"]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_count_master_that_is_lost_is_found_and_not_made_anew(
    settings: WorkerSettings, database: Database, count_keys: CountKeyStore
) -> None:
    with database.writing() as session:
        wave = make_wave(session, state="open", keys=count_keys)
    count_keys.destroy(wave.id)
    settings.count_master_file.unlink()
    assert "back from the copies" in to_mend(found(settings))["count keys"]
    assert not settings.count_master_file.exists()


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_database_that_cannot_be_written_is_found(
    settings: WorkerSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The tests may run as an account that may write everything: the system's answer is set."""
    may = os.access
    monkeypatch.setattr(os, "access", lambda place, right: right != os.W_OK and may(place, right))
    assert "Let the accounts of web and worker write both" in to_mend(found(settings))["database"]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_web_keys_that_are_not_there_are_told_with_what_to_do(settings: WorkerSettings) -> None:
    (told,) = found(settings, web_key_store=Path("/proc/nowhere"))["web keys"]
    assert (told.level, "/readyz" in told.remedy) == (Level.HEED, True)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_web_keys_that_another_account_keeps_to_itself_are_fine(
    settings: WorkerSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As above: the folder is another account's, and what lies in it is not even seen."""
    folder, may = settings.web_key_store, os.access

    def closed(place: Path, right: int) -> bool:
        if place == folder:
            return right == os.F_OK
        return folder not in place.parents and may(place, right)

    monkeypatch.setattr(os, "access", closed)
    monkeypatch.setattr(os, "geteuid", lambda: folder.stat().st_uid + 1)
    for changes in ({}, {"web_key_store": folder / "keys", "web_master_file": folder / "master"}):
        (told,) = found(settings, **changes)["web keys"]
        assert (told.level, "closed to this account" in told.told) == (Level.FINE, True)


def test_a_finding_that_is_not_fine_cannot_be_made_without_a_remedy() -> None:
    with pytest.raises(ValueError, match="nobody is told what to do"):
        Finding("disk", Level.HEED, "It is small.")


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_store_with_another_master_is_found(settings: WorkerSettings, tmp_path: Path) -> None:
    tmp_path.joinpath("web-keys").chmod(0o755)
    assert "chmod 700" in to_mend(found(settings))["web keys"]


def test_jobs_that_failed_or_wait_are_found(settings: WorkerSettings, database: Database) -> None:
    with database.writing() as session:
        agency = make_agency(session).agency_id
        enqueue(session, agency, "close_wave", "w1", {}, clock.now() - timedelta(minutes=9))
    assert "9 minutes: no worker" in to_mend(found(settings))["jobs"]
    job = claim(database, ["close_wave"], "somebody", clock.now())
    assert job is not None
    fail(database, job, "the moon was full", clock.now(), is_final=True)
    told = to_mend(found(settings))["jobs"]
    assert "close_wave w1 failed: the moon was full" in told
    assert "--retry-failed" in told


def test_a_clock_that_was_set_back_is_found(
    settings: WorkerSettings, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = clock.now()
    monkeypatch.setattr(clock, "now", lambda: now + timedelta(days=2))
    with database.writing() as session:
        agency = make_agency(session).agency_id
        note_act(session, agency, None, "open_wave", "w1")
    monkeypatch.setattr(clock, "now", lambda: now)
    assert "was set back" in to_mend(found(settings))["clock"]


@pytest.fixture
def talkative(postgres_server: PostgresServer) -> Iterator[None]:
    """A server that logs what is slow, keeps times of commits, and its log for nobody."""
    postgres_server.run(f"ALTER DATABASE {MIGRATED} SET log_min_duration_statement = '10min'")
    postgres_server.run("SELECT pg_create_physical_replication_slot('forgotten', true)")
    yield
    postgres_server.run("SELECT pg_drop_replication_slot('forgotten')")
    postgres_server.run(f"ALTER DATABASE {MIGRATED} RESET log_min_duration_statement")


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
@pytest.mark.usefixtures("talkative")
def test_a_server_that_would_tell_of_answers_is_found(settings: WorkerSettings) -> None:
    told = to_mend(found(settings))["database"]
    assert "log_min_duration_statement 10min. Set it to -1" in told
    assert "log_error_verbosity default. Set it to terse" in told
    assert "pg_drop_replication_slot('forgotten')" in told
    assert all(words in told for words in LONG_MEMORY)
    assert "log_statement" not in told
    assert "track_commit_timestamp" not in told


@pytest.fixture
def env(settings: WorkerSettings, tmp_path: Path) -> Iterator[dict[str, str]]:
    return environment(settings.database_url, tmp_path) | {
        "RAPPORT_BASE_URL": settings.base_url,
        "RAPPORT_ADDRESS_HEADER": settings.address_header,
        "RAPPORT_BACKUP_FOLDER": str(settings.backup_folder),
        "RAPPORT_BACKUP_RECIPIENT": str(settings.backup_recipient),
    }


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_the_command_tells_and_ends_with_what_it_found(env: dict[str, str]) -> None:
    well = run("doctor", env=env)
    assert (well.returncode, "0 to mend" in well.stdout) == (0, True), well.stdout
    ill = run("doctor", env=env | {"RAPPORT_BASE_URL": "http://trust.example.org"})
    assert ill.returncode == 1
    assert "MEND  address: Residents reach the pages at http://trust.example.org" in ill.stdout
    assert os.linesep + "1 to mend" in ill.stdout
