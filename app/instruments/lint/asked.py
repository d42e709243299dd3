"""What rules look at, question by question, without knowing which kind it is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from app.instruments.load.checks import placed_questions
from app.instruments.texts import openable_languages
from app.questions.contract import Choice

if TYPE_CHECKING:
    from app.instruments.model import Instrument
    from app.instruments.texts import Place
    from app.questions import Question


@dataclass(frozen=True, slots=True)
class Asked:
    """A question that takes an answer, in one of its languages."""

    place: Place
    question: Question
    language: str
    choices: tuple[Choice, ...]

    @property
    def text(self) -> str:
        return self.question.text[self.language]

    @property
    def labels(self) -> Iterator[str]:
        """Of the answers that are the question's own."""
        return (choice.label for choice in self.choices if not choice.is_missing)


def asked_in_each_language(instrument: Instrument) -> Iterator[Asked]:
    """In the languages in which it can be asked: a gap is found by another rule."""
    spoken = dict.fromkeys((instrument.original_language, *openable_languages(instrument)))
    for language in spoken:
        page = instrument.page_context(language, (), {})
        for place, question in placed_questions(instrument):
            if question.fields:
                yield Asked(place, question, language, tuple(question.choices(page, {})))


def asked_originally(instrument: Instrument) -> Iterator[Asked]:
    original = instrument.original_language
    return (asked for asked in asked_in_each_language(instrument) if asked.language == original)
