"""Whoever knows a sentence's writer by its style still finds no other answer of theirs.

Three hundred people each write a text and give a number that only they give. After the count an
insider lays texts beside responses, in every order that the database can show, and beside the order
of arrival. One right pair is what chance gives; more than 13 come once in 2e11.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from typing import Final

import pytest
from sqlalchemy import text

from app.backups.target import BackupTarget
from app.db import Database
from app.instruments.load import load_instrument
from app.privacy.count_keys import CountKeyStore
from app.responses.count import count_wave
from app.responses.sheet import Sheet
from tests.attack.attackers import POSTGRES_COLUMNS, SQLITE_COLUMNS, exact_links
from tests.integration.responses.sheets import Wave, fill, sealed_wave
from tests.surveys.read import FOLDER

PEOPLE: Final = 300
MOST_EXACT_LINKS: Final = 13
SURVEY: Final = load_instrument(
    (FOLDER / "own_words.yaml").read_text("utf-8").replace(" ar:", " es:").replace("{ar:", "{es:")
    + "      - {id: number, kind: number, maximum: 9999,"
    + ' text: {en: "Which number?", es: "¿Qué número?"}}\n',
    source="own_words",
)


@pytest.fixture
def wave(database: Database, count_keys: CountKeyStore, backups: BackupTarget) -> Wave:
    """Counted: each person's text and number are their place of arrival, which nobody else has."""
    wave = sealed_wave(database, count_keys, SURVEY)
    fill(database, wave, [_sheet(place) for place in range(PEOPLE)])
    count_wave(database, count_keys, wave.agency_id, wave.wave_id, backups=backups)
    return wave


def _sheet(place: int) -> Sheet:
    answers = {"met": 2, "number": place}
    words = {"else_to_say": f"I was number {place}"}
    return Sheet("en", "phone_web", "open", None, 0, answers, words)


def shown(database: Database, column: str, table: str) -> Iterator[tuple[str, list[int]]]:
    """The places of arrival, in every order that the database shows of a table."""
    hidden = SQLITE_COLUMNS if database.is_sqlite else POSTGRES_COLUMNS
    orders = {"as it lies": "", **{name: f" ORDER BY {name}" for name in hidden}}
    question = f"SELECT CAST({column} AS TEXT) FROM {table}"  # noqa: S608 - names of this file
    with database.reading() as session:
        for name, order in orders.items():
            rows: Sequence[str] = session.scalars(text(question + order)).all()
            yield name, [int("".join(filter(str.isdigit, row.split(":")[-1]))) for row in rows]


def paired(texts: Sequence[int], responses: Sequence[int]) -> int:
    """How many texts lie beside the response of their writer."""
    return exact_links([texts.index(place) for place in responses])


def test_no_order_lays_a_text_beside_its_writers_answers(database: Database, wave: Wave) -> None:
    assert wave.public_key
    texts = dict(shown(database, "text", "free_text"))
    responses = dict(shown(database, "answers", "response"))
    for name, of_texts in texts.items():
        assert sorted(of_texts) == list(range(PEOPLE))
        assert exact_links(of_texts) <= MOST_EXACT_LINKS, f"texts by {name} show the arrival"
        for other, of_responses in responses.items():
            assert sorted(of_responses) == list(range(PEOPLE))
            found = paired(of_texts, of_responses)
            assert found <= MOST_EXACT_LINKS, f"texts by {name} beside responses by {other}"


def test_the_same_insider_pairs_everyone_where_both_keep_one_order() -> None:
    order = list(range(PEOPLE))
    random.Random(3).shuffle(order)
    assert paired(order, order) == PEOPLE
