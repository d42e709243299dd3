from __future__ import annotations

import json
import os
import random
import stat
from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, insert, select, text, update

from app.accounts.store import newest_audit_entries
from app.backups.failure import BackupFailed
from app.backups.target import BackupTarget
from app.db import Database
from app.errors import Conflict
from app.initiatives import tables
from app.initiatives.fielding import close_wave
from app.initiatives.service import get_wave
from app.privacy.count_keys import CountKeyStore
from app.privacy.key_store import KeyBroken, KeyMissing
from app.privacy.seal import new_wave_keys, seal
from app.responses.count import Step, count_wave
from app.responses.service import check_counted_waves, read_responses
from app.responses.sheet import Sheet
from app.responses.tables import intake, response
from tests.conftest import HeldClock
from tests.factories import make_wave
from tests.integration.responses.sheets import Wave, close, fill, sealed_wave, send, sheet

Content = tuple[str, str, int | None, str, int, str]


def some_sheets(count: int) -> list[Sheet]:
    rng = random.Random(count)
    return [sheet(rng, language=rng.choice(["en", "es"])) for _ in range(count)]


def contents(sheets: list[Sheet]) -> Counter[Content]:
    return Counter(
        (s.mode, s.recruitment, s.area, s.language, s.quality, json.dumps(dict(s.answers)))
        for s in sheets
    )


def responses_in(database: Database, wave: Wave) -> Counter[Content]:
    with database.reading() as session:
        read = read_responses(session, wave.agency_id, wave.wave_id)
        return Counter((*row[:5], json.dumps(sort_like(row.answers))) for row in read)


def sort_like(answers: dict[str, object]) -> dict[str, object]:
    """In the order of the questions, which a stored response does not keep."""
    return {question: answers[question] for question in sheet().answers}


def wave_row(database: Database, wave: Wave) -> tables.Wave:
    with database.reading() as session:
        return get_wave(session, wave.agency_id, wave.wave_id)


def rows_in(database: Database, table: object, wave: Wave) -> int:
    with database.reading() as session:
        question = select(func.count()).select_from(table).where(table.c.wave_id == wave.wave_id)
        return session.scalar(question)


def acts_of(database: Database, wave: Wave) -> list[tuple[str, str]]:
    with database.reading() as session:
        entries = newest_audit_entries(session, wave.agency_id, 10)
        return [(entry.act, entry.subject) for entry in entries]


def test_a_counted_wave_holds_what_was_answered_and_nothing_sealed(
    database: Database, wave: Wave, count_keys: CountKeyStore, backups: BackupTarget
) -> None:
    sheets = some_sheets(120)
    fill(database, wave, sheets)
    heard: list[Step] = []
    counted = count_wave(
        database,
        count_keys,
        wave.agency_id,
        wave.wave_id,
        backups=backups,
        report=lambda step, _line: heard.append(step),
    )
    assert list(dict.fromkeys(heard)) == list(Step)
    assert responses_in(database, wave) == contents(sheets)
    assert rows_in(database, intake, wave) == 0
    row = wave_row(database, wave)
    assert (row.state, row.key_state, counted.key_state) == ("counted", "destroyed", "destroyed")
    assert row.count_manifest == counted.manifest
    assert counted.manifest["intake"] == counted.manifest["responses"] == 120
    assert counted.manifest["quarantined"] == {}
    assert not count_keys.holds(wave.wave_id)


def test_a_backup_before_and_one_after_are_kept_for_their_owner_only(
    database: Database, wave: Wave, count_keys: CountKeyStore, backups: BackupTarget
) -> None:
    fill(database, wave, some_sheets(5))
    count_wave(database, count_keys, wave.agency_id, wave.wave_id, backups=backups)
    suffix = ".db" if database.is_sqlite else ".dump"
    start = f"count-{wave.agency_id}-{wave.wave_id}"
    kept = {path.name: path for path in backups.folder.iterdir()}
    assert kept.keys() == {
        f"{start}-{moment}{end}"
        for moment in ("before", "after")
        for end in (suffix, ".manifest.json")
    }
    for moment, sealed, opened in (("before", 5, 0), ("after", 0, 5)):
        manifest = json.loads(kept[f"{start}-{moment}.manifest.json"].read_text())
        assert (manifest["rows"]["intake"], manifest["rows"]["response"]) == (sealed, opened)
        file = kept[f"{start}-{moment}{suffix}"]
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        assert file.stat().st_size == manifest["bytes"]


def test_without_a_backup_target_the_key_is_kept_and_it_says_so(
    database: Database, wave: Wave, count_keys: CountKeyStore, backups: BackupTarget
) -> None:
    sheets = some_sheets(20)
    fill(database, wave, sheets)
    key = (wave.agency_id, wave.wave_id)
    counted = count_wave(database, count_keys, *key, backups=None)
    assert counted.key_state == wave_row(database, wave).key_state == "kept"
    assert "RAPPORT_BACKUP_FOLDER" in counted.message
    assert count_keys.holds(wave.wave_id)
    assert responses_in(database, wave) == contents(sheets)
    assert acts_of(database, wave) == []

    later = count_wave(database, count_keys, *key, backups=backups)
    assert later.key_state == wave_row(database, wave).key_state == "destroyed"
    assert later.manifest == counted.manifest
    count_wave(database, count_keys, *key, backups=backups)
    assert acts_of(database, wave) == [("destroy key", wave.wave_id)]
    assert not count_keys.holds(wave.wave_id)
    assert responses_in(database, wave) == contents(sheets)


def test_counting_again_changes_nothing(
    database: Database, wave: Wave, count_keys: CountKeyStore, backups: BackupTarget
) -> None:
    fill(database, wave, some_sheets(10))
    key = (wave.agency_id, wave.wave_id)
    first = count_wave(database, count_keys, *key, backups=backups)
    with database.reading() as session:
        before = session.execute(select(response).order_by(response.c.id)).all()
    assert count_wave(database, count_keys, *key, backups=backups) == first
    with database.reading() as session:
        assert session.execute(select(response).order_by(response.c.id)).all() == before


def test_an_empty_wave_is_counted_too(
    database: Database, wave: Wave, count_keys: CountKeyStore
) -> None:
    close(database, wave)
    counted = count_wave(database, count_keys, wave.agency_id, wave.wave_id, backups=None)
    assert counted.manifest["intake"] == counted.manifest["responses"] == 0
    assert responses_in(database, wave) == Counter()


def test_other_waves_stay_sealed(database: Database, wave: Wave, count_keys: CountKeyStore) -> None:
    other, sheets = sealed_wave(database, count_keys), some_sheets(15)
    send(database, *((other, os.urandom(16), each) for each in sheets))
    fill(database, wave, some_sheets(7))
    count_wave(database, count_keys, wave.agency_id, wave.wave_id, backups=None)
    assert rows_in(database, intake, other) == 15
    assert count_keys.holds(other.wave_id)
    close(database, other)
    count_wave(database, count_keys, other.agency_id, other.wave_id, backups=None)
    assert responses_in(database, other) == contents(sheets)
    assert rows_in(database, response, wave) == 7


def plant(database: Database, wave: Wave, ct: bytes) -> None:
    row = {"agency_id": wave.agency_id, "wave_id": wave.wave_id, "id": os.urandom(16), "ct": ct}
    with database.writing() as session:
        session.execute(insert(intake).values(row))


def test_sheets_that_cannot_be_counted_are_counted_as_such(
    database: Database, wave: Wave, count_keys: CountKeyStore
) -> None:
    public, good = wave.public_key, some_sheets(40)
    whole = good[0].to_bytes()
    bad = {
        "broken_seal": [
            os.urandom(2096),
            b"",
            seal(whole, new_wave_keys().public, wave.wave_id),
            seal(whole, public, "9876543210"),
        ],
        "not_a_sheet": [
            seal(content, public, wave.wave_id)
            for content in (b"", b"[]", whole[:-1], whole.replace(b'"area"', b'"place"'))
        ],
        "unknown_language": [seal(sheet(language="ar").to_bytes(), public, wave.wave_id)],
        "unknown_area": [seal(sheet(area=4).to_bytes(), public, wave.wave_id)],
    }
    for cts in bad.values():
        for ct in cts:
            plant(database, wave, ct)
    fill(database, wave, good)
    counted = count_wave(database, count_keys, wave.agency_id, wave.wave_id, backups=None)
    assert counted.manifest["quarantined"] == {reason: len(cts) for reason, cts in bad.items()}
    assert counted.manifest["intake"] == 50
    assert responses_in(database, wave) == contents(good)


@pytest.mark.parametrize(
    ("reason", "part"),
    [
        ("unknown_mode", {"mode": "Phone web"}),
        ("unknown_mode", {"recruitment": "x" * 21}),
        ("unknown_quality", {"quality": -1}),
        ("unknown_quality", {"quality": 2**31}),
        ("answers_do_not_fit", {"answers": {}}),
        ("answers_do_not_fit", {"answers": {**sheet().answers, "forged": 1}}),
        ("answers_do_not_fit", {"answers": {**sheet().answers, next(iter(sheet().answers)): 77}}),
    ],
)
def test_a_sheet_that_the_wave_cannot_have_asked_for_is_quarantined(
    database: Database, wave: Wave, count_keys: CountKeyStore, reason: str, part: dict[str, object]
) -> None:
    fill(database, wave, [sheet(), sheet(**part)])
    counted = count_wave(database, count_keys, wave.agency_id, wave.wave_id, backups=None)
    assert counted.manifest["quarantined"] == {reason: 1}
    assert responses_in(database, wave) == contents([sheet()])


def test_too_many_bad_sheets_stop_the_count_before_anything_is_lost(
    database: Database, wave: Wave, count_keys: CountKeyStore, backups: BackupTarget
) -> None:
    for _ in range(11):
        plant(database, wave, os.urandom(2096))
    fill(database, wave, some_sheets(20))
    with pytest.raises(Conflict, match=r"11 of 31 sheets cannot be counted \(11 broken_seal\)"):
        count_wave(database, count_keys, wave.agency_id, wave.wave_id, backups=backups)
    assert rows_in(database, intake, wave) == 31
    assert rows_in(database, response, wave) == 0
    assert count_keys.holds(wave.wave_id)


def test_a_wave_that_is_not_over_is_not_counted(
    database: Database, held_clock: HeldClock, wave: Wave, count_keys: CountKeyStore
) -> None:
    key = (wave.agency_id, wave.wave_id)
    with pytest.raises(Conflict, match="Close it first"):
        count_wave(database, count_keys, *key, backups=None)
    with database.writing() as session:
        close_wave(session, *key)
    held_clock.advance(timedelta(hours=47))
    with pytest.raises(Conflict, match="cannot end its grace yet"):
        count_wave(database, count_keys, *key, backups=None)
    held_clock.advance(timedelta(hours=1))
    assert count_wave(database, count_keys, *key, backups=None).key_state == "kept"


def test_a_draft_and_an_imported_wave_are_not_counted(
    database: Database, count_keys: CountKeyStore
) -> None:
    with database.writing() as session:
        draft = Wave.of(make_wave(session))
    with pytest.raises(Conflict, match="draft"):
        count_wave(database, count_keys, draft.agency_id, draft.wave_id, backups=None)
    with database.writing() as session:
        session.execute(update(tables.Wave).values(state="imported"))
    with pytest.raises(Conflict, match="imported"):
        count_wave(database, count_keys, draft.agency_id, draft.wave_id, backups=None)


@pytest.mark.parametrize("state", ["draft", "open", "closing", "closed", "counting"])
def test_no_answer_is_read_before_the_count(
    database: Database, wave: Wave, count_keys: CountKeyStore, state: str
) -> None:
    fill(database, wave, some_sheets(3))
    with database.writing() as session:
        session.execute(update(tables.Wave).values(state=state))
    assert count_keys.holds(wave.wave_id)
    with database.reading() as session, pytest.raises(Conflict, match="stay sealed"):
        read_responses(session, wave.agency_id, wave.wave_id)


def test_answers_are_read_in_the_same_order_each_time(
    database: Database, wave: Wave, count_keys: CountKeyStore
) -> None:
    fill(database, wave, some_sheets(50))
    count_wave(database, count_keys, wave.agency_id, wave.wave_id, backups=None)
    with database.reading() as session:
        first, second = (
            list(read_responses(session, wave.agency_id, wave.wave_id)) for _ in range(2)
        )
    assert first == second


def test_a_lost_key_stops_the_count_and_loses_nothing(
    database: Database, wave: Wave, count_keys: CountKeyStore, tmp_path: Path
) -> None:
    fill(database, wave, some_sheets(5))
    key = (wave.agency_id, wave.wave_id)
    other = CountKeyStore(tmp_path / "other-keys", tmp_path / "other-master")
    with pytest.raises(KeyMissing):
        count_wave(database, other, *key, backups=None)
    other.make_keys(wave.wave_id)
    with pytest.raises(KeyBroken, match="does not belong"):
        count_wave(database, other, *key, backups=None)
    assert rows_in(database, intake, wave) == 5
    assert count_wave(database, count_keys, *key, backups=None).manifest["responses"] == 5


def test_a_backup_that_fails_stops_the_count_until_it_succeeds(
    database: Database, wave: Wave, count_keys: CountKeyStore, backups: BackupTarget, tmp_path: Path
) -> None:
    sheets = some_sheets(5)
    fill(database, wave, sheets)
    (tmp_path / "file").write_text("")
    key = (wave.agency_id, wave.wave_id)
    with pytest.raises(BackupFailed, match="cannot be written"):
        count_wave(
            database, count_keys, *key, backups=BackupTarget(tmp_path / "file", backups.programs)
        )
    assert rows_in(database, intake, wave) == 5
    assert count_wave(database, count_keys, *key, backups=backups).key_state == "destroyed"
    assert responses_in(database, wave) == contents(sheets)


def test_the_key_stays_when_the_stored_answers_are_not_those_that_were_counted(
    database: Database, wave: Wave, count_keys: CountKeyStore, backups: BackupTarget
) -> None:
    fill(database, wave, some_sheets(12))

    def damage_before_the_backup(step: Step, _line: str) -> None:
        if step is Step.SCRUB:
            with database.writing() as session:
                one = select(func.min(response.c.id)) if database.is_sqlite else first_id()
                session.execute(
                    update(response).where(response.c.id == one.scalar_subquery()).values(quality=1)
                )

    def first_id() -> object:
        return select(response.c.id).order_by(response.c.id).limit(1)

    with pytest.raises(BackupFailed, match="not those that its count wrote"):
        count_wave(
            database,
            count_keys,
            wave.agency_id,
            wave.wave_id,
            backups=backups,
            report=damage_before_the_backup,
        )
    assert count_keys.holds(wave.wave_id)
    assert wave_row(database, wave).key_state == "kept"


def test_a_missing_row_is_noticed(
    database: Database, wave: Wave, count_keys: CountKeyStore
) -> None:
    fill(database, wave, some_sheets(12))
    count_wave(database, count_keys, wave.agency_id, wave.wave_id, backups=None)
    check_counted_waves(database)
    with database.writing() as session:
        session.execute(
            text("DELETE FROM response WHERE id = (SELECT id FROM response ORDER BY id LIMIT 1)")
        )
    with pytest.raises(BackupFailed):
        check_counted_waves(database)


@pytest.mark.parametrize("moment", [Step.OPEN, Step.CHECK, Step.WRITE])
def test_two_workers_that_count_at_once_count_once(
    database: Database, wave: Wave, count_keys: CountKeyStore, backups: BackupTarget, moment: Step
) -> None:
    """The second begins while the first is in the middle, and ends before it."""
    sheets, key = some_sheets(30), (wave.agency_id, wave.wave_id)
    fill(database, wave, sheets)
    has_begun = False

    def let_another_count(step: Step, _line: str) -> None:
        nonlocal has_begun
        if step is moment and not has_begun:
            has_begun = True
            count_wave(database, count_keys, *key, backups=backups)

    with pytest.raises(Conflict):
        count_wave(database, count_keys, *key, backups=backups, report=let_another_count)
    assert responses_in(database, wave) == contents(sheets)
    assert count_wave(database, count_keys, *key, backups=backups).key_state == "destroyed"
