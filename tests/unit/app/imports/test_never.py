"""Odd headings and odd contents: what could tell who somebody is stays out, and answers do not."""

from __future__ import annotations

import random
from datetime import date, timedelta
from pathlib import Path
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.imports.reading.contents import LOOKED_AT
from app.imports.reading.never import why_never

ODD: Final = Path(__file__).parent / "odd"
WORDS: Final = tuple(f"something {chr(97 + place)}" for place in range(20))
# A number of seven digits alone may be anything: only many different ones tell.
ONLY_TOGETHER: Final = frozenset(("0161 496 0000", "55 12 34 56 78", "5550101"))


def odd(name: str) -> dict[str, list[str]]:
    """By what they are: one a line, under its word in brackets."""
    found: dict[str, list[str]] = {}
    for line in filter(None, (ODD / f"{name}.txt").read_text("utf-8").splitlines()):
        if line.startswith("[") and line[1:-1].replace("_", "").isalpha():
            found[line[1:-1]] = []
        else:
            found[list(found)[-1]].append(line)
    return found


@pytest.mark.parametrize(("why", "headings"), odd("headings").items(), ids=odd("headings"))
def test_a_heading_tells_in_any_spelling_and_a_question_that_speaks_of_such_things_does_not(
    why: str, headings: list[str]
) -> None:
    told = {heading: why_never(heading, "", WORDS) for heading in headings}
    assert told == dict.fromkeys(headings, None if why == "none" else why)


@pytest.mark.parametrize(("why", "cells"), odd("cells").items(), ids=odd("cells"))
def test_what_stands_in_a_cell_tells_under_an_innocent_heading(why: str, cells: list[str]) -> None:
    assert why_never("Question 7", "", cells * 2) == why
    alone = {cell: why_never("Question 7", "", [cell] * 3) for cell in cells}
    assert alone == {cell: None if cell in ONLY_TOGETHER else why for cell in cells}


@pytest.mark.parametrize("answers", (ODD / "answers.txt").read_text("utf-8").splitlines())
def test_answers_stay(answers: str) -> None:
    assert why_never("How would you answer?", "", answers.split("|")) is None
    assert why_never("¿Qué diría usted?", "", answers.split("|") * 40) is None


def test_what_only_looks_like_a_name_of_somebody_tells_where_nobody_shares_it() -> None:
    chance = random.Random(1)
    looking = {
        "record": [f"{chance.choice('ABCDEFGH')}{place}-Z{place}" for place in range(30)],
        "telephone": [f"55 {chance.randrange(10**7, 10**8)}" for _ in range(30)],
        "position": [f"41.{chance.randrange(10**4, 10**5)}" for _ in range(30)],
    }
    for why, cells in looking.items():
        assert why_never("Question 7", "", cells) == why
        assert why_never("Question 7", "", cells[:3] * 30) is None


def test_an_option_that_was_ticked_is_no_address_of_anybody() -> None:
    asked = "How did you hear of us?"
    for part in ("Facebook", "Phone", "Correo"):
        for ticked in (("1", "0", "1"), (part, "", part), ("Yes", "No", "")):
            assert why_never(asked, part, ticked) is None
    assert why_never(asked, "Phone", ("312", "555", "1")) == "telephone"


def test_what_half_of_many_wrote_is_seen_behind_what_the_others_wrote_alike() -> None:
    mails = [f"someone{place}@example.org" for place in range(10 * LOOKED_AT)]
    assert why_never("Question 7", "", ["no"] * len(mails) + mails) == "e_mail"
    assert why_never("Question 7", "", ["no"] * (6 * len(mails)) + mails) is None


@given(
    st.sampled_from(("%Y-%m-%d", "%d/%m/%Y", "%m/%d/%y", "%d.%m.%Y", "%d-%b-%Y", "%B %d, %Y")),
    st.lists(st.integers(0, 30_000), min_size=1, max_size=5),
)
def test_a_day_is_known_however_it_is_written(form: str, days: list[int]) -> None:
    written = [(date(1940, 1, 1) + timedelta(day)).strftime(form) for day in days]
    assert why_never("Question 7", "", written) == "time"
