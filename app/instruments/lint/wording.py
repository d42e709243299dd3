"""Rules about the words of a question: short, simple, and one thing at a time."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from app.errors import Phrase
from app.instruments.lint.asked import asked_in_each_language
from app.instruments.lint.findings import Finding
from app.instruments.lint.reading import grade, words_of
from app.instruments.load.checks import placed_questions

if TYPE_CHECKING:
    from app.instruments.model import Instrument
    from app.instruments.texts import Place

AIMED_GRADE: Final = 6
MOST_GRADE: Final = 8
MOST_WORDS: Final = 20
FEWEST_GRADED: Final = 5  # the grade of one or two words says nothing
# Languages that put a space between syllables: counting by spaces would count these.
SPACED_SYLLABLES: Final = {"vi"}
READ: Final = "en"

_SUBORDINATE: Final = re.compile(
    r"\b(?:when|if|before|after|while|because|where)\b[^,?]*", re.IGNORECASE
)
_JOINS: Final = re.compile(r"\b(and/or|and|or|as well as)\b\s*([\w'-]*)", re.IGNORECASE)


def hard_reading(instrument: Instrument) -> Iterator[Finding]:
    """English only: the grade of Flesch and Kincaid is made for English."""
    for place, name, text in _read_by_respondents(instrument):
        reached = grade(text) if len(words_of(text)) >= FEWEST_GRADED else 0
        details: dict[str, object] = {"id": name, "grade": reached}
        if reached > MOST_GRADE:
            yield Finding("reading-hard", place, {**details, "most": MOST_GRADE})
        elif reached > AIMED_GRADE:
            yield Finding("reading-above-aim", place, {**details, "aim": AIMED_GRADE})


def _read_by_respondents(instrument: Instrument) -> Iterator[tuple[Place, Phrase, str]]:
    parts = instrument.consent
    for name in type(parts).model_fields if parts else ():
        text = getattr(parts, name)
        if text is not None and READ in text:
            yield ("consent", name, READ), Phrase("lint.part_of_notice", part=name), text[READ]
    for place, question in placed_questions(instrument):
        for field, text in (("text", question.text), ("hint", question.hint)):
            if text is not None and READ in text:
                yield (*place, field, READ), Phrase("lint.of_question", id=question.id), text[READ]


def long_questions(instrument: Instrument) -> Iterator[Finding]:
    for asked in asked_in_each_language(instrument):
        count = len(words_of(asked.text))
        if count > MOST_WORDS and asked.language.partition("-")[0] not in SPACED_SYLLABLES:
            details = {
                "id": asked.question.id,
                "count": count,
                "language": asked.language,
                "most": MOST_WORDS,
            }
            yield Finding("long-question", (*asked.place, "text", asked.language), details)


def double_barrelled(instrument: Instrument) -> Iterator[Finding]:
    """English only. What stands under a when or an if is no question, nor are named answers."""
    for asked in asked_in_each_language(instrument):
        if asked.language.partition("-")[0] != READ:
            continue
        answers = {word.casefold() for label in asked.labels for word in words_of(label)}
        joined = next(_joined(asked.text, answers), None)
        if joined is not None:
            details = {"id": asked.question.id, "word": joined}
            yield Finding("double-barrelled", (*asked.place, "text", asked.language), details)


def _joined(text: str, answers: set[str]) -> Iterator[str]:
    questions = re.findall(r"[^.?!]*\?", text)
    if len(questions) > 1:
        yield "?"
    for question in questions:
        for match in _JOINS.finditer(_SUBORDINATE.sub("", question)):
            if match[2].casefold() not in answers:
                yield match[1]
