from __future__ import annotations

import hashlib
from datetime import timedelta
from pathlib import Path

import pytest

from app.privacy.stuffing.tickets import (
    OLDEST_SECONDS,
    TICKET_CHARACTERS,
    Waited,
    WaitTickets,
    is_worked,
)
from app.privacy.web_keys import WebKeyStore
from tests.conftest import HeldClock

NONCE = bytes(range(16))


@pytest.fixture
def tickets(tmp_path: Path, held_clock: HeldClock) -> WaitTickets:
    assert held_clock
    return WaitTickets(WebKeyStore(tmp_path / "web-keys", tmp_path / "secrets" / "web-master"))


@pytest.mark.parametrize("is_fast", [False, True])
def test_a_ticket_tells_how_long_its_sheet_has_waited_and_whether_it_came_too_fast(
    tickets: WaitTickets, held_clock: HeldClock, *, is_fast: bool
) -> None:
    ticket = tickets.issue("wave", NONCE, is_fast=is_fast)
    assert len(ticket) == TICKET_CHARACTERS
    for passed in (0, 20, OLDEST_SECONDS):
        assert tickets.waited(ticket, "wave", NONCE) == Waited(passed, is_fast=is_fast)
        held_clock.moment += timedelta(seconds={0: 20, 20: OLDEST_SECONDS - 20}.get(passed, 1))
    assert tickets.waited(ticket, "wave", NONCE) is None


def test_a_ticket_serves_no_other_sheet_or_wave_and_cannot_be_made_up(tickets: WaitTickets) -> None:
    ticket = tickets.issue("wave", NONCE)
    assert tickets.waited(ticket, "other", NONCE) is None
    assert tickets.waited(ticket, "wave", bytes(16)) is None
    for place, sign in enumerate(ticket):
        forged = ticket[:place] + ("A" if sign != "A" else "B") + ticket[place + 1 :]
        assert tickets.waited(forged, "wave", NONCE) is None
    for rubbish in ("", "x", "é" * 32, "!" * 32, "A" * 32, "A" * 1000):
        assert tickets.waited(rubbish, "wave", NONCE) is None


def test_work_is_a_number_whose_hash_begins_with_zeros() -> None:
    ticket, bits = "t" * TICKET_CHARACTERS, 12
    number = next(n for n in range(10**6) if is_worked(ticket, str(n), bits))
    digest = hashlib.sha256(f"{ticket}:{number}".encode()).hexdigest()
    assert digest.startswith("000")
    assert not is_worked(ticket, str(number - 1), bits)
    assert not is_worked("u" * TICKET_CHARACTERS, str(number), 20)
    for rubbish in ("", "-1", "1.0", "٣", "0x10", "9" * 11, " 1"):
        assert not is_worked(ticket, rubbish, 0)
