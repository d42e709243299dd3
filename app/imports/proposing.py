"""What a mapping may be, to start from: only where the file says it in the instrument's own words.

Numbers are never guessed at: a 1 is the best answer in one file and the worst in the next.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from app.imports.applying import Asked
from app.imports.mapping import SEPARATORS, ColumnMapping
from app.questions.schema import fill_tokens

if TYPE_CHECKING:
    from app.imports.reading.table import Column, Reading
    from app.questions import Question

Columns = dict[str, ColumnMapping]


@dataclass(frozen=True, slots=True)
class Wording:
    """How the instrument puts its questions in this initiative, to find them in headings."""

    asked: Asked
    tokens: Mapping[str, Mapping[str, str]]

    def texts(self, question: Question) -> Iterator[str]:
        for language, text in question.text.items():
            words = {name: _in(texts, language) for name, texts in self.tokens.items()}
            yield plain(fill_tokens(text, words))

    def spoken(self, question: Question, language: str) -> str:
        words = {name: _in(texts, language) or "…" for name, texts in self.tokens.items()}
        return fill_tokens(_in(question.text, language), words)

    def codes_by_label(self, question: Question) -> dict[str, int]:
        return {
            plain(label): code
            for language in question.text
            for code, label in self.asked.offered(question, language)
        }


def propose_columns(reading: Reading, wording: Wording) -> Columns:
    """Each question once, by its words or its id."""
    proposed: Columns = {}
    for column in reading.kept:
        question = _question_of(column, wording)
        if question is None or not column.filled:
            continue
        is_known = any(mapped.question == question.id for mapped in proposed.values())
        if is_known and len(question.columns) == 1:
            continue
        separator = _separator_of(column, question, wording)
        proposed[column.key] = propose_codes(column, question, wording, separator)
    return proposed


def _separator_of(column: Column, question: Question, wording: Wording) -> str | None:
    """The sign between answers that makes known ones of all that stands in the cells."""
    if len(question.columns) == 1 or not column.is_list:
        return None
    labels = wording.codes_by_label(question)
    for separator in (None, *SEPARATORS):
        if all(plain(content) in labels for content in column.parted(separator)):
            return separator
    return None


def propose_codes(
    column: Column, question: Question, wording: Wording, separator: str | None = None
) -> ColumnMapping:
    """Answers that stand there in the instrument's words; the others are for a person to name."""
    labels = wording.codes_by_label(question)
    contents = column.parted(separator) if column.is_list else {}
    codes = {content: labels[plain(content)] for content in contents if plain(content) in labels}
    says_all = len(codes) == len(contents) or question.keeps_words
    return ColumnMapping.model_validate(
        {
            "question": question.id,
            "same_words": says_all and not _heads(column).isdisjoint(wording.texts(question)),
            "separator": separator,
            "codes": codes,
        }
    )


def plain(words: str) -> str:
    return " ".join(words.casefold().split()).strip(" .:*")


def _heads(column: Column) -> set[str]:
    """What stands above it; of a grid, what was asked and its row also as one sentence."""
    begun = column.question.rstrip(" .:…")
    return {plain(words) for words in (column.question, column.part, f"{begun} {column.part}")}


def _question_of(column: Column, wording: Wording) -> Question | None:
    heads = _heads(column) - {""}
    names = {head.rpartition("/")[2] for head in heads}
    for question in wording.asked.questions():
        if question.id in names or not heads.isdisjoint(wording.texts(question)):
            return question
    return None


def _in(texts: Mapping[str, str], language: str) -> str:
    return texts.get(language) or next(iter(texts.values()), "")
