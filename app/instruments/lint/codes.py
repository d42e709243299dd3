"""Elements of a respondent's own code: nothing that a police record holds, and enough of them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from app.errors import Phrase
from app.instruments.lint.asked import asked_in_each_language
from app.instruments.lint.findings import Finding
from app.instruments.lint.word_lists import found_in, police_records
from app.instruments.load.checks import placed_questions
from app.questions.schema import WAVE_KINDS

if TYPE_CHECKING:
    from app.instruments.model import Instrument

USUAL_ELEMENTS: Final = 7  # with fewer, chance links strangers (docs/questions/code_element.md)


def known_elements(instrument: Instrument) -> Iterator[Finding]:
    """What the police hold already would tell them whose code it is."""
    for asked in asked_in_each_language(instrument):
        if not asked.question.links_people:
            continue
        hint = asked.question.hint
        texts = (asked.text, *(() if hint is None else (hint[asked.language],)))
        for topic, patterns in police_records().items():
            word = next((w for t in texts for w in found_in(patterns, asked.language, t)), None)
            if word is not None:
                details = {
                    "id": asked.question.id,
                    "word": word,
                    "language": asked.language,
                    "topic": Phrase(f"lint.topic_{topic.replace(' ', '_')}"),
                }
                yield Finding("known-to-police", asked.place, details)


def few_elements(instrument: Instrument) -> Iterator[Finding]:
    for kind in WAVE_KINDS:
        elements = instrument.code_elements(kind)
        if elements and len(elements) != USUAL_ELEMENTS:
            place = next(p for p, q in placed_questions(instrument) if q.id == elements[0].id)
            details = {
                "count": len(elements),
                "wave": Phrase(f"lint.wave_{kind}"),
                "usual": USUAL_ELEMENTS,
            }
            yield Finding("few-code-elements", place, details)
            return
