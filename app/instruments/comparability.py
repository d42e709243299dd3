"""Two questions under one comparability key must be one measure, in whichever file they stand.

Stricter than the comparison of two fielded waves (`match_codebooks`), on purpose: a file can still
be mended, in every language; of what was asked, a mended translation is flagged and not refused.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from app.instruments.codebook import all_columns

if TYPE_CHECKING:
    from analysis.codebook import Variable
    from app.instruments.model import Instrument


@dataclass(frozen=True, slots=True)
class WordingClash:
    """A column whose words differ from those under the same key in another instrument."""

    question: str
    key: str
    instrument: str


def _measure(column: Variable, language: str) -> tuple[object, ...]:
    """What is measured: level, options, direction, and the words in one language."""
    return (
        column.level,
        column.text[language],
        tuple((c.code, c.label.get(language), c.is_missing) for c in column.categories),
        frozenset(column.favourable),
    )


def clashes_with(instrument: Instrument, others: Sequence[Instrument]) -> Iterator[WordingClash]:
    """Where this instrument claims a key that another one uses for other words."""
    for other in others:
        known = {column.comparability_key: column for column in all_columns(other)}
        for column in all_columns(instrument):
            twin = known.get(column.comparability_key)
            if twin is not None and differ(column, twin):
                yield WordingClash(column.question, column.comparability_key, other.id)


def differ(column: Variable, twin: Variable) -> bool:
    """Judged in the languages that both speak."""
    return any(
        _measure(column, language) != _measure(twin, language)
        for language in column.text.keys() & twin.text.keys()
    )
