"""A page that asks for a code: typed without script, told clearly what is wrong, nothing lost."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from httpx2 import Response
from sqlalchemy import select

from app.collectors.cards import Batch, Card
from app.collectors.service import CodedRecruitment
from app.db import Database
from app.initiatives.fielding import close_wave, end_grace
from app.privacy.count_keys import CountKeyStore
from app.responses.quality import Quality
from app.schema import metadata
from tests.integration.pages.conftest import Watch
from tests.integration.pages.reading import ReadPage
from tests.integration.pages.sealing import queued
from tests.integration.pages.site import Fielded, Phone, field, opened, stored
from tests.integration.responses.cards import Deck, deal, keys_in, uses

ANSWERS: dict[str, str | list[str]] = {"area": "2", "t1": "4", "race": ["2", "6"]}


class Holder(Phone):
    """Someone with a card."""

    def __init__(self, client: TestClient, fielded: Fielded, deck: Deck) -> None:
        super().__init__(client, Fielded(deck.path, *_rest(fielded)))
        self.path = deck.path

    def answer(self, code: str, language: str = "en") -> Response:
        return self.send(self.open(language).form, ANSWERS | {"_code": code})


def _rest(fielded: Fielded) -> tuple[str, str, bytes | None]:
    return fielded.agency_id, fielded.wave_id, fielded.public_key


@pytest.fixture
def deck(database: Database, fielded: Fielded, tmp_path: Path) -> Deck:
    return make_deck(database, fielded, tmp_path, "single_use_code")


def make_deck(
    database: Database,
    fielded: Fielded,
    folder: Path,
    recruitment: CodedRecruitment,
    cap: int = 200,
) -> Deck:
    wave = fielded.agency_id, fielded.wave_id
    return deal(database, keys_in(folder), wave, Batch(3, tests=1, cap=cap), recruitment)


@pytest.fixture
def holder(client: TestClient, fielded: Fielded, deck: Deck) -> Holder:
    return Holder(client, fielded, deck)


def wrong(card: Card) -> str:
    """The card's code with one sign misread."""
    return ("8" if card.code[0] == "7" else "7") + card.code[1:]


def test_the_page_asks_for_the_code_before_the_questions_and_needs_no_script(
    holder: Holder, client: TestClient
) -> None:
    html = client.get(holder.path).text
    page = ReadPage(html)
    assert html.index('name="_code"') < html.index("<form")
    assert 'form="sheet"' in html
    assert page.text.index("Your code") < page.text.index("How much")
    assert "never kept with your answers" in page.text


def test_an_open_link_asks_for_no_code_and_loads_nothing_for_it(
    phone: Phone, client: TestClient, fielded: Fielded
) -> None:
    html = client.get(fielded.path).text
    assert "_code" not in html
    assert "Your code" not in phone.open().text
    assert len(ReadPage(html).loaded) == 1


def test_the_script_for_codes_is_one_of_ours(holder: Holder, client: TestClient) -> None:
    own, codes = ReadPage(client.get(holder.path).text).loaded
    assert own != codes
    answer = client.get(codes)
    assert (answer.status_code, answer.headers["content-type"]) == (
        200,
        "text/javascript; charset=utf-8",
    )
    assert len(answer.content) < 500
    assert client.get("/s/script/0123456789ab.js").status_code == 404


@pytest.mark.parametrize(
    ("recruitment", "stored_as"),
    [("single_use_code", "single_use_code"), ("group_code", "group_code")],
)
def test_a_sheet_with_its_code_is_stored_and_says_how_the_person_was_invited(
    client: TestClient,
    database: Database,
    fielded: Fielded,
    count_keys: CountKeyStore,
    tmp_path: Path,
    recruitment: CodedRecruitment,
    stored_as: str,
) -> None:
    deck = make_deck(database, fielded, tmp_path, recruitment)
    card = deck.cards[0]
    typed = f" {card.code.lower().replace('-', ' ')} "
    assert "Thank you" in Holder(client, fielded, deck).answer(typed).text
    (sheet,) = opened(database, fielded, count_keys)
    assert sheet["recruitment"] == stored_as
    assert "_code" not in sheet["answers"]
    assert card.code not in str(sheet)
    assert uses(database)[deck.tag(card)] == 1


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("", (422, "Your code is missing")),
        ("hello", (422, "This code is not right")),
        ("<b>&", (422, "This code is not right")),
        ("one sign misread", (422, "This code is not right")),
        ("of another collector", (422, "This code is not right")),
        ("used before", (409, "This code has been used already")),
    ],
)
def test_a_code_that_does_not_do_is_told_and_nothing_typed_is_lost(
    holder: Holder,
    deck: Deck,
    database: Database,
    fielded: Fielded,
    tmp_path: Path,
    typed: str,
    told: tuple[int, str],
) -> None:
    if typed == "one sign misread":
        typed = wrong(deck.cards[0])
    elif typed == "of another collector":
        typed = make_deck(database, fielded, tmp_path, "single_use_code").cards[0].code
    elif typed == "used before":
        typed = deck.cards[0].code
        holder.answer(typed)
    before = len(stored(database, fielded))
    answer = holder.answer(typed)
    page = ReadPage(answer.text)
    assert (answer.status_code, told[1] in page.text) == (told[0], True)
    sent = dict(page.form.sent)
    assert (sent["t1"], sent["area"]) == ("4", "2")
    assert {value for name, value in page.form.sent if name == "race"} == {"2", "6"}
    assert answer.text.count('name="_code"') == 1
    assert answer.text.index('name="_code"') < answer.text.index("</form>")
    assert len(stored(database, fielded)) == before
    again = holder.send(page.form, {"_code": deck.cards[1].code})
    assert "Thank you" in again.text
    assert len(stored(database, fielded)) == before + 1


def everything_in(database: Database) -> dict[str, list[tuple[Any, ...]]]:
    with database.reading() as session:
        return {
            table.name: sorted(map(tuple, session.execute(select(table))), key=repr)
            for table in metadata.sorted_tables
        }


def test_a_visit_changes_nothing_anywhere_but_the_box_and_the_use_of_its_code(
    holder: Holder, deck: Deck, database: Database, fielded: Fielded
) -> None:
    """No moment, no number of visits, no line of any log: also not for codes that do not do."""
    before = everything_in(database)
    code = deck.cards[0].code
    told = [holder.answer(each).status_code for each in (code, code, "", deck.cards[1].code[:-1])]
    assert [status < 400 for status in told] == [True, False, False, False]
    after = everything_in(database)
    assert {name for name in before if before[name] != after[name]} == {"intake", "ledger"}
    assert len(after["intake"]) == len(stored(database, fielded)) == 1
    (was,), (became,) = (
        set(one["ledger"]) - set(other["ledger"])
        for one, other in ((before, after), (after, before))
    )
    assert was[:-1] == became[:-1]
    assert (was[-1], became[-1]) == (0, 1)


def test_what_is_typed_as_a_code_comes_back_as_text(holder: Holder) -> None:
    html = holder.answer('"><script>alert(1)</script>').text
    assert "<script>alert" not in html
    assert "&lt;script&gt;alert" in html


@pytest.mark.parametrize("language", ["en", "es", "ar"])
def test_each_trouble_is_told_in_the_language_of_the_page(
    holder: Holder, deck: Deck, language: str
) -> None:
    holder.answer(deck.cards[0].code)
    told = [ReadPage(holder.answer(c, language).text).text for c in ("", "x", deck.cards[0].code)]
    english = [ReadPage(holder.answer(c).text).text for c in ("", "x", deck.cards[0].code)]
    assert len(set(told)) == 3
    assert (told == english) == (language == "en")


def test_the_code_survives_a_question_asked_back_and_an_old_token(
    holder: Holder, deck: Deck
) -> None:
    page = holder.open()
    code = deck.cards[0].code
    asked = holder.send(page.form, {"t1": "99", "_code": code})
    assert asked.status_code == 422
    assert dict(ReadPage(asked.text).form.sent)["_code"] == code
    renewed = holder.send(page.form, {"_token": "x" * 54, "_code": code})
    assert "Thank you" in holder.send(ReadPage(renewed.text).form).text


def test_the_same_sheet_again_is_told_that_it_arrived_and_not_that_its_code_is_used(
    holder: Holder, deck: Deck, database: Database, fielded: Fielded
) -> None:
    form = holder.open().form
    answers = ANSWERS | {"_code": deck.cards[0].code}
    told = [holder.send(form, answers).text for _ in range(3)]
    assert "Thank you" in told[0]
    assert all("already arrived" in text for text in told[1:])
    assert len(stored(database, fielded)) == 1


def test_a_code_of_a_closed_wave_meets_the_page_that_says_so(
    holder: Holder, deck: Deck, database: Database, fielded: Fielded, watch: Watch, tmp_path: Path
) -> None:
    form = holder.open().form
    with database.writing() as session:
        close_wave(session, fielded.agency_id, fielded.wave_id, grace=timedelta(0))
        end_grace(session, fielded.agency_id, fielded.wave_id)
    watch.seconds += 2
    answer = holder.send(form, ANSWERS | {"_code": deck.cards[0].code})
    assert (answer.status_code, "This survey is closed" in answer.text) == (410, True)
    assert list((tmp_path / "web-keys").glob("ledger-*"))
    assert holder._client.get(holder.path).status_code == 410
    assert not list((tmp_path / "web-keys").glob("ledger-*"))


def test_a_draft_keeps_the_key_of_its_printed_cards(
    client: TestClient, database: Database, count_keys: CountKeyStore, tmp_path: Path
) -> None:
    drafted = field(database, count_keys, state="draft")
    deck = make_deck(database, drafted, tmp_path, "single_use_code")
    assert client.get(deck.path).status_code == 409
    assert list((tmp_path / "web-keys").glob("ledger-*"))


def test_a_test_card_is_thanked_and_marked_inside_the_seal(
    holder: Holder, deck: Deck, database: Database, fielded: Fielded, count_keys: CountKeyStore
) -> None:
    for _ in range(2):
        assert "Thank you" in holder.answer(deck.tests[0].code).text
    marks = [
        sheet["quality"] & Quality.TEST_CARD for sheet in opened(database, fielded, count_keys)
    ]
    assert marks == [Quality.TEST_CARD] * 2


def test_beyond_its_cap_a_group_code_is_thanked_and_flagged(
    client: TestClient,
    database: Database,
    fielded: Fielded,
    count_keys: CountKeyStore,
    tmp_path: Path,
) -> None:
    deck = make_deck(database, fielded, tmp_path, "group_code", cap=2)
    holder = Holder(client, fielded, deck)
    for _ in range(3):
        assert "Thank you" in holder.answer(deck.cards[0].code).text
    sheets = opened(database, fielded, count_keys)
    assert sorted(bool(s["quality"] & Quality.OVER_CAP) for s in sheets) == [False, False, True]


def test_a_sheet_that_waited_on_a_phone_brings_its_code_along(
    holder: Holder, deck: Deck, client: TestClient, database: Database, fielded: Fielded
) -> None:
    page, code = holder.open(), deck.cards[0].code
    body = queued(page, ANSWERS | {"_code": code})
    for _ in range(2):
        answer = client.post(f"{holder.path}/sealed", content=body)
        assert (answer.status_code, "Thank you" in answer.text) == (200, True)
    assert len(stored(database, fielded)) == 1
    assert uses(database)[deck.tag(deck.cards[0])] == 1


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("", "Your code is missing"),
        ("one sign misread", "This code is not right"),
        ("used before", "This code has been used already"),
    ],
)
def test_a_sheet_that_waited_with_a_wrong_code_stays_sealed_and_takes_another_beside_it(
    holder: Holder,
    deck: Deck,
    database: Database,
    fielded: Fielded,
    count_keys: CountKeyStore,
    typed: str,
    told: str,
) -> None:
    holder.answer(deck.cards[0].code)
    codes = {"one sign misread": wrong(deck.cards[1]), "used before": deck.cards[0].code}
    body = queued(holder.open(), {"area": "3", "t1": "1", "_code": codes.get(typed, "")})
    used, unknown = "This code has been used already", "This code is not right"
    for more, title in {"": told, deck.cards[0].code: used, "\u0667" * 64: unknown}.items():
        answer = holder._client.post(f"{holder.path}/sealed", content=body + more.encode())
        page = ReadPage(answer.text)
        assert (answer.status_code, title in page.text) == (409, True)
        assert (page.form.sent, page.form.offered) == (
            [],
            {},
        )  # whoever holds the phone reads nothing
    for _ in range(3):
        right = deck.cards[1].code.lower()
        answer = holder._client.post(f"{holder.path}/sealed", content=body + right.encode())
        assert (answer.status_code, "Thank you" in answer.text) == (200, True)
    sheets = opened(database, fielded, count_keys)
    assert sorted(sheet["answers"]["t1"] for sheet in sheets) == [1, 4]
    assert uses(database)[deck.tag(deck.cards[1])] == 1


def test_a_code_put_beside_a_sheet_of_an_open_link_changes_nothing(
    client: TestClient, phone: Phone, fielded: Fielded, database: Database
) -> None:
    body = queued(phone.open(), ANSWERS)
    assert client.post(f"{fielded.path}/sealed", content=body + b"7K3M").status_code == 200
    assert len(stored(database, fielded)) == 1
