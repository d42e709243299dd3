"""The reading grade, against the grades that the reference gives for core_trust."""

from __future__ import annotations

import pytest

from app.instruments.lint.reading import grade, syllables
from app.instruments.load.shipped import shipped_instruments

CORE = next(i for i in shipped_instruments() if i.id == "core_trust")
TEXTS = {question.id: question.text["en"] for question in CORE.questions}

# instruments.md §2, for the questions in which both counters agree on every word
GRADES = (
    "t1 0.8, t2 3.6, f1 4.8, f2 5.9, f3 6.8, f4 4.0, f5 5.0, f6 5.0, e2 3.8, l1 2.9, w1 3.7, "
    "w2 4.9, w3 5.8, c1 3.4, a1 3.6, x2 4.8, k2 2.9, k3 3.7, k4 2.5"
)
# The reference gives these a lower grade. Its counter takes a-bout, a-lone, an-y, eas-y, ar-e-a and
# un-der-stand for one or two syllables fewer than are spoken; the counts here were made by ear.
COUNTED_BY_EAR = {
    "e1": (12, 15, 2.9),
    "e3": (14, 21, 5.9),
    "l2": (11, 14, 2.6),
    "c2": (19, 22, 4.9),
    "c3": (17, 22, 4.9),
    "s1": (14, 18, 2.5),
    "s2": (15, 18, 2.1),
    "k1": (14, 17, 3.1),
}
SYLLABLES = {
    1: "you 12 a the I don't asked crimes guards here where",
    2: "police people needed places language going being trying safely safety safeguards statement "
    "something every business beyond question treated worries handled couples special Asian "
    "million people's",
    3: "area areas languages violent serious usual completely agreement anyone everyone officer "
    "officers neighbourhood visited religious video",
    4: "experience society information ethnicity",
    5: "initiative",
}


def pairs(listed: str) -> list[list[str]]:
    return [pair.split() for pair in listed.split(",")]


@pytest.mark.parametrize(("question", "expected"), pairs(GRADES))
def test_the_grade_is_that_of_the_reference(question: str, expected: str) -> None:
    assert grade(TEXTS[question]) == pytest.approx(float(expected), abs=0.05)


@pytest.mark.parametrize("question", COUNTED_BY_EAR)
def test_where_the_reference_counts_otherwise_the_grade_is_that_of_the_spoken_words(
    question: str,
) -> None:
    words, spoken, by_reference = COUNTED_BY_EAR[question]
    by_ear = 0.39 * words + 11.8 * spoken / words - 15.59
    assert grade(TEXTS[question]) == pytest.approx(by_ear)
    assert 0 < by_ear - by_reference < 2.6


@pytest.mark.parametrize("count", SYLLABLES)
def test_syllables_are_counted_as_they_are_spoken(count: int) -> None:
    found = {word: syllables(word) for word in SYLLABLES[count].split()}
    assert found == dict.fromkeys(found, count)


def test_shorter_sentences_are_easier() -> None:
    long = "We met the chief in the morning, and then we all went home."
    assert grade(long.replace(", and", ".")) < grade(long)


def test_the_words_of_the_initiative_are_not_held_against_the_question() -> None:
    assert grade("Have you heard of {initiative}?") == grade("Have you heard of Springboard?")


def test_a_typographic_apostrophe_is_one_with_the_typed_one() -> None:
    assert grade("Don\N{RIGHT SINGLE QUOTATION MARK}t you go?") == grade("Don't you go?")
