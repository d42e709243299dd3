"""What a translator gets, and what comes back: one row for each text of a survey file."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

from app.instruments.translation.places import file_texts

if TYPE_CHECKING:
    from app.instruments.model import Instrument

Status = Literal["missing", "draft", "reviewed"]
_LOW_AND_HIGH: Final = ("low end", "high end")
_PARTS: Final = {
    "title": "title",
    "text": "what is asked or told",
    "hint": "hint below the question",
    "label": "answer to choose",
    "elsewhere": "answer to choose",
    "consent": "notice on the first page",
    "missing_labels": "answer to choose",
    "ends": "end of a scale, in reports",
}


@dataclass(frozen=True, slots=True)
class Row:
    """`name` and `source` come back unchanged, or the row is not taken."""

    name: str
    context: str
    source: str
    translation: str
    status: Status


def rows_of(instrument: Instrument, content: str, language: str) -> Iterator[Row]:
    known = instrument.languages.get(language)
    done: Status = "draft" if known is None or known.status == "draft" else "reviewed"
    for text in file_texts(instrument, content):
        sources = text.phrases.get(instrument.original_language, ())
        translations = text.phrases.get(language, ())
        for part, source in enumerate(sources):
            translation = translations[part] if translations else ""
            yield Row(
                name=part_name(text.name, part, len(sources)),
                context=_context(text.name, part, len(sources)),
                source=source,
                translation=translation,
                status=done if translation else "missing",
            )


def part_name(name: str, part: int, parts: int) -> str:
    return name if parts == 1 else f"{name}.{part + 1}"


def _context(name: str, part: int, parts: int) -> str:
    """For people who see no YAML."""
    steps = name.split(".")
    kind = next((_PARTS[step] for step in reversed(steps) if step in _PARTS), "text")
    about = {"questions": "question", "option_sets": "answers", "scales": "scale", "pages": "page"}
    for group, what in about.items():
        if group in steps:
            kind = f"{what} {steps[steps.index(group) + 1]}: {kind}"
            break
    return kind if parts == 1 else f"{kind} ({_LOW_AND_HIGH[part]})"
