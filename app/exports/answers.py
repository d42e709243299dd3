"""The answers to one wave as a table: fixed columns, rows of numbers, read as they are needed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, Protocol, get_args

from sqlalchemy.orm import Session

from analysis.codebook import NOT_SHOWN, SKIPPED, Category, Codebook, Variable
from app.collectors.service import MODES, Recruitment
from app.exports.words import label_words
from app.initiatives.tables import Wave
from app.instruments.model import Instrument
from app.reports.facts import about_initiative, codebook_of, instrument_of
from app.reports.paradata import LANGUAGE, MODE, QUALITY, RECRUITMENT, Paradata
from app.responses.service import Response, count_responses, read_responses

Row = Sequence[int | None]
IMPORTED: Final = "imported"
_MOST_QUALITIES: Final = 16
_ALWAYS: Final = (SKIPPED, NOT_SHOWN)


class Sink(Protocol):
    """Where the bytes of a file go, from its first to its last."""

    def write(self, some: bytes, /) -> object: ...


@dataclass(frozen=True, slots=True)
class AnswerTable:
    """The columns are those of the codebook, in its order; None stands where nothing was asked."""

    title: str
    codebook: Codebook
    n_rows: int
    rows: Callable[[], Iterator[Row]]

    @property
    def columns(self) -> tuple[Variable, ...]:
        return self.codebook.variables


def wave_codebook(session: Session, wave: Wave) -> Codebook:
    """What each column of the wave's files means. It depends on no answer."""
    codebook = codebook_of(session, wave, about_initiative(session, wave))
    return described(codebook, wave.languages)


def described(codebook: Codebook, languages: Sequence[str]) -> Codebook:
    """With the columns that each sheet carries beside its answers; no code is without a label."""
    whole = _known_paradata(languages).added_to(codebook)
    return replace(
        whole, variables=tuple(_complete(v, codebook.languages) for v in whole.variables)
    )


def wave_table(session: Session, wave: Wave) -> AnswerTable:
    """The wave must be counted. The rows are read through this session, a few at a time."""
    codebook = wave_codebook(session, wave)
    return AnswerTable(
        title=f"{wave.agency_id}{wave.id}",
        codebook=codebook,
        n_rows=count_responses(session, wave.agency_id, wave.id),
        rows=lambda: _rows(session, wave, codebook),
    )


def told_rows(table: AnswerTable, say: Callable[[str], None], every: int = 5000) -> AnswerTable:
    """The same table, which tells how far its reader has come."""

    def rows() -> Iterator[Row]:
        for number, row in enumerate(table.rows()):
            if number % every == 0:
                say(f"{number:,} of {table.n_rows:,} rows")
            yield row

    return replace(table, rows=rows)


def _complete(variable: Variable, languages: Sequence[str]) -> Variable:
    """Each question can be skipped, and can be left out by its condition: both have a label."""
    if variable.role == "paradata":
        return variable
    known = {category.code for category in variable.categories}
    added = (
        Category(code, label_words(code, languages), is_missing=True)
        for code in _ALWAYS
        if code not in known
    )
    return replace(variable, categories=(*variable.categories, *added))


def _known_paradata(languages: Sequence[str]) -> Paradata:
    """Every word there can be, in one order: a code means the same in each file of the wave."""
    return Paradata(
        words={
            MODE: [*MODES, IMPORTED],
            RECRUITMENT: [*_spoken(Recruitment), IMPORTED],
            LANGUAGE: list(languages),
        },
        qualities=set(range(_MOST_QUALITIES)),
    )


def _spoken(literal: Any) -> list[str]:
    """The words of a Literal, also of one made of others."""
    return [
        word for part in get_args(literal) for word in (_spoken(part) if get_args(part) else [part])
    ]


class _Cells(dict[Any, tuple[int | None, ...]]):
    """The cells that an answer fills, worked out once for each answer there is."""

    def __init__(self, instrument: Instrument, question_id: str) -> None:
        super().__init__()
        self._question = next(q for q in instrument.questions if q.id == question_id)
        self.columns = self._question.columns
        self[None] = (None,) * len(self.columns)

    def __missing__(self, answer: int | tuple[int, ...]) -> tuple[int | None, ...]:
        filled = self._question.row(list(answer) if isinstance(answer, tuple) else answer)
        cells = self[answer] = tuple(filled.get(column) for column in self.columns)
        return cells


def _rows(session: Session, wave: Wave, codebook: Codebook) -> Iterator[Row]:
    instrument = instrument_of(session, wave)
    asked = dict.fromkeys(v.question for v in codebook.variables if v.role != "paradata")
    cells_of = {name: _Cells(instrument, name) for name in asked}
    places = _places(instrument, codebook)
    paradata = _known_paradata(wave.languages)
    for response in read_responses(session, wave.agency_id, wave.id):
        row: list[int | None] = []
        answers = response.answers
        for name, cells in cells_of.items():
            answer = answers.get(name)
            row += cells[tuple(answer) if type(answer) is list else answer]
        if response.area is not None:
            for place in places:
                row[place] = response.area
        row += _paradata_cells(paradata, response)
        yield row


def _places(instrument: Instrument, codebook: Codebook) -> list[int]:
    """Columns that a way in which hangs in one place fills without asking."""
    names = {question.id for question in instrument.questions if question.names_place}
    return [i for i, variable in enumerate(codebook.variables) if variable.id in names]


def _paradata_cells(paradata: Paradata, response: Response) -> tuple[int, ...]:
    row: Mapping[str, int] = paradata.row(response)
    return row[MODE], row[RECRUITMENT], row[LANGUAGE], row[QUALITY]
