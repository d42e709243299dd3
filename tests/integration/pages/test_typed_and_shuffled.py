"""What is typed, ticked or shuffled on the page, and what of it reaches the box."""

from __future__ import annotations

import re

import pytest
from fastapi.testclient import TestClient

from app.db import Database
from app.instruments.load import load_instrument
from app.privacy.count_keys import CountKeyStore
from tests.integration.pages.reading import ReadPage
from tests.integration.pages.site import Fielded, Phone, field, opened, stored
from tests.surveys.read import FOLDER

TEXT = (FOLDER / "typed_and_ticked.yaml").read_text("utf-8")
SURVEY = load_instrument(TEXT, source="typed_and_ticked")
NEEDING = load_instrument(
    TEXT.replace("kind: consent", "kind: consent\n        needed: true"), source="x"
)


@pytest.fixture
def fielded(database: Database, count_keys: CountKeyStore) -> Fielded:
    return field(database, count_keys, instrument=SURVEY, languages=["en", "ar"])


@pytest.fixture
def phone(client: TestClient, fielded: Fielded) -> Phone:
    return Phone(client, fielded)


def why(page: ReadPage) -> list[str]:
    return page.form.offered["why"]


def test_each_form_has_an_order_of_its_own_and_the_last_option_stays(phone: Phone) -> None:
    seen = {tuple(why(phone.open())) for _ in range(60)}
    assert len(seen) == 6
    assert {order[3:] for order in seen} == {("4", "-2")}


def test_a_returned_form_keeps_its_order_and_what_was_typed(phone: Phone) -> None:
    for _ in range(5):
        page = phone.open()
        answer = phone.send(page.form, {"calls": "many <calls>", "hours": "2,5", "adult": "1"})
        assert answer.status_code == 422
        again = ReadPage(answer.text)
        assert why(again) == why(page)
        assert again.form.offered["calls"][0] == "many <calls>"
        assert again.form.offered["hours"][0] == "2,5"
        assert "Please write a number from 0 to 50" in again.text


def test_a_renewed_form_keeps_its_order_too(phone: Phone) -> None:
    page = phone.open()
    answer = phone.send(page.form, {"calls": "3", "_lang": "xx"})
    again = ReadPage(answer.text)
    assert answer.status_code == 422
    assert why(again) == why(page)


def test_the_box_holds_codes_and_neither_the_order_nor_what_was_banded(
    phone: Phone, database: Database, fielded: Fielded, count_keys: CountKeyStore
) -> None:
    answers = {"adult": "1", "age": "2", "calls": "\u0667", "hours": "4.75", "why": "3"}
    assert phone.send(phone.open().form, answers).status_code == 200
    (sheet,) = opened(database, fielded, count_keys)
    assert sheet["answers"] == {
        "adult": 1,
        "age": 2,
        "calls": 7,
        "hours": 2,
        "why": 3,
        "heard": -3,
        "told": -3,
    }
    assert not re.search("order|seed|nonce", str(sheet))


def test_a_needed_consent_holds_the_sheet_back_until_it_is_given(
    client: TestClient, database: Database, count_keys: CountKeyStore
) -> None:
    fielded = field(database, count_keys, instrument=NEEDING, languages=["en"])
    phone = Phone(client, fielded)
    refused = phone.send(phone.open().form, {"age": "2"})
    assert refused.status_code == 422
    assert "Please tick this box if you want your answers to be sent" in ReadPage(refused.text).text
    assert stored(database, fielded) == []
    given = phone.send(ReadPage(refused.text).form, {"adult": "1"})
    assert given.status_code == 200
    (sheet,) = opened(database, fielded, count_keys)
    assert (sheet["answers"]["adult"], sheet["answers"]["age"]) == (1, 2)


def test_a_number_field_fills_the_width_and_brings_up_the_digits(
    client: TestClient, fielded: Fielded
) -> None:
    html = client.get(fielded.path).text
    assert re.search(r'<input type="text" inputmode="decimal" name="calls"', html)
    style = html[html.index("<style>") : html.index("</style>")]
    assert re.search(r"select,\s*\[type=text\]\s*\{[^}]*width:\s*100%", style)
