"""Each format says all of a released report, and nothing that was held back."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from functools import cache
from typing import Any, Final

import pytest

from app.reports.formats import FORMATS, Format
from app.reports.reading import ReportReading, read_report
from app.reports.reading.figures import Picture
from app.reports.reading.panels import Key
from app.reports.reading.shown_instrument import AskedWave, Facts
from app.reports.reading.wording import Wording, read_wording
from app.reports.reading.written import Several, Written
from tests.factories import core_trust
from tests.unit.app.reports.documents import example, released
from tests.unit.app.reports.formats.read_back import READ_BACK, number, squeezed

LANGUAGES: Final = ("en", "es")
# Ids and the names of looks; and texts that stand in one format alone, on purpose.
NOT_READ: Final = frozenset({"id", "verdict", "tone", "level", "kind"})
FACTS: Final = Facts(
    {
        "after": AskedWave(
            core_trust(),
            "follow_up",
            tokens={
                "initiative": {"en": "Neighbourhood meetings"},
                "police": {"en": "Riverside Police"},
                "area": {"en": "this area"},
            },
        )
    }
)


@pytest.fixture(params=FORMATS, ids=lambda kind: kind.name)
def kind(request: pytest.FixtureRequest) -> Format:
    found: Format = request.param
    return found


@cache
def content(kind: Format, people: int, language: str) -> bytes:
    return kind.write(released(people=people), FACTS, language)


def found_in(kind: Format, people: int, language: str) -> str:
    return squeezed(READ_BACK[kind.name](content(kind, people, language)))


def texts_of(part: Any) -> Iterator[str]:
    """Every text of a reading that people are to see."""
    if isinstance(part, str):
        yield part
    elif isinstance(part, Key):
        yield part.label
    elif isinstance(part, tuple):
        for one in part:
            yield from texts_of(one)
    elif is_dataclass(part) and not isinstance(part, Picture | Wording):
        for field in fields(part):
            if field.name not in NOT_READ or isinstance(part, ReportReading):
                yield from texts_of(getattr(part, field.name))


def told_as(kind: Format, text: str) -> list[str]:
    """A workbook holds numbers as numbers, an interval in two cells."""
    if kind.name != "xlsx" or not isinstance(text, Written | Several):
        return [text]
    numbers = text.numbers if isinstance(text, Several) else (text,)
    return [number(round(one.value, 10) + 0.0, one.pattern) for one in numbers]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("people", [40, 260])
def test_every_sentence_and_every_number_stands_in_every_format(
    kind: Format, people: int, language: str
) -> None:
    reading = read_report(released(people=people), language, FACTS)
    told = found_in(kind, people, language)
    wanted = {text: told_as(kind, text) for text in texts_of(reading)}
    missing = [t for t, parts in wanted.items() if not all(squeezed(p) in told for p in parts)]
    assert missing == []


def test_the_box_that_says_how_people_were_reached_is_in_every_format(kind: Format) -> None:
    for people in (40, 260):
        told, wording = found_in(kind, people, "en"), read_wording("en")
        for words in ("Run by: Riverside Neighbours.", "no margin of error"):
            assert squeezed(words) in told
        for key in ("reached_heading", "can_heading", "cannot_heading", "cannot_cause"):
            assert squeezed(wording(key)) in told


def test_no_format_takes_a_document_that_was_not_released(kind: Format) -> None:
    with pytest.raises(ValueError, match="released"):
        kind.write(example("computed"), Facts(), "en")


def test_every_format_can_be_read_back() -> None:
    assert {kind.name for kind in FORMATS} == set(READ_BACK)
    assert len({kind.file_ending for kind in FORMATS}) == len(FORMATS)


def test_every_format_speaks_a_language_that_is_written_from_the_right(kind: Format) -> None:
    kind.write(released(is_simulated=True), FACTS, "ar")
