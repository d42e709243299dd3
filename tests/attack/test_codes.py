"""Who printed the cards and knows whose is whose, finds no answers by them.

Three hundred people answer one after the other, each with a card of their own: the worst case, a
transaction each. The attacker copies the table of codes while the wave is open, and everything else
after the count. One exact link is what chance gives.
"""

from __future__ import annotations

import asyncio
import os
import random
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pytest
from sqlalchemy import text

from analysis.codebook import canonical_json
from app.backups.target import BackupTarget
from app.collectors.cards import Batch
from app.db import Database
from app.privacy.count_keys import CountKeyStore
from app.responses.count import count_wave
from app.responses.intake import Acceptance, accept_response, intake_writer
from tests.attack.attackers import (
    Order,
    files_below,
    needles_found,
    order_in_bytes,
    orders_in_table,
)
from tests.attack.spellings import spellings_of
from tests.attack.test_linkage import MOST_EXACT_LINKS, data_files, unlike_any_other, without_log
from tests.integration.responses.cards import Deck, deal, keys_in
from tests.integration.responses.sheets import Wave, close, running
from tests.integration.retention.files import sample

PEOPLE: Final = 300


@dataclass(frozen=True)
class Spent:
    """What the attacker holds: cards in the order of their people, and copies of the ledger."""

    deck: Deck
    tags: list[bytes]
    arrivals: dict[str, int]
    ledgers: dict[str, Order]


def ledger_orders(database: Database, tags: list[bytes]) -> dict[str, Order]:
    """The people in every order that the table of codes can show, hidden columns included."""
    person = {tag: place for place, tag in enumerate(tags)}
    columns = ["tag"] if database.is_sqlite else ["tag", "ctid", "xmin::text::bigint"]
    orders = {"as it lies": "", **{column: f" ORDER BY {column}" for column in columns}}
    question = "SELECT tag FROM ledger WHERE used > 0"
    with database.reading() as session:
        found = {name: session.scalars(text(question + order)) for name, order in orders.items()}
        return {name: [person[bytes(tag)] for tag in tags] for name, tags in found.items()}


@pytest.fixture
def spent(database: Database, wave: Wave, tmp_path: Path) -> Spent:
    deck = deal(database, keys_in(tmp_path), wave[:2], Batch(PEOPLE + 50))
    cards = random.SystemRandom().sample(deck.cards, PEOPLE)
    tags = [deck.tag(card) for card in cards]
    sheets = unlike_any_other(PEOPLE)

    async def one_by_one() -> None:
        for tag, sheet in zip(tags, sheets, strict=True):
            outcome = await accept_response(writer, wave, os.urandom(16), sheet, tag=tag)
            assert outcome is Acceptance.STORED

    with running(intake_writer(database)) as writer:
        asyncio.run(one_by_one())
    arrivals = {canonical_json(sheet.answers): place for place, sheet in enumerate(sheets)}
    assert len(arrivals) == PEOPLE
    return Spent(deck, tags, arrivals, ledger_orders(database, tags))


def links(people: Order, answers: Order) -> int:
    """How many are found by laying one order beside the other."""
    return sum(person == answer for person, answer in zip(people, answers, strict=False))


def response_orders(
    database: Database, spent: Spent, request: pytest.FixtureRequest
) -> Iterator[tuple[str, Order]]:
    yield from orders_in_table(database, "response", spent.arrivals)
    files = data_files(database, request)
    known = {answers.encode(): place for answers, place in spent.arrivals.items()}
    yield "bytes", order_in_bytes(without_log(files), known)


def test_no_order_of_codes_is_the_order_of_answers(
    database: Database,
    wave: Wave,
    spent: Spent,
    count_keys: CountKeyStore,
    backups: BackupTarget,
    request: pytest.FixtureRequest,
) -> None:
    assert all(len(order) == PEOPLE for order in spent.ledgers.values())
    close(database, wave)
    count_wave(database, count_keys, *wave[:2], backups=backups)
    by_arrival = {"the order of arrival": list(range(PEOPLE)), **spent.ledgers}
    found = {
        (of_codes, of_answers): exact
        for of_answers, answers in response_orders(database, spent, request)
        for of_codes, people in by_arrival.items()
        if (exact := links(people, answers)) > MOST_EXACT_LINKS
    }
    assert found == {}


def test_before_the_count_a_code_leads_to_a_sealed_sheet_at_most(
    database: Database, spent: Spent
) -> None:
    """PostgreSQL writes the transaction into each row: this is what the count is for."""
    if database.is_sqlite:
        join = "ledger l JOIN intake i ON l.tag = i.id"
    else:
        join = "ledger l JOIN intake i ON l.xmin = i.xmin"
    with database.reading() as session:
        found = session.execute(text(f"SELECT l.tag, i.ct FROM {join}")).all()  # noqa: S608 - the texts above
    assert len(found) == (0 if database.is_sqlite else PEOPLE)
    assert not any(answers.encode() in bytes(row.ct) for row in found for answers in spent.arrivals)


def test_the_count_leaves_no_trace_of_a_code(
    database: Database,
    wave: Wave,
    spent: Spent,
    count_keys: CountKeyStore,
    backups: BackupTarget,
    request: pytest.FixtureRequest,
) -> None:
    some = spent.tags[::10]
    sample(database)
    assert needles_found(data_files(database, request), some) == len(some)
    close(database, wave)
    count_wave(database, count_keys, *wave[:2], backups=backups)
    with database.reading() as session:
        assert session.scalar(text("SELECT count(*) FROM ledger")) == 0
    assert needles_found(without_log(data_files(database, request)), some) == 0


def test_no_code_is_written_anywhere(
    database: Database, spent: Spent, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    """Neither in the clear nor as a hash that could be tried: database, log, key store."""
    files = [*data_files(database, request), *files_below(tmp_path)]
    codes = [card.code for card in spent.deck.cards[:4]]
    needles = [s for code in codes for c in (code, code.replace("-", "")) for s in spellings_of(c)]
    assert needles_found(files, needles) == 0
    planted = tmp_path / "planted"
    planted.write_bytes(b"..." + spellings_of(codes[0])[-1] + b"...")
    assert needles_found([planted], needles) == 1
