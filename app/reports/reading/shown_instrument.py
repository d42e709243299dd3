"""The questions of both waves as they were shown, in the exact words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from app.instruments.model import Instrument
from app.questions import Question
from app.questions.conditions import leaves
from app.questions.contract import AreaChoice, PageContext
from app.questions.rendering import view_of
from app.questions.schema import Text, WaveKind
from app.reports.reading.document import WAVES, in_language
from app.reports.reading.wording import Wording


@dataclass(frozen=True, slots=True)
class AskedWave:
    """What one wave asked. tokens: the initiative's own words, in each of its languages."""

    instrument: Instrument
    kind: WaveKind
    areas: tuple[AreaChoice, ...] = ()
    tokens: Mapping[str, Text] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Facts:
    """What a report tells beside the released document. asked: by the words before and after."""

    asked: Mapping[str, AskedWave] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ShownQuestion:
    text: str
    notes: tuple[str, ...]
    answers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ShownPage:
    title: str
    questions: tuple[ShownQuestion, ...]


@dataclass(frozen=True, slots=True)
class ShownInstrument:
    """One that both waves were asked is told once."""

    heading: str
    pages: tuple[ShownPage, ...]


def instruments_shown(facts: Facts, wording: Wording) -> tuple[ShownInstrument, ...]:
    shown = {wave: tuple(_pages(asked, wording)) for wave, asked in facts.asked.items()}
    if len(shown) == len(WAVES) and shown["before"] == shown["after"]:
        return (ShownInstrument(wording("asked_both"), shown["after"]),)
    return tuple(
        ShownInstrument(wording("asked_in", wave=wording(wave)), shown[wave])
        for wave in WAVES
        if wave in shown
    )


def _pages(asked: AskedWave, wording: Wording) -> Iterator[ShownPage]:
    instrument = asked.instrument
    spoken = wording.language in instrument.languages
    language = wording.language if spoken else instrument.original_language
    tokens = {token: in_language(text, language) for token, text in asked.tokens.items()}
    context = instrument.page_context(language, asked.areas, tokens)
    for page in instrument.pages:
        questions = page.questions_in(asked.kind)
        if questions:
            title = in_language(page.title, language) if page.title else ""
            yield ShownPage(title, tuple(_question(q, asked, context, wording) for q in questions))


def _question(
    question: Question, asked: AskedWave, page: PageContext, wording: Wording
) -> ShownQuestion:
    view = view_of(question, page, {})
    return ShownQuestion(
        view.text,
        tuple(_notes(question, view.hint, asked, page, wording)),
        tuple(choice.label for choice in view.choices),
    )


def _notes(
    question: Question, hint: str | None, asked: AskedWave, page: PageContext, wording: Wording
) -> Iterable[str]:
    if hint:
        yield hint
    if question.show_if:
        texts = {other.id: other for other in asked.instrument.questions}
        first = next(leaves(question.show_if)).item
        yield wording("asked_only_after", question=view_of(texts[first], page, {}).text)
