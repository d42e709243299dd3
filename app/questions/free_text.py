"""Words of one's own: kept apart from all other answers, and never without a warning."""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from typing import Annotated, ClassVar, Final

from pydantic import Field

from analysis.codebook import Variable
from app.privacy.masking import mask_identifiers
from app.questions.contract import (
    Answer,
    AnswerProblem,
    AreaChoice,
    Choice,
    CodebookContext,
    Form,
    PageContext,
    QuestionBase,
    QuestionRole,
)
from app.questions.options import MANY_ANSWERS, NOT_AN_OPTION
from app.questions.words import word

# Line breaks apart: what no reader sees. NUL cannot be stored; marks of direction can mislead.
_UNSEEN: Final = {"Cc", "Cs", "Co", "Cn"}
_OVERRIDES: Final = re.compile("[\u202a-\u202e\u2066-\u2069\ufeff\u200b]")
_MASK: Final = re.compile(r"\[[a-z-]+\]")


class FreeText(QuestionBase):
    """Nothing of it stands in a response: one recognised sentence would unmask all answers."""

    keeps_words: ClassVar[bool] = True
    can_be_declined: ClassVar[bool] = False
    has_lines: ClassVar[bool]

    role: QuestionRole = "background"
    longest: Annotated[int, Field(strict=True)]

    @property
    def columns(self) -> tuple[str, ...]:
        return ()

    @property
    def most_characters(self) -> int:
        return self.longest

    def decode(self, form: Form, areas: Sequence[AreaChoice]) -> str | AnswerProblem:
        del areas
        written = [text for value in form.get(self.id, ()) if (text := self._cleaned(value))]
        if len(written) > 1:
            return MANY_ANSWERS
        text = written[0] if written else ""
        if len(text) > self.longest:
            return AnswerProblem("too_long", {"maximum": self.longest, "length": len(text)})
        return mask_identifiers(text)

    def check(self, answer: object, areas: Sequence[AreaChoice]) -> AnswerProblem | None:
        del areas
        if not isinstance(answer, str) or not answer or answer != self._cleaned(answer):
            return NOT_AN_OPTION
        # A mask may be longer than what it hides, never hides less than one character.
        return NOT_AN_OPTION if len(_MASK.sub("*", answer)) > self.longest else None

    def _cleaned(self, typed: str) -> str:
        lines = unicodedata.normalize("NFC", typed).replace("\r\n", "\n").replace("\r", "\n")
        if not self.has_lines:
            lines = re.sub(r"[\n\t]+", " ", lines)
        seen = (c for c in _OVERRIDES.sub("", lines) if c == "\n" or _is_seen(c))
        return "".join(seen).strip()

    def variables(self, context: CodebookContext) -> tuple[Variable, ...]:
        del context
        return ()

    def row(self, answer: Answer) -> dict[str, int]:
        del answer
        return {}

    def choices(self, page: PageContext, form: Form) -> Iterator[Choice]:
        del page, form
        return iter(())

    def hint_words(self, page: PageContext) -> str:
        """The warning stands beside every box, whatever the instrument says there."""
        parts = (super().hint_words(page), word(page.language, "write_no_names"))
        return " ".join(filter(None, parts))


def _is_seen(character: str) -> bool:
    return unicodedata.category(character) not in _UNSEEN
