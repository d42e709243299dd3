from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.reports.charts.lettering import text_width, wrap_text


@given(st.text(max_size=200), st.floats(min_value=40, max_value=400))
def test_no_line_is_wider_than_the_room_it_was_given(text: str, width: float) -> None:
    assert all(text_width(line) <= width for line in wrap_text(text, width))


@given(st.lists(st.text(st.characters(categories=["L"]), min_size=1, max_size=6), max_size=12))
def test_wrapping_keeps_every_word_that_fits(words: list[str]) -> None:
    lines = wrap_text(" ".join(words), 200)
    assert " ".join(lines).split() == words


def test_a_word_that_is_too_long_is_cut_with_a_sign_that_it_was() -> None:
    (line,) = wrap_text("Donaudampfschifffahrtsgesellschaft", 100)
    assert line.endswith("…")
    assert "Donau".startswith(line[:5])


def test_a_text_without_words_has_no_lines() -> None:
    assert wrap_text("  ", 100) == ()


@pytest.mark.parametrize("narrower", ["i", "1", "a", "A", "الشرطة"])
def test_more_letters_take_more_room(narrower: str) -> None:
    assert text_width(narrower) < text_width(narrower + "i") < text_width(narrower + "W")


def test_marks_that_stand_on_other_letters_take_none() -> None:
    assert text_width("قبل") == text_width("قَبْل")
    assert text_width("\u2066+0.20\u2069") == text_width("+0.20")
