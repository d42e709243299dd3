"""Plants a wave in a copy of the database, counts it, and tries to tell who gave which answers.

Only here the truth is known: who came when. The same attacks are made on a planted ledger of the
kind that many tools keep, so that an attack that finds nothing is known to be able to find.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Final

from analysis.codebook import NOT_SHOWN, SKIPPED, canonical_json
from app.accounts.service import create_agency
from app.initiatives.fielding import close_wave
from app.initiatives.opening import open_wave
from app.initiatives.service import create_initiative, create_wave
from app.instruments.load.shipped import shipped_instruments
from app.privacy.count_keys import CountKeyStore
from app.privacy.identifiers import new_nonce, random_order
from app.responses.count import count_wave
from app.responses.intake import accept_response, intake_writer
from app.responses.linkage import store
from app.responses.sheet import Sheet

if TYPE_CHECKING:
    from app.db import Database
    from app.instruments.model import Instrument
    from app.responses.intake import Writer

PEOPLE: Final = 1000
MOST_BY_CHANCE: Final = 13  # Poisson with mean 1: more once in 2e11
HIGHEST_TAU: Final = 0.15  # 7 standard deviations of Kendall's tau among 1,000


@dataclass(frozen=True, slots=True)
class Attack:
    """One order that the database shows, taken for the order of arrival."""

    name: str
    exact: int
    tau: float

    @property
    def is_chance(self) -> bool:
        return self.exact <= MOST_BY_CHANCE and abs(self.tau) <= HIGHEST_TAU


@dataclass(frozen=True, slots=True)
class Found:
    """What an insider could and could not find."""

    attacks: tuple[Attack, ...]
    ledger: Attack
    sealed_left: int
    codes_left: int
    counted_waves: int
    keys_kept: int

    @property
    def holds(self) -> bool:
        """No attack beats chance where all of them beat a ledger, and nothing leads to anybody.

        A sheet, a code or a key that outlives its count would, whatever the orders say.
        """
        is_armed = self.ledger.exact >= PEOPLE * 0.99
        is_left = self.sealed_left or self.codes_left or self.keys_kept
        return is_armed and all(a.is_chance for a in self.attacks) and not is_left


def attack_copy(copy: Database, scratch: Path) -> Found:
    """Changes the copy: never ask it of a database in use."""
    with copy.reading() as session:
        waves, kept = store.counted_waves_and_kept_keys(session)
        sealed, codes = (
            store.sealed_sheets_of_counted_waves(session),
            store.codes_of_counted_waves(session),
        )
    sheets = _sheets_in_random_order()
    arrivals = {canonical_json(sheet.answers): place for place, sheet in enumerate(sheets)}
    wave_id = _count_planted(copy, sheets, scratch)
    with copy.reading() as session:
        orders = list(store.orders_of(session, wave_id, is_sqlite=copy.is_sqlite))
    attacks = tuple(_attack(name, answers, arrivals) for name, answers in orders)
    ledger = _attack("ledger", _planted_ledger(copy.acting_as(None), list(arrivals)), arrivals)
    return Found(attacks, ledger, sealed, codes, waves, kept)


def _sheets_in_random_order() -> list[Sheet]:
    """Each unlike any other: its answers spell a number."""
    scaled = max((scale.items for scale in _instrument().scales), key=len)[:5]
    numbers = random_order(PEOPLE)
    blank = {reading.id: _blank(reading.show_if) for reading in _instrument().reading("baseline")}
    return [
        Sheet(
            *("en", "phone_web", "open", None, 0),
            blank | {item: 1 + n // 4**k % 4 for k, item in enumerate(scaled)},
        )
        for n in numbers
    ]


def kendall_tau(order: Sequence[int]) -> float:
    """1 for the order of arrival, -1 for its reverse, about 0 for no relation."""
    pairs = len(order) * (len(order) - 1) / 2
    return 1 - 2 * _inversions(list(order))[1] / pairs


def _inversions(order: list[int]) -> tuple[list[int], int]:
    """Sorted, and how many pairs stood the wrong way round."""
    if len(order) < 2:  # noqa: PLR2004 - one alone is sorted
        return order, 0
    middle = len(order) // 2
    left, before = _inversions(order[:middle])
    right, after = _inversions(order[middle:])
    merged: list[int] = []
    crossed = 0
    while left and right:
        if left[0] <= right[0]:
            merged.append(left.pop(0))
        else:
            merged.append(right.pop(0))
            crossed += len(left)
    return merged + left + right, before + after + crossed


def _attack(name: str, answers: Sequence[str], arrivals: Mapping[str, int]) -> Attack:
    order = [arrivals[each] for each in answers]
    exact = sum(arrival == place for place, arrival in enumerate(order))
    return Attack(name, exact, kendall_tau(order))


def _instrument() -> Instrument:
    return next(found for found in shipped_instruments() if found.id == "core_trust")


def _blank(show_if: object) -> int:
    return SKIPPED if show_if is None else NOT_SHOWN


def _count_planted(copy: Database, sheets: Sequence[Sheet], scratch: Path) -> str:
    """By the program's own steps, from the way in to the count."""
    keys = CountKeyStore(scratch / "keys", scratch / "secrets" / "master")
    words = {"en": "Planted for the proof"}
    with copy.writing() as session:
        agency_id = create_agency(session, words["en"]).agency_id
        initiative = create_initiative(
            session, agency_id, title=words, police_name=words, notice={}, is_simulated=True
        )
        wave = create_wave(
            session,
            agency_id,
            initiative.id,
            kind="baseline",
            label=words,
            languages=["en"],
            instrument=_instrument(),
        )
        open_wave(session, keys, agency_id, wave.id, draft_decision="Nobody reads it.")
    planted = _Planted(agency_id, wave.id, wave.public_key)
    writer = intake_writer(copy)
    writer.start()
    try:
        asyncio.run(_send(writer, planted, sheets))
    finally:
        writer.stop()
    with copy.writing() as session:
        close_wave(session, agency_id, planted.wave_id, timedelta(0))
    count_wave(copy, keys, agency_id, planted.wave_id, backups=None)
    return planted.wave_id


@dataclass(frozen=True, slots=True)
class _Planted:
    agency_id: str
    wave_id: str
    public_key: bytes | None
    sheet_room: int = 0


async def _send(writer: Writer, planted: _Planted, sheets: Sequence[Sheet]) -> None:
    """One after the other, some together: as people come."""
    for some in (sheets[at : at + 10] for at in range(0, len(sheets), 10)):
        await asyncio.gather(
            *(accept_response(writer, planted, new_nonce(), sheet) for sheet in some)
        )


def _planted_ledger(copy: Database, answers: Sequence[str]) -> list[str]:
    with copy.writing() as session:
        store.make_ledger(session)
    for each in answers:
        with copy.writing() as session:
            store.note_in_ledger(session, each)
    with copy.reading() as session:
        return store.ledger_in_order(session, is_sqlite=copy.is_sqlite)
