"""The answers to one wave as a table: fixed columns, rows of numbers, read as they are needed."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from typing import Any, Final, get_args

from sqlalchemy.orm import Session

from analysis.codebook import NOT_SHOWN, SKIPPED, Category, Codebook, Variable
from app.collectors.service import MODES, Recruitment
from app.exports.words import label_words
from app.initiatives.tables import Wave
from app.instruments.model import Instrument
from app.reports.facts import about_initiative, codebook_of, instrument_of
from app.reports.paradata import LANGUAGE, MODE, QUALITY, RECRUITMENT, Paradata
from app.responses.service import Response, count_responses, read_rows

Row = Sequence[int | None]
IMPORTED: Final = "imported"
_MOST_QUALITIES: Final = 16
_WAYS: Final = Response._fields.index("answers")
_ALWAYS: Final = (SKIPPED, NOT_SHOWN)


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


class _Cells:
    """The cells that answers fill, in the order of the codebook.

    A hundred thousand sheets of forty answers pass through here, and there are few different
    answers: each is read from its spelling once, and looked up by it from then on. Canonical JSON
    of whole numbers and lists of them holds `,"` between two answers and nowhere else, and names
    the questions in the order of their names.
    """

    def __init__(self, instrument: Instrument, names: Sequence[str]) -> None:
        self._questions = {q.id: q for q in instrument.questions if q.id in names}
        self._names = names
        in_spelling = sorted(names)
        self._places = [in_spelling.index(name) for name in names]
        self._known: dict[str, tuple[int | None, ...]] = {}

    def of(self, answers: str) -> list[int | None]:
        spelled = answers[2:-1].split(',"')
        if len(spelled) != len(self._names) or not answers[2:-1]:
            return self._of_a_part(json.loads(answers))
        known = self._known
        try:
            cells = [known[one] for one in spelled]
        except KeyError:
            for one in spelled:
                known[one] = self._read(one)
            cells = [known[one] for one in spelled]
        return [*chain.from_iterable([cells[place] for place in self._places])]

    def _read(self, spelled: str) -> tuple[int | None, ...]:
        ((name, answer),) = json.loads(f'{{"{spelled}}}').items()
        return self._filled(name, answer)

    def _of_a_part(self, answers: dict[str, Any]) -> list[int | None]:
        """A sheet that holds no answer to some of the questions, not even that it was skipped."""
        return [cell for name in self._names for cell in self._filled(name, answers.get(name))]

    def _filled(self, name: str, answer: Any) -> tuple[int | None, ...]:
        question = self._questions[name]
        filled = {} if answer is None else question.row(answer)
        return tuple(filled.get(column) for column in question.columns)


def _rows(session: Session, wave: Wave, codebook: Codebook) -> Iterator[Row]:
    instrument = instrument_of(session, wave)
    names = list(dict.fromkeys(v.question for v in codebook.variables if v.role != "paradata"))
    cells = _Cells(instrument, names)
    places = _places(instrument, codebook)
    paradata_cells = _ParadataCells(_known_paradata(wave.languages))
    for opened in read_rows(session, wave.agency_id, wave.id):
        row = cells.of(opened.answers)
        row += paradata_cells[opened[:_WAYS]]
        if opened.area is not None:
            for place in places:
                row[place] = opened.area
        yield row


def _places(instrument: Instrument, codebook: Codebook) -> list[int]:
    """Columns that a way in which hangs in one place fills without asking."""
    names = {question.id for question in instrument.questions if question.names_place}
    return [i for i, variable in enumerate(codebook.variables) if variable.id in names]


class _ParadataCells(dict[Any, tuple[int, ...]]):
    """The last cells of a row, worked out once for each mix of ways in there is."""

    def __init__(self, paradata: Paradata) -> None:
        super().__init__()
        self._paradata = paradata

    def __missing__(self, ways: tuple[Any, ...]) -> tuple[int, ...]:
        row = self._paradata.row(Response._make((*ways, {}, None)))
        cells = self[ways] = (row[MODE], row[RECRUITMENT], row[LANGUAGE], row[QUALITY])
        return cells
