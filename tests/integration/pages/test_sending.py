"""What follows when a sheet is sent: kept once, nothing typed lost, and no thanks too early."""

from __future__ import annotations

from datetime import timedelta

import pytest
from fastapi.testclient import TestClient

from app.db import Database
from app.initiatives.fielding import close_wave, end_grace
from app.privacy.count_keys import CountKeyStore
from app.responses.pages.collector_cache import FRESH_SECONDS
from app.responses.quality import FASTEST_HONEST_SECONDS, Quality
from tests.conftest import HeldClock
from tests.factories import core_trust
from tests.integration.pages.conftest import Watch
from tests.integration.pages.reading import ReadPage
from tests.integration.pages.site import Fielded, Phone, field, opened, stored

ANSWERS: dict[str, str | list[str]] = {
    "area": "2",
    "t1": "4",
    "t2": "-1",
    "f1": "-2",
    "k1": "1",
    "k2": "3",
    "race": ["2", "6"],
}
SKIPPED, NOT_SHOWN = -3, -4


def close(database: Database, fielded: Fielded, *, grace: timedelta) -> None:
    with database.writing() as session:
        close_wave(session, fielded.agency_id, fielded.wave_id, grace=grace)
        if not grace:
            end_grace(session, fielded.agency_id, fielded.wave_id)


def test_what_was_chosen_lies_sealed_in_the_box_before_anyone_is_thanked(
    phone: Phone, database: Database, fielded: Fielded, count_keys: CountKeyStore
) -> None:
    answer = phone.send(phone.open("ar").form, ANSWERS)
    assert answer.status_code == 200
    (sheet,) = opened(database, fielded, count_keys)
    answers = sheet.pop("answers")
    assert sheet == {
        "format": 1,
        "language": "ar",
        "mode": "phone_web",
        "recruitment": "open",
        "area": 2,
        "quality": Quality.TOO_FAST,
        "words": {},
        "tags": [],
    }
    chosen = {"area": 2, "t1": 4, "t2": -1, "f1": -2, "k1": 1, "k2": 3, "race": [2, 6]}
    assert {name: answers[name] for name in chosen} == chosen
    others = answers.keys() - chosen.keys()
    assert {answers[name] for name in others} == {SKIPPED}
    assert answers.keys() == {question.id for question in core_trust().asking("baseline")}


def test_the_thanks_say_what_follows_and_repeat_nothing_that_was_answered(phone: Phone) -> None:
    answer = phone.send(phone.open().form, ANSWERS)
    page = ReadPage(answer.text)
    assert page.title == "Survey"
    assert "Thank you" in page.text
    assert "Nobody" not in page.text
    assert "They are opened after the survey closes" in page.text
    assert "at the library" in page.text
    assert "+1 555 0100" in page.text
    assert page.forms == []
    assert not any(label in page.text for label in ("A lot", "Asian", "South", "police"))


def test_a_sheet_with_every_question_skipped_is_as_welcome(
    phone: Phone, database: Database, fielded: Fielded, count_keys: CountKeyStore
) -> None:
    assert "Thank you" in phone.send(phone.open().form).text
    (sheet,) = opened(database, fielded, count_keys)
    assert set(sheet["answers"].values()) == {SKIPPED, NOT_SHOWN}
    assert sheet["area"] is None


def test_what_stands_under_a_hidden_question_is_thrown_away(
    phone: Phone, database: Database, fielded: Fielded, count_keys: CountKeyStore
) -> None:
    phone.send(phone.open().form, {"k1": "2", "k2": "1", "k3": "5"})
    (sheet,) = opened(database, fielded, count_keys)
    assert (sheet["answers"]["k2"], sheet["answers"]["k3"]) == (NOT_SHOWN, NOT_SHOWN)


def test_a_link_that_hangs_in_one_area_answers_for_it(
    client: TestClient, database: Database, count_keys: CountKeyStore
) -> None:
    fielded = field(database, count_keys, area_code=3)
    phone = Phone(client, fielded)
    phone.send(phone.open().form, {"area": "1"})
    (sheet,) = opened(database, fielded, count_keys)
    assert (sheet["area"], sheet["answers"]["area"]) == (3, 3)


def test_the_same_sheet_sent_five_times_is_stored_once(
    phone: Phone, database: Database, fielded: Fielded
) -> None:
    form = phone.open().form
    answers = [phone.send(form, ANSWERS) for _ in range(5)]
    assert [answer.status_code for answer in answers] == [200] * 5
    assert "Thank you" in answers[0].text
    for answer in answers[1:]:
        assert "already arrived" in answer.text
        assert "Thank you" not in ReadPage(answer.text).text
    assert len(stored(database, fielded)) == 1


def test_a_second_person_on_the_page_loses_nothing(
    phone: Phone, database: Database, fielded: Fielded, count_keys: CountKeyStore
) -> None:
    form = phone.open("es").form
    phone.send(form, {"t1": "1"})
    told = ReadPage(phone.send(form, ANSWERS).text)
    assert "ya llegaron respuestas" in told.text.lower()
    thanked = phone.send(told.form)
    assert "Gracias" in thanked.text
    sheets = opened(database, fielded, count_keys)
    assert sorted(sheet["answers"]["t1"] for sheet in sheets) == [1, 4]
    (second,) = (sheet for sheet in sheets if sheet["answers"]["t1"] == 4)
    assert second["answers"]["race"] == [2, 6]
    assert second["language"] == "es"


def test_a_second_person_is_stored_once_however_often_they_press(
    phone: Phone, database: Database, fielded: Fielded
) -> None:
    form = phone.open().form
    phone.send(form, {"t1": "1"})
    again = ReadPage(phone.send(form, ANSWERS).text).form
    assert "Thank you" in phone.send(again).text
    assert "already arrived" in phone.send(again).text
    assert len(stored(database, fielded)) == 2


def test_a_forged_code_is_named_beside_its_question_and_all_else_is_kept(
    phone: Phone, database: Database, fielded: Fielded, count_keys: CountKeyStore
) -> None:
    form = phone.open().form
    answer = phone.send(form, {**ANSWERS, "t2": "77", "f3": "1 OR 1=1"})
    assert answer.status_code == 422
    page = ReadPage(answer.text)
    assert page.title == "Please check · Survey"
    assert "Nothing has been sent yet. All your answers are still here." in page.text
    assert {"#q-t2", "#q-f3"} <= page.links.keys()
    assert {"q-t2", "q-f3", "e-t2", "e-f3"} <= page.ids
    assert "not on the list" in page.text
    kept = {**ANSWERS, "race": "6"}
    assert dict(page.form.sent) == {
        **{name: value for name, value in kept.items() if name != "t2"},
        "_lang": "en",
        "_token": form.token,
    }
    assert stored(database, fielded) == []
    assert "Thank you" in phone.send(page.form, {"t2": "5"}).text
    (sheet,) = opened(database, fielded, count_keys)
    assert (sheet["answers"]["t1"], sheet["answers"]["t2"]) == (4, 5)
    assert sheet["answers"]["race"] == [2, 6]


def test_an_unknown_question_is_refused_in_words_and_said_once(
    phone: Phone, database: Database, fielded: Fielded
) -> None:
    answer = phone.send(phone.open().form, {"t1": "4", "zz9": "1", "<script>": "x"})
    assert answer.status_code == 422
    page = ReadPage(answer.text)
    assert page.text.count("a question that is not in this survey") == 1
    assert "&lt;script" not in answer.text
    assert answer.text.count("<script") == 1
    assert dict(page.form.sent)["t1"] == "4"
    assert stored(database, fielded) == []
    assert "Thank you" in phone.send(page.form).text


def test_two_answers_to_a_question_for_one_are_refused(
    phone: Phone, database: Database, fielded: Fielded
) -> None:
    answer = phone.send(phone.open().form, {"t1": ["4", "5"]})
    assert answer.status_code == 422
    assert "one answer only" in answer.text
    assert stored(database, fielded) == []


@pytest.mark.parametrize("token", ["", "x", "A" * 54, "é", "A" * 5000])
def test_a_forged_token_costs_one_more_press_and_nothing_typed(
    phone: Phone, database: Database, fielded: Fielded, token: str
) -> None:
    answer = phone.send(phone.open().form, {**ANSWERS, "_token": token})
    assert answer.status_code == 422
    page = ReadPage(answer.text)
    assert "Please press Send again" in page.text
    assert stored(database, fielded) == []
    assert "Thank you" in phone.send(page.form).text
    assert len(stored(database, fielded)) == 1


def test_a_token_of_another_wave_is_worth_nothing_here(
    client: TestClient, phone: Phone, database: Database, count_keys: CountKeyStore
) -> None:
    other = field(database, count_keys)
    token = Phone(client, other).open().form.token
    assert phone.send(phone.open().form, {"_token": token}).status_code == 422


@pytest.mark.parametrize("language", ["", "so", "<b>"])
def test_a_sheet_in_a_language_the_wave_has_not_is_shown_again(
    phone: Phone, database: Database, fielded: Fielded, language: str
) -> None:
    answer = phone.send(phone.open().form, {**ANSWERS, "_lang": language})
    assert answer.status_code == 422
    assert stored(database, fielded) == []
    assert "Thank you" in phone.send(ReadPage(answer.text).form).text


def test_a_page_open_since_yesterday_asks_for_one_more_press_and_stays_the_same_sheet(
    phone: Phone, database: Database, fielded: Fielded, held_clock: HeldClock
) -> None:
    form = phone.open().form
    held_clock.advance(timedelta(hours=25))
    answer = phone.send(form, ANSWERS)
    assert answer.status_code == 422
    renewed = ReadPage(answer.text)
    assert "Please press Send again" in renewed.text
    assert dict(renewed.form.sent)["t1"] == "4"
    assert stored(database, fielded) == []
    assert "Thank you" in phone.send(renewed.form).text
    held_clock.advance(timedelta(hours=-25))
    assert "already arrived" in phone.send(form, ANSWERS).text
    assert len(stored(database, fielded)) == 1


def test_a_page_open_for_four_days_keeps_what_was_typed_too(
    phone: Phone, database: Database, fielded: Fielded, held_clock: HeldClock
) -> None:
    form = phone.open().form
    held_clock.advance(timedelta(hours=97))
    renewed = ReadPage(phone.send(form, ANSWERS).text)
    assert "Thank you" in phone.send(renewed.form).text
    assert len(stored(database, fielded)) == 1


@pytest.mark.parametrize(
    ("seconds", "bits"),
    [(FASTEST_HONEST_SECONDS - 1, Quality.TOO_FAST), (FASTEST_HONEST_SECONDS, 0), (3600, 0)],
)
def test_a_sheet_sent_faster_than_one_can_read_is_marked_and_kept(
    phone: Phone,
    database: Database,
    fielded: Fielded,
    count_keys: CountKeyStore,
    held_clock: HeldClock,
    *,
    seconds: int,
    bits: int,
) -> None:
    form = phone.open().form
    held_clock.advance(timedelta(seconds=seconds))
    assert "Thank you" in phone.send(form).text
    (sheet,) = opened(database, fielded, count_keys)
    assert sheet["quality"] == bits


@pytest.mark.parametrize("hours", [25, 97])
def test_who_sends_an_old_page_again_at_once_was_not_too_fast(
    phone: Phone,
    database: Database,
    fielded: Fielded,
    count_keys: CountKeyStore,
    held_clock: HeldClock,
    hours: int,
) -> None:
    form = phone.open().form
    held_clock.advance(timedelta(hours=hours))
    renewed = ReadPage(phone.send(form, ANSWERS).text).form
    assert "Thank you" in phone.send(renewed).text
    assert [s["quality"] for s in opened(database, fielded, count_keys)] == [0]


def test_two_people_on_one_page_are_both_given_the_time_that_it_was_open(
    phone: Phone,
    database: Database,
    fielded: Fielded,
    count_keys: CountKeyStore,
    held_clock: HeldClock,
) -> None:
    form = phone.open().form
    held_clock.advance(timedelta(minutes=4))
    phone.send(form, ANSWERS)
    arrived = ReadPage(phone.send(form, {**ANSWERS, "t1": "2"}).text).form
    assert "Thank you" in phone.send(arrived).text
    assert [s["quality"] for s in opened(database, fielded, count_keys)] == [0, 0]


@pytest.mark.parametrize("change", [{"_lang": "so"}, {"_token": "x"}])
def test_a_page_made_to_come_back_does_not_hide_how_fast_a_sheet_came(
    phone: Phone,
    database: Database,
    fielded: Fielded,
    count_keys: CountKeyStore,
    change: dict[str, str],
) -> None:
    returned = ReadPage(phone.send(phone.open().form, {**ANSWERS, **change}).text).form
    assert "Thank you" in phone.send(returned).text
    (sheet,) = opened(database, fielded, count_keys)
    assert sheet["quality"] == Quality.TOO_FAST


def test_a_wave_that_closed_while_someone_answered_says_so_and_thanks_nobody(
    phone: Phone, database: Database, fielded: Fielded
) -> None:
    form = phone.open().form
    close(database, fielded, grace=timedelta(0))
    answer = phone.send(form, ANSWERS)
    assert answer.status_code == 410
    page = ReadPage(answer.text)
    assert "It closed before your answers arrived" in page.text
    assert "+1 555 0100" in page.text
    assert "Thank you" not in page.text
    assert stored(database, fielded) == []


def test_a_wave_in_its_grace_takes_sheets_and_asks_nobody_new(
    client: TestClient, phone: Phone, database: Database, fielded: Fielded, watch: Watch
) -> None:
    form = phone.open().form
    close(database, fielded, grace=timedelta(hours=48))
    watch.seconds += FRESH_SECONDS
    assert client.get(fielded.path).status_code == 410
    assert "Thank you" in phone.send(form, ANSWERS).text
    assert len(stored(database, fielded)) == 1
