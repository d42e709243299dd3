"""What is erased is found nowhere: not in the database, its files, or backups once they expire."""

from __future__ import annotations

import io
import json
import re
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from app.accounts.audit import recent_acts
from app.backups.expiring import has_backup_since, remove_backups_before
from app.backups.failure import BackupFailed
from app.backups.target import BackupTarget
from app.db import Database
from app.errors import Conflict
from app.initiatives.service import create_wave, get_wave
from app.privacy.count_keys import CountKeyStore
from app.privacy.key_store import KeyMissing
from app.reports import computation
from app.reports.computation import compute_now
from app.reports.gathering import write_restricted_bundle
from app.reports.publishing.acts import propose, published_report
from app.reports.service import get_report
from app.responses.service import check_counted_waves, read_responses, read_words
from app.retention import store
from app.retention.erasing import erase_initiative, expire_backups
from app.settings import WorkerSettings
from app.worker import run_until_empty
from tests.conftest import HeldClock
from tests.factories import core_trust
from tests.integration.imports.test_importing import SMALL, TRUST, brought
from tests.integration.reports.waves import publish, two_counted_waves
from tests.integration.retention.files import agreed, answered, found, found_in


def silent(_line: str) -> None:
    pass


def test_not_a_byte_of_an_erased_answer_is_left_in_the_files_of_the_database(
    database: Database, count_keys: CountKeyStore, backups: BackupTarget
) -> None:
    wave = answered(database, count_keys, backups)
    assert found(database, wave.canaries) == set(wave.canaries), "the search finds what is there"
    agreed(database, wave.key)
    told = erase_initiative(database, count_keys, wave.key, backups, silent)
    assert found(database, wave.canaries) == set()
    with database.reading() as session:
        erasure = store.find_erasure(session, *wave.key)
        assert erasure is not None
        assert f"still hold them until {erasure.backups_until}" in told
        assert get_wave(session, wave.agency_id, wave.wave_id).state == "erased"
        for read in (read_responses, read_words):
            with pytest.raises(Conflict, match="were erased"):
                read(session, wave.agency_id, wave.wave_id)
    assert erase_initiative(database, count_keys, wave.key, backups, silent) == told
    check_counted_waves(database)


def test_backups_hold_them_as_long_as_was_said_and_no_longer(
    database: Database,
    count_keys: CountKeyStore,
    worker_settings: WorkerSettings,
    held_clock: HeldClock,
) -> None:
    assert worker_settings.backup_folder
    backups = BackupTarget(worker_settings.backup_folder, worker_settings.postgres_programs)
    wave = answered(database, count_keys, backups)
    foreign = backups.folder / "notes.manifest.json"
    foreign.write_text("{}", "utf-8")
    earlier = {file.name for file in backups.folder.iterdir()}
    if database.is_sqlite:  # a dump of the server is compressed
        assert found_in(backups.folder, wave.canaries) == set(wave.canaries)
    held_clock.advance(timedelta(hours=1))
    agreed(database, wave.key)
    run_until_empty(database, worker_settings)
    assert earlier < {file.name for file in backups.folder.iterdir()}
    held_clock.advance(timedelta(days=29))
    run_until_empty(database, worker_settings)
    assert earlier < {file.name for file in backups.folder.iterdir()}
    held_clock.advance(timedelta(days=1))
    run_until_empty(database, worker_settings)
    left = {file.name for file in backups.folder.iterdir()}
    assert left & earlier == {foreign.name}
    assert {name.partition("-")[0] for name in left - {foreign.name}} == {"erase"}
    assert found_in(backups.folder, wave.canaries) == set()
    with database.reading() as session:
        acts = [act.act for act in recent_acts(session, wave.agency_id)]
        erasure = store.find_erasure(session, *wave.key)
    assert acts[:2] == ["remove backups", "erase answers"]
    assert erasure is not None
    assert erasure.backups_gone_on == held_clock().date()


def test_no_backup_goes_before_a_later_one_stands_in_for_it(
    database: Database, count_keys: CountKeyStore, backups: BackupTarget, held_clock: HeldClock
) -> None:
    wave = answered(database, count_keys, backups)
    moment = held_clock.advance(timedelta(hours=1))
    listings = sorted(backups.folder.glob("*.manifest.json"))
    with pytest.raises(BackupFailed, match="has no backup made since"):
        remove_backups_before(backups.folder, moment)
    assert sorted(backups.folder.glob("*.manifest.json")) == listings
    manifest = json.loads(listings[0].read_text("utf-8"))
    late = manifest | {"made_at": moment.isoformat()}  # begun before, and ended after
    listings[0].write_text(json.dumps(late), "utf-8")
    assert not has_backup_since(backups.folder, moment)
    agreed(database, wave.key)
    erase_initiative(database, count_keys, wave.key, None, silent)
    with pytest.raises(Conflict, match="No backup folder is set"):
        expire_backups(database, wave.key, None, silent)


def test_what_was_published_stays_and_nothing_more_can_be_told(
    database: Database, count_keys: CountKeyStore
) -> None:
    _keep_documents_uncompressed(database)
    waves = two_counted_waves(database, count_keys, people=31)
    pair = {"before_wave_id": waves.before, "after_wave_id": waves.after}
    first = compute_now(database, waves.agency_id, **pair)
    public_id = publish(database, waves, first)
    draft = compute_now(database, waves.agency_id, **pair)
    with database.reading() as session:
        told = published_report(session, public_id)
        released = get_report(session, waves.agency_id, first).released
        computed = get_report(session, waves.agency_id, first).computed or ""
    unrounded = _numbers_of(computed, released)
    assert len(found(database, unrounded)) >= 5, "the search finds what is there"
    agreed(database, (waves.agency_id, waves.initiative_id))
    key = waves.agency_id, waves.initiative_id
    erase_initiative(database, count_keys, key, None, silent)
    assert found(database, unrounded) == set()
    with database.reading() as session:
        assert published_report(session, public_id) == told
        assert get_report(session, waves.agency_id, first).released == released
        with pytest.raises(Conflict, match="unrounded numbers"):
            write_restricted_bundle(session, waves.agency_id, first, io.BytesIO())
    with database.writing() as session, pytest.raises(Conflict, match="nothing more is"):
        propose(session, waves.agency_id, draft, None, ["questions"])
    with pytest.raises(Conflict, match="were erased"):
        compute_now(database, waves.agency_id, **pair)


def test_a_report_that_is_computed_while_the_answers_are_erased_is_not_kept(
    database: Database, count_keys: CountKeyStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two workers may do both at once: one has read the answers, the other erases them."""
    waves = two_counted_waves(database, count_keys, people=31)
    key, compare = (waves.agency_id, waves.initiative_id), computation._compare

    def meanwhile(packed: bytes) -> dict[str, Any]:
        agreed(database, key)
        erase_initiative(database, count_keys, key, None, silent)
        return compare(packed)

    monkeypatch.setattr(computation, "_compare", meanwhile)
    with pytest.raises(Conflict, match="were erased"):
        compute_now(
            database, waves.agency_id, before_wave_id=waves.before, after_wave_id=waves.after
        )
    with database.reading() as session:
        assert session.scalar(text("SELECT count(*) FROM report")) == 0


def _numbers_of(computed: str, released: str) -> tuple[bytes, ...]:
    """To their last digit, as nothing holds them that was rounded."""
    ends = sorted(set(re.findall(r"\d\.\d{14,}", computed)))
    return tuple(end.encode() for end in ends if end not in released)[:50]


def _keep_documents_uncompressed(database: Database) -> None:
    """So that the search can find a number in them on PostgreSQL."""
    if not database.is_sqlite:
        with database.writing() as session:
            session.execute(text("ALTER TABLE report ALTER COLUMN computed SET STORAGE EXTERNAL"))


def test_a_key_that_was_kept_for_lack_of_a_backup_goes_with_the_answers(
    database: Database, count_keys: CountKeyStore
) -> None:
    wave = answered(database, count_keys, None)
    with database.reading() as session:
        kept = get_wave(session, wave.agency_id, wave.wave_id)
    assert kept.key_state == "kept"
    assert kept.public_key
    agreed(database, wave.key)
    told = erase_initiative(database, count_keys, wave.key, None, silent)
    assert "No backup folder is set" in told
    with pytest.raises(KeyMissing):
        count_keys.unlock(wave.wave_id, kept.public_key)
    with database.reading() as session:
        assert get_wave(session, wave.agency_id, wave.wave_id).key_state == "destroyed"


def test_another_initiative_keeps_its_answers(
    database: Database, count_keys: CountKeyStore
) -> None:
    one, other = (answered(database, count_keys, None) for _ in range(2))
    agreed(database, one.key)
    erase_initiative(database, count_keys, one.key, None, silent)
    assert found(database, (*one.canaries, *other.canaries)) == set(other.canaries)
    check_counted_waves(database)


def test_nobody_asks_again_under_an_erased_initiative(
    database: Database, count_keys: CountKeyStore
) -> None:
    wave = answered(database, count_keys, None)
    agreed(database, wave.key)
    erase_initiative(database, count_keys, wave.key, None, silent)
    with database.writing() as session, pytest.raises(Conflict, match="were erased"):
        create_wave(
            session,
            *wave.key,
            kind="follow_up",
            label={"en": "After"},
            languages=["en"],
            instrument=core_trust(),
        )


def test_nothing_is_brought_in_from_elsewhere_under_an_erased_initiative(
    database: Database, count_keys: CountKeyStore
) -> None:
    """It could never be erased: the erasing of this initiative is over."""
    wave = answered(database, count_keys, None)
    with database.writing() as session:
        draft = create_wave(
            session,
            *wave.key,
            kind="baseline",
            label={"en": "Elsewhere"},
            languages=["en"],
            instrument=core_trust(),
        ).id
    agreed(database, wave.key)
    erase_initiative(database, count_keys, wave.key, None, silent)
    with pytest.raises(Conflict, match="were erased"):
        brought(database, (wave.agency_id, draft), SMALL, TRUST)
    with database.reading() as session:
        assert session.scalar(text("SELECT count(*) FROM response")) == 0
