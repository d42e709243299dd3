"""Every text of an instrument, with its place in the file, and the texts it still lacks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pydantic import BaseModel

from app.questions.words import spoken_language

if TYPE_CHECKING:
    from app.instruments.model import Instrument

Place = tuple[str | int, ...]
Phrases = Mapping[str, tuple[str, ...]]


def told_place(place: Place) -> str:
    """A place in the way that it is written down: pages[0].questions[2].text."""
    steps = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in place)
    return steps.removeprefix(".")


def texts_of(part: BaseModel) -> Iterator[tuple[Place, Phrases]]:
    """Each text of an instrument, or of a part of it, as language -> phrases.

    One phrase, or two for the ends of a scale.
    """
    return _walk(part, (), set())


def _walk(part: object, place: Place, seen: set[int]) -> Iterator[tuple[Place, Phrases]]:
    """A named option set hangs under many questions: it is walked where it is written."""
    if id(part) in seen:
        return
    if isinstance(part, BaseModel):
        seen.add(id(part))
        for name in type(part).model_fields:
            yield from _walk(getattr(part, name), (*place, name), seen)
    elif isinstance(part, tuple):
        for index, item in enumerate(part):
            yield from _walk(item, (*place, index), seen)
    elif isinstance(part, dict):
        yield from _walk_mapping(part, place, seen)


def _walk_mapping(
    part: Mapping[str, object], place: Place, seen: set[int]
) -> Iterator[tuple[Place, Phrases]]:
    phrases = {key: _phrases(value) for key, value in part.items()}
    if part and all(phrases.values()):
        yield place, phrases
        return
    for key, value in part.items():
        yield from _walk(value, (*place, key), seen)


def _phrases(value: object) -> tuple[str, ...]:
    """The phrases in one language, or nothing when the value is no text."""
    if isinstance(value, str):
        return (value,)
    if isinstance(value, tuple) and all(isinstance(phrase, str) for phrase in value):
        return value
    return ()


@dataclass(frozen=True, slots=True)
class MissingText:
    """A text that one language lacks; no place when the program itself lacks the language."""

    language: str
    place: Place

    @property
    def where(self) -> str:
        if not self.place:
            return f"the program's own words in {self.language}"
        return told_place(self.place)


def missing_texts(instrument: Instrument) -> Iterator[MissingText]:
    for language in instrument.languages:
        if spoken_language(language) is None:
            yield MissingText(language, ())
    for place, text in texts_of(instrument):
        for language in instrument.languages:
            if language not in text:
                yield MissingText(language, place)


def openable_languages(instrument: Instrument) -> tuple[str, ...]:
    """The languages in which a wave may open: no text is missing."""
    lacking = {missing.language for missing in missing_texts(instrument)}
    return tuple(language for language in instrument.languages if language not in lacking)
