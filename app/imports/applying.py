"""From columns and a mapping to responses: by the rules by which a resident's form is read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from analysis.codebook import NOT_SHOWN, SKIPPED
from app.errors import BadInput, Phrase
from app.imports.reading.table import Column, Reading, split_cell
from app.instruments.routing import holds
from app.instruments.sheet import area_code
from app.privacy.masking import mask_identifiers
from app.questions.conditions import leaves
from app.questions.contract import Answer, AnswerProblem, AreaChoice
from app.responses.rows import OpenedRow, ShuffledRows, WrittenWords
from app.responses.sheet import Sheet

if TYPE_CHECKING:
    from app.imports.mapping import ColumnMapping, Fielding, Mapping
    from app.instruments.model import Instrument
    from app.questions import Question

WAVE_KIND: Final = "baseline"
SHOWN_CONTENTS: Final = 5
LONGEST_SHOWN: Final = 40


@dataclass(frozen=True, slots=True)
class Asked:
    """What an imported wave can have asked: a baseline of this instrument in these areas."""

    instrument: Instrument
    areas: tuple[AreaChoice, ...]

    def questions(self) -> tuple[Question, ...]:
        """Those that a column can stand for: never an element of a code that links people."""
        asking = self.instrument.asking(WAVE_KIND)
        return tuple(question for question in asking if not question.links_people)

    def question(self, name: str) -> Question | None:
        return next((question for question in self.questions() if question.id == name), None)

    def offered(self, question: Question, language: str) -> list[tuple[int, str]]:
        """The answers it takes, by code; those of a typed number are only the ways to say none."""
        tokens = dict.fromkeys(("area", "initiative", "police"), "…")
        page = self.instrument.page_context(language, self.areas, tokens)
        return [(int(choice.value), choice.label) for choice in question.choices(page, {})]

    def is_typed(self, question: Question) -> bool:
        """Whether a number is typed in: then what stands in the cell is read as a resident's."""
        page = self.instrument.page_context(self.instrument.original_language, self.areas, {})
        return not question.keeps_words and all(c.is_missing for c in question.choices(page, {}))


@dataclass(slots=True)
class Taken:
    """What a file gave, in memory only; and, by the key of each column, what it did not."""

    rows: ShuffledRows[OpenedRow] = field(default_factory=lambda: ShuffledRows(OpenedRow))
    words: ShuffledRows[WrittenWords] = field(default_factory=lambda: ShuffledRows(WrittenWords))
    answered: Counter[str] = field(default_factory=Counter)
    left_out: Counter[str] = field(default_factory=Counter)
    unfit: Counter[str] = field(default_factory=Counter)
    unasked: Counter[str] = field(default_factory=Counter)
    empty_rows: int = 0


def take_answers(reading: Reading, mapping: Mapping, asked: Asked, fielding: Fielding) -> Taken:
    """Each row becomes one response under a fresh random id, in the order of these ids.

    Refuses a mapping that names what is not there, and contents that nobody gave a code.
    """
    sources = _sources(reading, mapping, asked)
    for source in sources:
        source.refuse_unmapped()
    taken = Taken()
    for number in range(reading.n_rows):
        _take_row(number, sources, asked, fielding, taken)
    if not len(taken.rows):
        raise BadInput("imports.nothing_mapped")
    return taken


@dataclass(frozen=True, slots=True)
class Source:
    """A question and the columns that answer it."""

    question: Question
    columns: tuple[tuple[Column, ColumnMapping], ...]
    takes_codes: bool

    def refuse_unmapped(self) -> None:
        lacking = {
            column.key: missing
            for column, mapped in self.columns
            if (missing := self._unmapped(column, mapped))
        }
        for key, missing in lacking.items():
            raise BadInput(
                "imports.unnamed" if len(missing) <= SHOWN_CONTENTS else "imports.many_unnamed",
                column=key,
                contents=[repr(one[:LONGEST_SHOWN]) for one in missing[:SHOWN_CONTENTS]],
                question=self.question.id,
                more=len(missing) - SHOWN_CONTENTS,
            )

    def _unmapped(self, column: Column, mapped: ColumnMapping) -> list[str]:
        return unmapped(column, mapped) if self.takes_codes else []

    def read(self, number: int, taken: Taken) -> list[str]:
        """What the columns hold in a row, as the values that a form would post."""
        values: list[str] = []
        for column, mapped in self.columns:
            cell = column.cells[number]
            if not cell:
                continue
            parts = [cell] if mapped.separator is None else split_cell(cell, mapped.separator)
            for part in parts:
                value = self._value(part, mapped)
                if value is None:
                    taken.left_out[column.key] += 1
                else:
                    values.append(value)
        return values

    def _value(self, part: str, mapped: ColumnMapping) -> str | None:
        if part in mapped.codes:
            code = mapped.codes[part]
            return None if code is None else str(code)
        return None if self.takes_codes else part


def unmapped(column: Column, mapped: ColumnMapping) -> list[str]:
    """Contents without a code. What could tell who somebody is needs none: it is left out."""
    return [
        content
        for content in column.parted(mapped.separator)
        if content not in mapped.codes and mask_identifiers(content) == content
    ]


def asked_questions(mapping: Mapping, asked: Asked) -> list[str]:
    """Those that the file answers, in the order of the instrument."""
    named = {mapped.question for mapped in mapping.columns.values()}
    return [question.id for question in asked.questions() if question.id in named]


def reworded_questions(mapping: Mapping) -> list[str]:
    """Those that were put in other words, or whose answers were."""
    return sorted({m.question for m in mapping.columns.values() if not m.same_words})


def _sources(reading: Reading, mapping: Mapping, asked: Asked) -> list[Source]:
    columns: dict[str, list[tuple[Column, ColumnMapping]]] = {}
    for key, mapped in mapping.columns.items():
        column = reading.column(key)
        if column is None:
            raise BadInput("imports.no_column", column=key)
        if column.never is not None:
            raise BadInput("imports.never", column=key)
        columns.setdefault(mapped.question, []).append((column, mapped))
    return [_source(name, theirs, asked) for name, theirs in _in_order(columns, asked)]


def _in_order(
    columns: dict[str, list[tuple[Column, ColumnMapping]]], asked: Asked
) -> Iterator[tuple[str, list[tuple[Column, ColumnMapping]]]]:
    known = [question.id for question in asked.questions()]
    for name in columns.keys() - set(known):
        raise BadInput("imports.no_question", question=name, known=known)
    return ((name, columns[name]) for name in known if name in columns)


def _source(name: str, columns: Sequence[tuple[Column, ColumnMapping]], asked: Asked) -> Source:
    question = asked.question(name)
    if question is None:
        raise LookupError(name)
    if len(columns) > 1 and len(question.columns) == 1:
        one, other, *_ = (column.key for column, _ in columns)
        raise BadInput("imports.one_answer", question=name, one=one, other=other)
    takes_codes = not (question.keeps_words or asked.is_typed(question))
    offered = {code for code, _ in asked.offered(question, asked.instrument.original_language)}
    for column, mapped in columns:
        for content, code in mapped.codes.items():
            if code is not None and code not in offered:
                raise BadInput(
                    "imports.no_such_answer",
                    column=column.key,
                    content=content[:LONGEST_SHOWN],
                    code=code,
                    question=name,
                    known=sorted(offered) or Phrase("imports.none_by_code"),
                )
    return Source(question, tuple(columns), takes_codes)


def _take_row(
    number: int, sources: Sequence[Source], asked: Asked, fielding: Fielding, taken: Taken
) -> None:
    answers: dict[str, Answer] = {}
    words: dict[str, str] = {}
    here = {source.question.id for source in sources}
    for source in sources:
        question = source.question
        values = source.read(number, taken)
        if not _is_shown(question, answers, here):
            taken.unasked[question.id] += bool(values)
            if not question.keeps_words:
                answers[question.id] = NOT_SHOWN
            continue
        answer = question.decode({question.id: values}, asked.areas)
        if isinstance(answer, AnswerProblem):
            taken.unfit[question.id] += 1
            answer = "" if question.keeps_words else SKIPPED
        if not isinstance(answer, str):
            answers[question.id] = answer
        elif answer:
            words[question.id] = answer
    if not words and all(
        answer in {SKIPPED, NOT_SHOWN} for answer in map(_plain, answers.values())
    ):
        taken.empty_rows += 1
        return
    taken.answered.update([*_given(answers), *words])
    _keep(answers, words, asked, fielding, taken)


def _plain(answer: Answer) -> int | None:
    return answer if isinstance(answer, int) else None


def _given(answers: dict[str, Answer]) -> list[str]:
    return [name for name, answer in answers.items() if answer not in (SKIPPED, NOT_SHOWN)]


def _is_shown(question: Question, answers: dict[str, Answer], here: set[str]) -> bool:
    """Where the file lacks what its condition asks for, the question was put to everybody."""
    condition = question.show_if
    if condition is None or not {leaf.item for leaf in leaves(condition)} <= here:
        return True
    return holds(condition, answers)


def _keep(
    answers: dict[str, Answer],
    words: dict[str, str],
    asked: Asked,
    fielding: Fielding,
    taken: Taken,
) -> None:
    sheet = Sheet(
        language=fielding.language,
        mode=fielding.mode,
        recruitment=fielding.recruitment,
        area=area_code(asked.instrument, answers),
        quality=0,
        answers=answers,
    )
    taken.rows.add(OpenedRow.of(sheet))
    taken.words.add_all(WrittenWords(name, text) for name, text in words.items())
