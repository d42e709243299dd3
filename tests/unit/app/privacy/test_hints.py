"""What the rules point at, each by its name, so that a reviewer can be told why."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.privacy.hints import suggest


@pytest.mark.parametrize(
    ("text", "rule", "words"),
    [
        ("They took my cousin to Hector Ruiz that night", "name", "Hector Ruiz"),
        ("Le dije a Rosa que no abriera", "name", "Rosa"),
        ("It was behind Lincoln School", "place", "Lincoln School"),
        ("Fue en la Plaza de la Constitución", "place", "Plaza de la Constitución"),
        ("I waited 45 minutes for them", "digits", "45"),
        ("My son was stopped twice", "role", "My son"),
        ("Mi hija tiene miedo", "role", "Mi hija"),
        ("Last night they came again", "time", "Last night"),
        ("Call me at 555-234-5678 please", "masked", "[phone]"),
    ],
)
def test_each_rule_points_at_what_it_says(text: str, rule: str, words: str) -> None:
    assert (rule, words) in [(hint.rule, hint.words) for hint in suggest(text).hints]


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("Ask Rosa about it", "Ask [name] about it"),
        ("We met at Lincoln School", "We met at [place]"),
        ("It took 45 minutes", "It took [number] minutes"),
        ("My son was stopped twice", "My son was stopped twice"),
    ],
)
def test_what_could_name_somebody_gives_way_to_a_bracket(text: str, left: str) -> None:
    assert suggest(text).text == left


@pytest.mark.parametrize(
    "text",
    [
        "They should listen more and shout less.",
        "I think the Police here are polite.",
        "Deberían escuchar más.",
        "More walking, fewer cars! And Spanish on the phone.",
    ],
)
def test_an_ordinary_sentence_is_left_alone(text: str) -> None:
    assert suggest(text).hints == ()
    assert suggest(text).text == text


@given(st.text(max_size=200))
def test_any_text_is_looked_at_without_harm(text: str) -> None:
    found = suggest(text)
    assert len(set(found.hints)) == len(found.hints)
    assert all(hint.words for hint in found.hints)
