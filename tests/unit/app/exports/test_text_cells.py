"""No text that somebody typed is computed by the program that opens the file."""

from __future__ import annotations

import csv
import io
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.exports.text_cells import inert
from tests.unit.app.exports.payloads import PAYLOADS

# Written apart from the product: what programs drop from the front of a cell, and what they obey.
DROPPED = re.compile(r'^(?:[\s"]|[^\w\S]|[\x00-\x1f\x7f\u00ad\u200b-\u200f\u2060-\u206f\ufeff])*')
OBEYED = tuple("=+-@\uff1d\uff0b\uff0d\uff20")


def is_live(cell: str) -> bool:
    return DROPPED.sub("", cell).startswith(OBEYED)


def cells(text: str, delimiter: str) -> list[str]:
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    return [cell for row in rows for cell in row]


def written(text: str) -> str:
    file = io.StringIO(newline="")
    csv.writer(file).writerow(["1", inert(text), "2"])
    return file.getvalue()


def test_there_are_two_hundred_payloads_and_each_is_live_as_typed() -> None:
    assert len(set(PAYLOADS)) >= 200
    assert all(
        any(is_live(cell) for cell in re.split(r"[;\t\r\n|]", payload)) for payload in PAYLOADS
    )


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_no_payload_is_live_whatever_sign_the_file_is_split_at(delimiter: str) -> None:
    for payload in PAYLOADS:
        text = written(payload.replace("\0", ""))
        assert not any(is_live(cell) for cell in cells(text, delimiter)), payload


@given(st.text())
def test_it_is_done_once_and_takes_nothing_away(text: str) -> None:
    safe = inert(text)
    assert inert(safe) == safe
    assert safe.replace("'", "") == text.replace("'", "")
    assert not is_live(safe)


@pytest.mark.parametrize(
    "text",
    ["", "A lot", "18-24", "police - community", "¿Cuánto?", "دوريات راجلة", "'quoted'"],
)
def test_what_is_harmless_stays_as_it_is(text: str) -> None:
    assert inert(text) == text
