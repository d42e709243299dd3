from __future__ import annotations

import hashlib
import json
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.codebook import canonical_json
from app.responses.rows import OpenedRow, ShuffledRows, canonical_row, wave_hash
from app.responses.sheet import SHEET_FORMAT, Sheet

ANSWERS = st.dictionaries(
    st.text("abcdefghij_", min_size=1, max_size=12),
    st.integers(-9, 99) | st.lists(st.integers(-9, 99), max_size=4),
    max_size=8,
)
SHEETS = st.builds(
    Sheet,
    language=st.sampled_from(["en", "es", "ar"]),
    mode=st.just("phone_web"),
    recruitment=st.just("open"),
    area=st.none() | st.integers(0, 99),
    quality=st.integers(0, 7),
    answers=ANSWERS,
)


def row(n: int) -> OpenedRow:
    return OpenedRow("phone_web", "open", None, "en", 0, json.dumps({"number": n}))


def shuffled(count: int) -> ShuffledRows:
    rows = ShuffledRows(OpenedRow)
    for n in range(count):
        rows.add(row(n))
    return rows


@given(SHEETS)
def test_a_sheet_comes_out_of_its_bytes_as_it_went_in(sheet: Sheet) -> None:
    assert Sheet.from_bytes(sheet.to_bytes()) == sheet


@given(SHEETS)
def test_answers_are_stored_in_the_spelling_of_the_codebook(sheet: Sheet) -> None:
    opened = OpenedRow.of(sheet)
    assert opened.answers == canonical_json(dict(sheet.answers))
    assert opened[:-1] == (
        sheet.mode,
        sheet.recruitment,
        sheet.area,
        sheet.language,
        sheet.quality,
    )


GOOD = json.loads(Sheet("en", "phone_web", "open", 1, 0, {"a": 1}).to_bytes())


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"null",
        b"[]",
        b"\xff\xfe",
        b"[" * 100_000,
        json.dumps({**GOOD, "format": SHEET_FORMAT + 1}).encode(),
        json.dumps({k: v for k, v in GOOD.items() if k != "area"}).encode(),
        json.dumps({**GOOD, "address": "10.0.0.1"}).encode(),
        json.dumps({**GOOD, "area": True}).encode(),
        json.dumps({**GOOD, "area": 1.0}).encode(),
        json.dumps({**GOOD, "quality": None}).encode(),
        json.dumps({**GOOD, "language": 1}).encode(),
        json.dumps({**GOOD, "answers": []}).encode(),
    ],
)
def test_what_is_no_sheet_is_refused(content: bytes) -> None:
    with pytest.raises(ValueError, match=r"."):
        Sheet.from_bytes(content)


@given(st.binary(max_size=300))
def test_rubbish_is_refused_with_one_kind_of_error(rubbish: bytes) -> None:
    with pytest.raises(ValueError, match=r"."):
        Sheet.from_bytes(rubbish)


@pytest.mark.parametrize("count", [0, 1, 255, 20_000])
def test_every_row_comes_out_once_in_the_order_of_its_id(count: int) -> None:
    rows = shuffled(count)
    assert len(rows) == count
    out = list(rows)
    ids = [response_id for response_id, _ in out]
    assert ids == sorted(set(ids))
    assert {len(each) for each in ids} <= {16}
    assert Counter(r for _, r in out) == Counter(row(n) for n in range(count))
    assert list(rows) == out


def test_the_order_of_opening_is_lost() -> None:
    """Spearman's rho of 5,000 places: 0.08 is passed by chance once in 70 million runs."""
    count = 5000
    order = [json.loads(r.answers)["number"] for _, r in shuffled(count)]
    squares = sum((place - n) ** 2 for place, n in enumerate(order))
    assert abs(1 - 6 * squares / (count * (count**2 - 1))) < 0.08


def test_memory_holds_no_row_in_clear_but_the_last_few() -> None:
    rows = shuffled(50_000)
    packed = sum(len(pack) for packs in rows._packs for pack in packs)
    still_open = sum(map(len, rows._open))
    assert still_open < 256 * 64
    assert packed < 50_000 * 60


def test_the_hash_of_a_wave_is_over_framed_canonical_rows() -> None:
    out = list(shuffled(3))
    running = hashlib.sha256()
    for response_id, opened in out:
        content = canonical_row(response_id, opened)
        assert json.loads(content) == [response_id.hex(), *opened]
        running.update(len(content).to_bytes(8, "big") + content)
    assert wave_hash(out) == running.hexdigest()


def test_any_change_changes_the_hash() -> None:
    out = list(shuffled(50))
    hashes = {wave_hash(out), wave_hash(out[:-1]), wave_hash([*out[1:], out[0]])}
    changed = out[7][1]._replace(quality=1)
    hashes.add(wave_hash([*out[:7], (out[7][0], changed), *out[8:]]))
    assert len(hashes) == 4


@pytest.mark.parametrize("count", [0, 1, 5000, 20_000])
def test_the_hash_of_shuffled_rows_is_the_hash_of_their_wave(count: int) -> None:
    rows = shuffled(count)
    assert rows.hash() == wave_hash(rows)
