"""The rule without exceptions: no question on immigration, citizenship, or what stands for them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from app.errors import Phrase
from app.instruments.lint.asked import Asked, asked_in_each_language
from app.instruments.lint.findings import Finding
from app.instruments.lint.word_lists import Patterns, found_in, topics

if TYPE_CHECKING:
    from app.instruments.model import Instrument


def forbidden_topics(instrument: Instrument) -> Iterator[Finding]:
    """In questions and their answers; a notice may say that nobody asks for papers."""
    for asked in asked_in_each_language(instrument):
        for topic, patterns in topics().items():
            word = next(_words(asked, patterns), None)
            if word is not None:
                details = {
                    "id": asked.question.id,
                    "word": word,
                    "language": asked.language,
                    "topic": Phrase(f"lint.topic_{topic.replace(' ', '_')}"),
                }
                yield Finding("forbidden-topic", asked.place, details)


def _words(asked: Asked, patterns: Patterns) -> Iterator[str]:
    hint = asked.question.hint
    texts = (asked.text, *(() if hint is None else (hint[asked.language],)), *asked.labels)
    for text in texts:
        yield from found_in(patterns, asked.language, text)
