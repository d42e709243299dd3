"""A partner's count in several parts, each small enough to be handed in."""

from __future__ import annotations

import random

import pytest

from app.errors import BadInput
from app.privacy.partner.key_file import PartnerKey
from app.privacy.seal import new_wave_keys
from app.responses.checking import Asked
from app.responses.count.opening import Opened
from app.responses.custody.handing_in import PART_BYTES, write_parts
from app.responses.custody.opened_sheets import read_part, unpack
from app.responses.custody.sealed_intake import SealedIntake
from app.responses.rows import OpenedRow, ShuffledRows, WrittenWords
from tests.factories import core_trust

ROWS = 25_000
ASKED = Asked(core_trust(), "baseline", frozenset({"en"}), ())


def opened(rows: int) -> Opened:
    rng = random.Random(1)
    found, words = ShuffledRows(OpenedRow), ShuffledRows(WrittenWords)
    for _ in range(rows):
        found.add(OpenedRow("kiosk", "open", 1, "en", 0, str(rng.randrange(10**9))))
    words.add(WrittenWords("more", "line one\nline two \N{SNOWMAN}"))
    return Opened(rows, found, words, {}, 0)


@pytest.mark.parametrize("rows", [0, 3, ROWS])
def test_all_rows_arrive_whatever_the_order_of_the_parts(rows: int) -> None:
    key = PartnerKey(new_wave_keys().private, 1)
    count = opened(rows)
    intake = SealedIntake("0123456789", key.public, rows, "", ASKED)
    parts = list(write_parts(count, intake, key))
    assert len(parts) > 1 or rows < ROWS
    assert all(len(part) < PART_BYTES * 1.5 for part in parts)
    read = [read_part(part, key.statement_public) for part in reversed(parts)]
    assert {part.number for part in read} == set(range(1, len(parts) + 1))
    found, words = unpack(read)
    assert Opened(rows, found, words, {}, 0).manifest() == count.manifest()
    with pytest.raises(BadInput):
        read_part(parts[0], PartnerKey(new_wave_keys().private, 1).statement_public)


@pytest.mark.parametrize(
    "line", [b"", b"[]", b'["00"]', b'["zz","a","b"]', b"[1,2,3]", b"[" * 9999, b'{"a":1}']
)
def test_a_row_that_no_count_spells_is_refused(line: bytes) -> None:
    with pytest.raises(BadInput):
        ShuffledRows(WrittenWords).add_canonical(line)
