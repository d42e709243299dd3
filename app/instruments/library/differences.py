"""Two versions of an instrument beside each other, in words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal

from app.instruments.lint.changes import changes_since
from app.instruments.texts import texts_of, told_place

if TYPE_CHECKING:
    from app.instruments.model import Instrument
    from app.questions import Question

What = Literal["added", "removed", "text", "setting", "moved"]
NO_LONGER: Final = frozenset({"changed-wording", "new-key", "lost-comparability"})


@dataclass(frozen=True, slots=True)
class Difference:
    """`part` is the place inside the question; `language` where it is a text."""

    what: What
    question: str
    part: str = ""
    language: str = ""
    before: str = ""
    after: str = ""


def differences(before: Instrument, after: Instrument, language: str = "") -> Iterator[Difference]:
    """In the order of the later version; what is gone stands at the end.

    `language`: in which a question that came or went is told, where it has it.
    """
    known = {question.id: question for question in before.questions}
    places = _pages_of(before)
    for question in after.questions:
        if question.id not in known:
            yield Difference("added", question.id, after=_text(question, language))
            continue
        earlier = known[question.id]
        yield from _texts(earlier, question)
        yield from _settings(earlier, question)
        was, now = places[question.id], _pages_of(after)[question.id]
        if was != now:
            yield Difference("moved", question.id, before=was, after=now)
    asked = {question.id for question in after.questions}
    for question in before.questions:
        if question.id not in asked:
            yield Difference("removed", question.id, before=_text(question, language))


def lost_comparisons(before: Instrument, after: Instrument) -> list[str]:
    """Questions that both ask and that the report will not compare."""
    return [
        str(finding.details["id"])
        for finding in changes_since(after, before)
        if finding.rule in NO_LONGER
    ]


def _texts(before: Question, after: Question) -> Iterator[Difference]:
    was, now = _texts_by_place(before), _texts_by_place(after)
    for place, language in sorted(was.keys() | now.keys()):
        old, fresh = was.get((place, language), ""), now.get((place, language), "")
        if old != fresh:
            yield Difference("text", after.id, place, language, old, fresh)


def _settings(before: Question, after: Question) -> Iterator[Difference]:
    """What is no text: conditions, codes, what may be declined, which waves ask it."""
    was, now = _without_texts(before), _without_texts(after)
    for name in sorted(was.keys() | now.keys()):
        if was.get(name) != now.get(name):
            yield Difference(
                "setting", after.id, name, "", _spelled(was.get(name)), _spelled(now.get(name))
            )


def _texts_by_place(question: Question) -> dict[tuple[str, str], str]:
    return {
        (told_place(place), language): " / ".join(phrases)
        for place, text in texts_of(question)
        for language, phrases in text.items()
    }


def _without_texts(question: Question) -> dict[str, Any]:
    texts = {told_place(place) for place, _ in texts_of(question)}
    flat: dict[str, Any] = {}
    _flatten(question.model_dump(mode="json", exclude_defaults=True), "", flat)
    return {
        name: value
        for name, value in flat.items()
        if name != "comparability_key" and name.rpartition(".")[0] not in texts
    }


def _flatten(part: Any, name: str, flat: dict[str, Any]) -> None:
    if isinstance(part, dict):
        for key, value in part.items():
            _flatten(value, f"{name}.{key}".removeprefix("."), flat)
    elif isinstance(part, list) and any(isinstance(each, dict) for each in part):
        for place, value in enumerate(part):
            _flatten(value, f"{name}[{place}]", flat)
    else:
        flat[name] = part


def _pages_of(instrument: Instrument) -> dict[str, str]:
    return {question.id: page.id for page in instrument.pages for question in page.questions}


def _text(question: Question, language: str) -> str:
    return question.text.get(language) or next(iter(question.text.values()), "")


def _spelled(value: object) -> str:
    if value is None:
        return ""
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
