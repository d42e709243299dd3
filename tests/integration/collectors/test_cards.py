from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from sqlalchemy import func, select

from app.collectors.cards import (
    CODES_AT_ONCE,
    COLUMNS,
    MOST_CODES,
    Batch,
    Card,
    cards_as_csv,
    make_cards,
    make_many_cards,
    plain_cell,
)
from app.collectors.service import create_collector, load_collector
from app.collectors.tables import ledger
from app.db import Database
from app.errors import BadInput, Conflict
from app.initiatives.service import get_wave
from app.initiatives.wave import WaveState
from app.privacy.codes import CodeTags, read_code
from app.privacy.count_keys import CountKeyStore
from app.privacy.web_keys import WebKeyStore
from tests.factories import lead_to, make_wave
from tests.integration.responses.cards import SITE, deal, keys_in

FORMULAS = ("=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\0=1", "＝1", "＋1", "－1", "＠x")  # noqa: RUF001 - full width, as a spreadsheet may run them


@pytest.fixture
def tags(tmp_path: Path) -> CodeTags:
    return CodeTags(WebKeyStore(tmp_path / "web-keys", tmp_path / "secrets" / "web-master"))


def draft(database: Database) -> tuple[str, str]:
    with database.writing() as session:
        wave = make_wave(session)
        return wave.agency_id, wave.id


def test_each_card_has_a_code_of_its_own_and_carries_it_where_no_server_sees_it(
    database: Database, tmp_path: Path
) -> None:
    deck = deal(database, keys_in(tmp_path), draft(database), Batch(50, tests=2))
    assert (len(deck.cards), len(deck.tests)) == (50, 2)
    cards = [*deck.cards, *deck.tests]
    assert len({card.code for card in cards}) == 52
    for card in cards:
        assert card.address == f"{SITE}{deck.path}#{card.code}"
        assert read_code(card.code) is not None


def test_the_database_keeps_tags_and_no_code(database: Database, tmp_path: Path) -> None:
    deck = deal(
        database, keys_in(tmp_path), draft(database), Batch(2, tests=1, cap=9), "group_code"
    )
    with database.reading() as session:
        rows = session.execute(select(ledger)).all()
    assert {bytes(row.tag): (row.kind, row.most, row.used) for row in rows} == {
        **{deck.tag(card): ("group", 9, 0) for card in deck.cards},
        deck.tag(deck.tests[0]): ("test", 0, 0),
    }


def test_codes_are_in_no_order_that_tells_who_got_which(database: Database, tmp_path: Path) -> None:
    deck = deal(database, keys_in(tmp_path), draft(database), Batch(30))
    assert [card.code for card in deck.cards] == sorted(card.code for card in deck.cards)


@pytest.mark.parametrize("state", ["closing", "closed", "counted"])
def test_nobody_new_is_asked_in_a_wave_that_ends(
    database: Database, count_keys: CountKeyStore, tags: CodeTags, state: WaveState
) -> None:
    with database.writing() as session:
        wave = make_wave(session, state=state, keys=count_keys)
        collector = create_collector(
            session, wave.agency_id, wave.id, label="Cards", recruitment="group_code"
        )
        with pytest.raises(Conflict, match=state):
            make_cards(session, tags, collector, Batch(1), base_url=SITE)


def test_an_open_link_has_no_codes(database: Database, tags: CodeTags) -> None:
    with database.writing() as session:
        wave = make_wave(session)
        collector = create_collector(session, wave.agency_id, wave.id, label="Link")
        with pytest.raises(Conflict, match="open link"):
            make_cards(session, tags, collector, Batch(1), base_url=SITE)


@pytest.mark.parametrize(
    "batch", [Batch(0), Batch(100_001), Batch(1, tests=51), Batch(1, cap=0), Batch(1, tests=-1)]
)
def test_impossible_numbers_are_refused_with_what_is_possible(
    database: Database, tmp_path: Path, batch: Batch
) -> None:
    with pytest.raises(BadInput, match=r"choose between \d+ and [\d,]+"):
        deal(database, keys_in(tmp_path), draft(database), batch)


def test_a_collector_tells_its_page_that_it_asks_for_a_code(
    database: Database, tmp_path: Path
) -> None:
    deck = deal(database, keys_in(tmp_path), draft(database), Batch(1), "group_code")
    with database.reading() as session:
        fielded = load_collector(session, deck.path.removeprefix("/s/"))
    assert (fielded.recruitment, fielded.asks_code) == ("group_code", True)


@pytest.mark.parametrize("text", FORMULAS)
def test_no_cell_of_the_file_is_a_formula(text: str) -> None:
    card = Card("7K3F-9QXM-2TA", "https://survey.example/s/x#7K3F-9QXM-2TA", is_test=True)
    written = cards_as_csv([card], label=text, area=text)
    (heading, row) = csv.reader(io.StringIO(written.removeprefix("\N{ZERO WIDTH NO-BREAK SPACE}")))
    assert tuple(heading) == COLUMNS
    assert row == [card.code, card.address, "'" + text, "'" + text, "test"]
    assert plain_cell("Library") == "Library"


def test_many_cards_are_made_some_at_a_time_and_others_write_in_between(
    database: Database, tags: CodeTags
) -> None:
    with database.writing() as session:
        wave = make_wave(session)
        collector = create_collector(
            session, wave.agency_id, wave.id, label="Cards", recruitment="single_use_code"
        )
        public_id = collector.public_id
    batch = Batch(2 * CODES_AT_ONCE + 5, tests=2)
    parts = make_many_cards(database, tags, public_id, batch, base_url=SITE)
    sizes, codes = [], set()
    for cards in parts:
        with database.writing() as session:
            kept = session.execute(select(func.count()).select_from(ledger)).scalar_one()
            make_wave(session)
        sizes.append(len(cards))
        codes |= {card.code for card in cards}
        assert kept == sum(sizes) == len(codes), "what is told is kept, and nothing else"
    assert sizes == [CODES_AT_ONCE + 2, CODES_AT_ONCE, 5]


def test_who_stops_midway_has_codes_that_are_kept_and_there_are_no_others(
    database: Database, tags: CodeTags, count_keys: CountKeyStore
) -> None:
    with database.writing() as session:
        wave = make_wave(session)
        collector = create_collector(
            session, wave.agency_id, wave.id, label="Cards", recruitment="single_use_code"
        )
        public_id = collector.public_id
    parts = make_many_cards(database, tags, public_id, Batch(MOST_CODES), base_url=SITE)
    told = next(parts)
    parts.close()
    with database.writing() as session:
        kept = session.execute(select(func.count()).select_from(ledger)).scalar_one()
        assert kept == len(told) == CODES_AT_ONCE
        lead_to(session, get_wave(session, wave.agency_id, wave.id), "closed", count_keys)
    with pytest.raises(Conflict):
        next(make_many_cards(database, tags, public_id, Batch(1), base_url=SITE))
