"""A second look at a sound instrument: is it plain, fair and harmless to the people asked?

A new rule is its function, one name below, and its words in `findings`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from app.instruments.lint.answers import (
    agree_disagree,
    free_texts,
    long_grid,
    no_refusal,
    unlabelled_points,
)
from app.instruments.lint.changes import changes_since
from app.instruments.lint.codes import few_elements, known_elements
from app.instruments.lint.findings import Finding
from app.instruments.lint.forbidden import forbidden_topics
from app.instruments.lint.languages import (
    draft_translations,
    letters_not_on_phones,
    missing_translations,
)
from app.instruments.lint.wording import double_barrelled, hard_reading, long_questions
from app.instruments.load.checks import placed_questions

if TYPE_CHECKING:
    from app.instruments.load import WrittenInstrument
    from app.instruments.model import Instrument
    from app.instruments.texts import Place

_LOOKS: Final[tuple[Callable[[Instrument], Iterator[Finding]], ...]] = (
    forbidden_topics,
    known_elements,
    few_elements,
    hard_reading,
    long_questions,
    double_barrelled,
    agree_disagree,
    no_refusal,
    unlabelled_points,
    free_texts,
    missing_translations,
    draft_translations,
    letters_not_on_phones,
)


@dataclass(frozen=True, slots=True)
class FoundLine:
    """A finding on the line of the file that it is about."""

    file: str
    line: int
    finding: Finding

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.finding}"


def lint(written: WrittenInstrument, *, earlier: Instrument | None = None) -> list[FoundLine]:
    """All findings in the order of the file, without those that it states an exception from."""
    instrument = written.instrument
    found = [finding for look in _LOOKS for finding in look(instrument)]
    if earlier is not None:
        found += changes_since(instrument, earlier)
    placed = [(written.document.line_of(f.place), f) for f in _after_exceptions(instrument, found)]
    placed += [(grid.line, finding) for grid in written.grids for finding in long_grid(grid)]
    placed.sort(key=lambda pair: (pair[0], pair[1].rule))
    return [FoundLine(written.file, line, finding) for line, finding in placed]


def _after_exceptions(instrument: Instrument, found: list[Finding]) -> Iterator[Finding]:
    """Advice may be declined, with a reason; an exception that excuses nothing is told too."""
    declined = {
        (place, exception.rule): question.id
        for place, question in placed_questions(instrument)
        for exception in question.lint_ok
    }
    idle = dict(declined)
    for finding in found:
        at = (_question_of(finding.place), finding.rule)
        idle.pop(at, None)
        if at not in declined or finding.weight == "error":
            yield finding
    for (place, rule), name in idle.items():
        yield Finding("idle-exception", (*place, "lint_ok"), {"id": name, "rule": rule})


def _question_of(place: Place) -> Place:
    """The place of the question that a place lies in: pages, a number, questions, a number."""
    return place[:4]
