"""Cards with codes for a wave of the test."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import select

from app.collectors.cards import Batch, Card, make_cards
from app.collectors.service import CodedRecruitment, create_collector
from app.collectors.tables import ledger
from app.db import Database
from app.privacy.codes import CodeTags, read_code
from app.privacy.web_keys import WebKeyStore

SITE = "https://survey.example"


@dataclass(frozen=True)
class Deck:
    """The cards of one collector, and what the web process knows a code by."""

    collector_id: str
    path: str
    wave_id: str
    tags: CodeTags
    cards: list[Card]
    tests: list[Card]

    def tag(self, card: Card) -> bytes:
        code = read_code(card.code)
        assert code is not None
        return self.tags.tag(self.wave_id, self.collector_id, code)


def keys_in(folder: Path) -> WebKeyStore:
    """The store of a site whose keys lie there."""
    return WebKeyStore(folder / "web-keys", folder / "secrets" / "web-master")


def deal(
    database: Database,
    keys: WebKeyStore,
    wave: tuple[str, str],
    batch: Batch,
    recruitment: CodedRecruitment = "single_use_code",
) -> Deck:
    tags = CodeTags(keys)
    with database.writing() as session:
        collector = create_collector(session, *wave, label="Cards", recruitment=recruitment)
        cards = make_cards(session, tags, collector, batch, base_url=SITE)
        return Deck(
            collector.id,
            f"/s/{collector.public_id}",
            collector.wave_id,
            tags,
            [card for card in cards if not card.is_test],
            [card for card in cards if card.is_test],
        )


def uses(database: Database) -> dict[bytes, int]:
    with database.reading() as session:
        return {bytes(row.tag): row.used for row in session.execute(select(ledger))}
