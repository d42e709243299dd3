"""What is wrong with an instrument, each with its remedy, in words for its author."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from app.errors import BadInput, Phrase
from app.errors.sentences import SOURCE_LANGUAGE

MOST_SHOWN: Final = 40
LONGEST_MESSAGE: Final = 300


@dataclass(frozen=True, slots=True)
class InstrumentProblem:
    """One thing to mend: where it stands, what is wrong, and what to do about it."""

    file: str
    line: int
    code: str
    message: str
    remedy: str
    phrases: tuple[Phrase, Phrase] = field(compare=False, repr=False)

    def told_in(self, language: str) -> str:
        message, remedy = (_cut(phrase.told_in(language)) for phrase in self.phrases)
        remedy = f"{remedy[:1].upper()}{remedy[1:]}"
        place = {"file": self.file, "line": self.line}
        return Phrase("survey_files.line", **place, message=message, remedy=remedy).told_in(
            language
        )

    def __str__(self) -> str:
        return self.told_in(SOURCE_LANGUAGE)


class InstrumentProblems(BadInput):
    """An instrument that cannot be used, with all that was found wrong with it."""

    code = "instrument_problems"

    def __init__(self, problems: Iterable[InstrumentProblem]) -> None:
        super().__init__("")
        self.problems = sorted(set(problems), key=lambda problem: (problem.line, problem.message))

    def told_in(self, language: str) -> str:
        lines = [problem.told_in(language) for problem in self.problems[:MOST_SHOWN]]
        if len(self.problems) > MOST_SHOWN:
            rest = len(self.problems) - MOST_SHOWN
            lines.append(Phrase("survey_files.more", rest=rest).told_in(language))
        return "\n".join(lines)


def problem(file: str, line: int, code: str, **details: object) -> InstrumentProblem:
    message, remedy = (f"survey_files.{code}", f"survey_files.{code}_remedy")
    return told(file, line, code, Phrase(message, **details), Phrase(remedy, **details))


def told(file: str, line: int, code: str, message: Phrase, remedy: Phrase) -> InstrumentProblem:
    message_words, remedy_words = (
        _cut(each.told_in(SOURCE_LANGUAGE)) for each in (message, remedy)
    )
    return InstrumentProblem(file, line, code, message_words, remedy_words, (message, remedy))


def _cut(words: str) -> str:
    """Short, however long the text that it quotes."""
    return words if len(words) <= LONGEST_MESSAGE else words[:LONGEST_MESSAGE] + " ..."
