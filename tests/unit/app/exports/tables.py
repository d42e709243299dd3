"""Tables of answers for tests: every column of an instrument, and answers that try each code."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from analysis.codebook import Category, Codebook
from app.exports.answers import AnswerTable, Row, described
from app.instruments.codebook import build_codebook
from app.instruments.model import Instrument
from app.questions.contract import AreaChoice
from tests.factories import core_trust

AREAS = (
    AreaChoice(1, {"en": "North", "ar": "الشمال"}),
    AreaChoice(2, {"en": "South", "ar": "الجنوب"}),
)


def codebook_of(instrument: Instrument | None = None) -> Codebook:
    codebook = build_codebook(instrument or core_trust(), "follow_up", AREAS)
    return described(codebook, ("en", "es", "ar", "vi"))


def full_table(codebook: Codebook | None = None, n_rows: int = 12) -> AnswerTable:
    """Row by row each column takes its codes in turn, then nothing."""
    book = codebook or codebook_of()

    def rows() -> Iterator[Row]:
        for number in range(n_rows):
            yield tuple(
                _in_turn([*(c.code for c in v.categories), None], number) for v in book.variables
            )

    return AnswerTable("a wave", book, n_rows, rows)


def _in_turn(codes: list[int | None], number: int) -> int | None:
    return codes[number % len(codes)]


def with_labels(codebook: Codebook, labels: list[str]) -> Codebook:
    """Each label somewhere: as a question, and as an option of it."""
    first, *rest = codebook.variables
    named = [
        replace(
            first,
            id=f"q{place}",
            text={"en": label},
            categories=(Category(1, {"en": label}), Category(2, {"en": "plain"})),
        )
        for place, label in enumerate(labels)
    ]
    return replace(codebook, title={"en": labels[0]}, variables=(*named, *rest))
