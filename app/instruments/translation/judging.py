"""Whether a row that came back from a translator can stand in the survey file."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from pydantic import TypeAdapter, ValidationError

from app.questions.schema import Phrase, tokens_in

TIMES_AS_LONG: Final = 3
LENGTH_TOLD_FROM: Final = 40  # characters: a short word may well become a long one
_PHRASE: Final[TypeAdapter[str]] = TypeAdapter(Phrase)


@dataclass(frozen=True, slots=True)
class Delivered:
    """One row as it came back, with its number in the workbook."""

    line: int
    name: str
    source: str
    translation: str


@dataclass(frozen=True, slots=True)
class Remark:
    """What is to be said about a row."""

    row: Delivered
    told: str

    def __str__(self) -> str:
        return f"row {self.row.line} ({self.row.name}): {self.told}"


def faults(row: Delivered, source: str) -> Iterator[Remark]:
    """Why a row cannot be taken."""
    if row.source != source:
        yield Remark(row, f"the source has changed since the export; now it is {source!r}")
    try:
        _PHRASE.validate_python(row.translation)
    except ValidationError as exc:
        yield Remark(row, str(exc.errors()[0]["msg"]))
    differing = sorted(tokens_in(source) ^ tokens_in(row.translation))
    if differing:
        tokens = ", ".join(f"{{{token}}}" for token in differing)
        yield Remark(row, f"{tokens} must stand in the source and in the translation alike")


def doubts(row: Delivered, source: str) -> Iterator[Remark]:
    """What is taken and should be looked at."""
    length = len(row.translation)
    if row.translation == source:
        yield Remark(row, "the translation is the source itself")
    elif length > max(LENGTH_TOLD_FROM, TIMES_AS_LONG * len(source)):
        yield Remark(row, f"{length} characters for {len(source)}: does it say more?")
