"""Cards and flyers with codes. A code is told once, here: the database keeps a keyed hash of it."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from sqlalchemy.orm import Session

from app.collectors import store
from app.collectors.service import get_collector, line_of, own_collector
from app.collectors.tables import Collector
from app.db import Database
from app.errors import BadInput, Conflict, Phrase
from app.initiatives.fielding import locked_wave
from app.privacy.codes import CodeTags, new_code, spell_code
from app.privacy.identifiers import AGENCY_KEY_LENGTH

MOST_CODES: Final = 100_000
MOST_TESTS: Final = 50
CODES_AT_ONCE: Final = 1000  # in one transaction
USUAL_CAP: Final = 200
HIGHEST_CAP: Final = 1_000_000
COLUMNS: Final = ("code", "address", "way_in", "area", "test")
_FOR_CODES: Final = frozenset({"draft", "open"})
_KIND: Final = {"group_code": "group", "single_use_code": "single"}
# What a spreadsheet would take for the start of a formula, in either width.
_FORMULA: Final = (
    *("=", "+", "-", "@", "\t", "\r", "\0"),
    *("\N{FULLWIDTH EQUALS SIGN}", "\N{FULLWIDTH PLUS SIGN}"),
    *("\N{FULLWIDTH HYPHEN-MINUS}", "\N{FULLWIDTH COMMERCIAL AT}"),
)


@dataclass(frozen=True, slots=True)
class Card:
    """`code` as it is printed; `address` carries it behind #, where no server sees it."""

    code: str
    address: str
    is_test: bool


class Batch(NamedTuple):
    """How many codes to make. `cap`: uses of a group code that are not flagged."""

    codes: int
    tests: int = 0
    cap: int = USUAL_CAP


def make_cards(
    session: Session, tags: CodeTags, collector: Collector, batch: Batch, *, base_url: str
) -> list[Card]:
    """Further codes for a collector that asks for them, with test cards that never count."""
    kind = refuse_cards(session, collector, batch)
    site = base_url.rstrip("/")
    return [
        *_add(session, tags, collector, kind, batch.codes, batch.cap, site),
        *_add(session, tags, collector, "test", batch.tests, 0, site),
    ]


def refuse_cards(session: Session, collector: Collector, batch: Batch) -> str:
    """The kind of code that the collector asks for; refuses where none can be made."""
    kind = _KIND.get(collector.recruitment)
    if kind is None:
        raise Conflict("collectors.needs_no_codes")
    if collector.stopped_on is not None:
        raise Conflict("collectors.stopped")
    wave = locked_wave(session, collector.agency_id, collector.wave_id)
    own_collector(session, collector.agency_id, collector.public_id)  # it may be deleted by now
    if wave.state not in _FOR_CODES:
        raise Conflict("collectors.wave_asks_nobody", state=Phrase(f"waves.state_{wave.state}"))
    _refuse_impossible(batch)
    return kind


def make_many_cards(
    database: Database, tags: CodeTags, public_id: str, batch: Batch, *, base_url: str
) -> Iterator[list[Card]]:
    """Some at a time, each in a transaction of its own: residents send their answers in between.

    Whoever stops here has codes that are kept, and nobody knows the others: there are none.
    """
    left, tests = batch.codes, batch.tests
    own = database.acting_as("rapport_staff", public_id[:AGENCY_KEY_LENGTH])
    while left > 0:
        part = Batch(min(left, CODES_AT_ONCE), tests, batch.cap)
        with own.writing() as session:
            collector = get_collector(session, public_id)
            cards = make_cards(session, tags, collector, part, base_url=base_url)
        yield cards
        left, tests = left - part.codes, 0


def cards_as_csv(cards: Sequence[Card], *, label: str, area: str = "") -> str:
    return "".join(csv_by_parts([cards], label=label, area=area))


def csv_by_parts(parts: Iterable[Sequence[Card]], *, label: str, area: str = "") -> Iterator[str]:
    """For a mail merge made elsewhere; the byte order mark tells a spreadsheet that it is UTF-8."""
    yield "\N{ZERO WIDTH NO-BREAK SPACE}" + _csv_line(COLUMNS)
    for cards in parts:
        rows = (
            (card.code, card.address, label, area, "test" if card.is_test else "") for card in cards
        )
        yield "".join(_csv_line([plain_cell(cell) for cell in row]) for row in rows)


def _csv_line(cells: Sequence[str]) -> str:
    line = io.StringIO(newline="")
    csv.writer(line).writerow(cells)
    return line.getvalue()


def plain_cell(text: str) -> str:
    """Text that no spreadsheet runs as a formula."""
    return f"'{text}" if text.startswith(_FORMULA) else text


def _refuse_impossible(batch: Batch) -> None:
    bounds: Iterable[tuple[str, int, int, int]] = (
        ("codes", batch.codes, 1, MOST_CODES),
        ("tests", batch.tests, 0, MOST_TESTS),
        ("cap", batch.cap, 1, HIGHEST_CAP),
    )
    for what, asked, least, most in bounds:
        if not least <= asked <= most:
            raise BadInput(f"collectors.number_of_{what}", asked=asked, least=least, most=most)


def _add(
    session: Session,
    tags: CodeTags,
    collector: Collector,
    kind: str,
    number: int,
    cap: int,
    site: str,
) -> list[Card]:
    codes = {new_code() for _ in range(number)}
    while len(codes) < number:
        codes.add(new_code())
    made = [tags.tag(collector.wave_id, collector.id, code) for code in codes]
    most = 1 if kind == "single" else cap
    store.add_codes(session, collector.agency_id, collector.wave_id, kind, made, most)
    page = site + line_of(collector).path
    return [
        Card(spell_code(code), f"{page}#{spell_code(code)}", is_test=kind == "test")
        for code in sorted(codes)
    ]
