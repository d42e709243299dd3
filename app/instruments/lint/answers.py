"""Rules about what can be answered: real words, a way out, and no invitation to agree."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from analysis.codebook import PREFER_NOT_TO_SAY
from app.errors import Phrase
from app.instruments.lint.asked import asked_in_each_language, asked_originally
from app.instruments.lint.findings import Finding
from app.instruments.lint.word_lists import agreement, found_in
from app.instruments.load.checks import placed_questions
from app.questions.schema import WAVE_KINDS

if TYPE_CHECKING:
    from app.instruments.load.grids import Grid
    from app.instruments.model import Instrument

MOST_ROWS: Final = 5
MOST_FREE_TEXTS: Final = 1
_NO_LETTER: Final = re.compile(r"[\W\d_]*")


def agree_disagree(instrument: Instrument) -> Iterator[Finding]:
    for asked in asked_originally(instrument):
        for label in asked.labels:
            if any(found_in(agreement(), asked.language, label)):
                details = {"id": asked.question.id, "label": label}
                yield Finding("agree-disagree", (*asked.place, "options"), details)
                break


def no_refusal(instrument: Instrument) -> Iterator[Finding]:
    for asked in asked_originally(instrument):
        offered = {choice.value for choice in asked.choices}
        if asked.question.can_be_declined and str(PREFER_NOT_TO_SAY) not in offered:
            yield Finding("no-refusal", asked.place, {"id": asked.question.id})


def unlabelled_points(instrument: Instrument) -> Iterator[Finding]:
    for asked in asked_in_each_language(instrument):
        for label in asked.labels:
            if _NO_LETTER.fullmatch(label):
                details = {"id": asked.question.id, "label": label, "language": asked.language}
                yield Finding("unlabelled-point", (*asked.place, "options"), details)
                break


def free_texts(instrument: Instrument) -> Iterator[Finding]:
    places = {question.id: place for place, question in placed_questions(instrument)}
    for question in instrument.questions:
        if question.keeps_words:
            yield Finding("free-text", places[question.id], {"id": question.id})
    many: dict[str, dict[str, object]] = {}
    for wave_kind in WAVE_KINDS:
        for count, question in enumerate(instrument.worded(wave_kind), start=1):
            details = {"id": question.id, "count": count, "wave": Phrase(f"lint.wave_{wave_kind}")}
            if count > MOST_FREE_TEXTS:
                many.setdefault(question.id, details)
    for name, details in many.items():
        yield Finding("many-free-texts", places[name], details)


def long_grid(grid: Grid) -> Iterator[Finding]:
    if grid.rows > MOST_ROWS:
        yield Finding("long-grid", (), {"count": grid.rows, "most": MOST_ROWS})
