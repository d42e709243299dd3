"""What people wrote is deleted by the worker when its time is over, and nothing else is."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app.accounts.audit import recent_acts
from app.backups.target import BackupTarget
from app.db import Database
from app.errors import Conflict, Unavailable
from app.privacy.count_keys import CountKeyStore
from app.reports import store as reports
from app.reports.tables import Report
from app.responses.service import check_counted_waves, read_responses, read_words
from app.retention import texts
from app.retention.due import BACKUPS_KEPT, TEXTS_KEPT
from app.retention.texts import ask_for_due, delete_due_texts
from app.settings import WorkerSettings
from app.worker import Worker, run_until_empty
from tests.conftest import HeldClock
from tests.integration.retention.files import PEOPLE, Answered, answered, found, found_in


def silent(_line: str) -> None:
    pass


def reported(database: Database, clock: HeldClock, wave: Answered) -> None:
    with database.writing() as session:
        report = Report(
            agency_id=wave.agency_id,
            id="r000000000",
            before_wave_id=wave.wave_id,
            after_wave_id=wave.wave_id,
            released="{}",
            audited_with=[],
            created_on=clock().date(),
        )
        reports.add_report(session, report)


def held(database: Database, wave: Answered) -> int:
    with database.reading() as session:
        return len(list(read_words(session, wave.agency_id, wave.wave_id)))


def acts_of(database: Database, wave: Answered) -> list[str]:
    with database.reading() as session:
        return [act.act for act in recent_acts(session, wave.agency_id)]


def test_texts_go_ninety_days_after_the_first_report_and_backups_a_month_later(
    database: Database,
    count_keys: CountKeyStore,
    worker_settings: WorkerSettings,
    held_clock: HeldClock,
) -> None:
    assert worker_settings.backup_folder
    backups = BackupTarget(worker_settings.backup_folder, worker_settings.postgres_programs)
    wave, other = (answered(database, count_keys, backups) for _ in range(2))
    words, others = wave.canaries[:PEOPLE], other.canaries[:PEOPLE]
    earlier = {file.name for file in backups.folder.iterdir()}
    reported(database, held_clock, wave)
    worker = Worker(database, worker_settings, count_keys)
    held_clock.advance(TEXTS_KEPT - timedelta(days=1))
    worker._look_what_is_due()
    run_until_empty(database, worker_settings)
    assert held(database, wave) == PEOPLE
    held_clock.advance(timedelta(days=1))
    for _ in range(2):
        worker._look_what_is_due()
        run_until_empty(database, worker_settings)
    assert found(database, (*words, *others)) == set(others)
    assert (held(database, wave), held(database, other)) == (0, PEOPLE)
    with database.reading() as session:
        assert len(list(read_responses(session, wave.agency_id, wave.wave_id))) == PEOPLE
    assert acts_of(database, wave)[:1] == ["delete texts"]
    held_clock.advance(BACKUPS_KEPT - timedelta(days=1))
    run_until_empty(database, worker_settings)
    assert earlier <= {file.name for file in backups.folder.iterdir()}
    held_clock.advance(timedelta(days=1))
    run_until_empty(database, worker_settings)
    assert not earlier & {file.name for file in backups.folder.iterdir()}
    assert any(backups.folder.iterdir())
    assert found_in(backups.folder, words) == set()
    assert acts_of(database, wave)[:2] == ["remove backups", "delete texts"]
    check_counted_waves(database)


def test_a_worker_that_dies_in_between_leaves_it_to_the_next(
    database: Database,
    count_keys: CountKeyStore,
    held_clock: HeldClock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    wave = answered(database, count_keys, None)
    key = wave.agency_id, wave.wave_id
    reported(database, held_clock, wave)
    with pytest.raises(Conflict, match="not due"):
        delete_due_texts(database, key, None, silent)
    assert ask_for_due(database, (held_clock.advance(TEXTS_KEPT)).date()) == [key]

    def die(*_arguments: object, **_more: object) -> None:
        raise Unavailable("The worker died here.")

    with monkeypatch.context() as patch:
        patch.setattr(texts, "scrub", die)
        with pytest.raises(Unavailable):
            delete_due_texts(database, key, None, silent)
    assert held(database, wave) == 0
    told = [delete_due_texts(database, key, None, silent) for _ in range(2)]
    assert told[0] == told[1]
    assert told[0].startswith("The texts are deleted. No backup folder is set")
    assert found(database, wave.canaries[:PEOPLE]) == set()
    assert acts_of(database, wave).count("delete texts") == 1


def test_nothing_is_asked_for_where_no_report_was_made(
    database: Database, count_keys: CountKeyStore, held_clock: HeldClock
) -> None:
    wave = answered(database, count_keys, None)
    assert ask_for_due(database, (held_clock.advance(10 * TEXTS_KEPT)).date()) == []
    assert held(database, wave) == PEOPLE
