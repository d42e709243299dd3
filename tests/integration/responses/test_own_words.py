"""What people write in their own words: sealed with the rest, counted apart from it."""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import delete, select

from app.accounts.audit import recent_acts
from app.backups.failure import BackupFailed
from app.db import Database
from app.errors import Conflict
from app.instruments.codebook import build_codebook
from app.instruments.sheet import check_sheet
from app.main import create_app
from app.privacy.count_keys import CountKeyStore
from app.privacy.identifiers import intake_id
from app.privacy.seal import seal
from app.responses import store
from app.responses.count import count_wave
from app.responses.service import check_counted_waves, read_responses, read_words
from app.responses.tables import free_text, response
from app.settings import Settings
from tests.integration.pages.reading import ReadPage
from tests.integration.pages.site import Fielded, Phone, field, opened, stored
from tests.integration.reports.rapport import rapport
from tests.integration.responses.sheets import Wave, close
from tests.surveys.read import read

SURVEY = read("own_words")
WORDS = {"one_word": "kind", "else_to_say": "Listen. My number is 555-234-5678."}
MASKED = {"one_word": "kind", "else_to_say": "Listen. My number is [phone]."}


@pytest.fixture
def fielded(database: Database, count_keys: CountKeyStore) -> Fielded:
    return field(database, count_keys, instrument=SURVEY, languages=["en", "ar"])


@pytest.fixture
def phone(settings: Settings, fielded: Fielded) -> Iterator[Phone]:
    with TestClient(create_app(settings)) as client:
        yield Phone(client, fielded)


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    return Settings(
        environment="test",
        database_url=database_url,
        web_key_store=tmp_path / "web-keys",
        web_master_file=tmp_path / "secrets" / "web-master",
    )


def wave_of(fielded: Fielded) -> Wave:
    return Wave(fielded.agency_id, fielded.wave_id, fielded.public_key)


def counted(database: Database, fielded: Fielded, keys: CountKeyStore) -> dict[str, object]:
    close(database, wave_of(fielded))
    done = count_wave(database, keys, fielded.agency_id, fielded.wave_id, backups=None)
    return done.manifest


def texts(database: Database, fielded: Fielded) -> Counter[tuple[str, str]]:
    with database.reading() as session:
        return Counter(read_words(session, fielded.agency_id, fielded.wave_id))


def test_words_are_counted_apart_and_nothing_leads_from_them_to_a_response(
    database: Database, phone: Phone, fielded: Fielded, count_keys: CountKeyStore
) -> None:
    for number in range(12):
        wrote = {"met": "1", "one_word": f"word {number}", "else_to_say": f"say {number}"}
        assert phone.send(phone.open().form, wrote).status_code == 200
    assert phone.send(phone.open().form, {"met": "2"}).status_code == 200
    manifest = counted(database, fielded, count_keys)
    assert (manifest["responses"], manifest["words"]) == (13, 24)
    with database.reading() as session:
        rows = list(read_responses(session, fielded.agency_id, fielded.wave_id))
        ids = [set(session.scalars(select(table.c.id))) for table in (free_text, response)]
    assert Counter(row.answers["met"] for row in rows) == {1: 12, 2: 1}
    assert all(row.answers.keys() == {"met"} for row in rows), "not even that something was written"
    assert not ids[0] & ids[1]
    assert texts(database, fielded) == Counter(
        (name, f"{what} {n}")
        for n in range(12)
        for name, what in (("one_word", "word"), ("else_to_say", "say"))
    )


def test_what_could_name_somebody_is_gone_before_the_sheet_is_sealed(
    database: Database, phone: Phone, fielded: Fielded, count_keys: CountKeyStore
) -> None:
    assert phone.send(phone.open().form, {"met": "1", **WORDS}).status_code == 200
    (sheet,) = opened(database, fielded, count_keys)
    assert sheet["words"] == MASKED
    assert sheet["answers"] == {"met": 1}


def test_what_was_written_under_a_hidden_question_is_thrown_away(
    database: Database, phone: Phone, fielded: Fielded, count_keys: CountKeyStore
) -> None:
    assert phone.send(phone.open().form, {"met": "2", **WORDS}).status_code == 200
    (sheet,) = opened(database, fielded, count_keys)
    assert sheet["words"].keys() == {"else_to_say"}


def test_too_many_words_come_back_with_everything_that_was_written(phone: Phone) -> None:
    text = "<b>" + "long " * 50 + "\nend"
    refused = phone.send(phone.open().form, {"met": "1", "else_to_say": text})
    assert refused.status_code == 422
    page = ReadPage(refused.text)
    assert f"Please use 200 characters at most; you wrote {len(text)}." in page.text
    assert text in refused.text.replace("&lt;", "<").replace("&gt;", ">")


@pytest.mark.parametrize("language", ["en", "ar"])
def test_the_warning_stands_beside_each_box(phone: Phone, language: str) -> None:
    words = {"en": "Please do not write names", "ar": "يُرجى عدم كتابة أسماء"}[language]
    assert phone.open(language).text.count(words) == 2


def test_from_outside_all_sheets_are_one_size_whoever_wrote(
    database: Database, phone: Phone, fielded: Fielded
) -> None:
    longest = {"met": "1", "one_word": "\U0001f600" * 40, "else_to_say": "\U0001f600" * 200}
    for answers in ({}, {"met": "1", "else_to_say": "no"}, longest):
        assert phone.send(phone.open().form, answers).status_code == 200
    assert len({len(ct) for ct in stored(database, fielded)}) == 1


def test_no_words_are_read_before_the_count(database: Database, fielded: Fielded) -> None:
    with database.reading() as session, pytest.raises(Conflict, match="stay sealed"):
        read_words(session, fielded.agency_id, fielded.wave_id)


def test_forged_words_inside_the_seal_are_quarantined(
    database: Database, phone: Phone, fielded: Fielded, count_keys: CountKeyStore
) -> None:
    assert phone.send(phone.open().form, {"met": "1", **WORDS}).status_code == 200
    (good,) = opened(database, fielded, count_keys)
    forged: list[dict[str, object]] = [
        {"stranger": "x"},
        {"met": "1"},
        {"else_to_say": "x" * 201},
        {"else_to_say": "nul \0"},
        {"else_to_say": ""},
        {"else_to_say": 7},
        {"else_to_say": "\ud800"},
    ]
    assert all(check_sheet(SURVEY, {"met": 1}, "baseline", (), words) for words in forged)
    add(database, fielded, [{**good, "words": words} for words in forged])
    manifest = counted(database, fielded, count_keys)
    half_a_character = 1
    assert manifest["quarantined"] == {
        "answers_do_not_fit": len(forged) - half_a_character,
        "not_a_sheet": half_a_character,
    }
    assert texts(database, fielded) == Counter(MASKED.items())


def add(database: Database, fielded: Fielded, documents: list[dict[str, object]]) -> None:
    """Sheets that no page of ours would make, sealed as by a thief of the web process."""
    sealed = [
        store.SealedSheet(
            fielded.agency_id,
            fielded.wave_id,
            intake_id(os.urandom(16)),
            seal(json.dumps(document).encode(), fielded.public_key or b"", fielded.wave_id),
        )
        for document in documents
    ]
    with database.writing() as session:
        store.add_sheets(session.connection(), sealed, is_sqlite=database.is_sqlite)


def test_a_backup_that_lost_words_is_no_backup(
    database: Database, phone: Phone, fielded: Fielded, count_keys: CountKeyStore
) -> None:
    assert phone.send(phone.open().form, {"met": "1", **WORDS}).status_code == 200
    counted(database, fielded, count_keys)
    check_counted_waves(database)
    with database.writing() as session:
        session.execute(delete(free_text).where(free_text.c.question == "one_word"))
    with pytest.raises(BackupFailed):
        check_counted_waves(database)


def test_reviewers_read_them_with_a_warning(
    database: Database,
    database_url: str,
    phone: Phone,
    fielded: Fielded,
    count_keys: CountKeyStore,
) -> None:
    assert phone.send(phone.open().form, {"met": "1", **WORDS}).status_code == 200
    counted(database, fielded, count_keys)
    wave = fielded.agency_id + fielded.wave_id
    environment = {"RAPPORT_DATABASE_URL": database_url}
    ran = rapport("texts", wave, environment=environment)
    assert ran.code == 0, ran.err
    assert ran.err.startswith("RESTRICTED")
    with database.reading() as session:
        assert recent_acts(session, fielded.agency_id)[0].act == "export", "they have left"
    assert ran.out.splitlines() == [
        "else_to_say: What should the police here do?",
        "- Listen. My number is [phone].",
        "one_word: What was it like, in a word?",
        "- kind",
    ]
    gone = rapport("texts", wave, "--delete", environment=environment)
    assert (gone.code, gone.out.split(".")[0]) == (0, "Deleted: 2")
    assert texts(database, fielded) == Counter()
    check_counted_waves(database)
    again = rapport("texts", wave, environment=environment)
    assert (again.out, again.err) == ("", "There are no texts in this wave.\n")


def test_what_was_written_stands_in_no_codebook_and_so_in_no_bundle() -> None:
    assert [variable.id for variable in build_codebook(SURVEY, "baseline").variables] == ["met"]
