"""A number that is typed in. With bands, only the band that it lies in is stored."""

import re
from collections.abc import Iterator, Sequence
from functools import cached_property
from textwrap import dedent
from typing import Any, ClassVar, Final, Literal

from pydantic import model_validator

from analysis.codebook import SKIPPED, Variable
from app.questions.bands import Bands, Bound, options_of, with_labels
from app.questions.contract import (
    MISSING_CODES,
    UNANSWERED,
    Answer,
    AnswerProblem,
    AreaChoice,
    Choice,
    CodebookContext,
    Form,
    MissingAnswer,
    PageContext,
    QuestionBase,
    posted,
)
from app.questions.options import MANY_ANSWERS, NOT_AN_OPTION, reserved_categories
from app.questions.schema import Flag, refuse
from app.questions.words import word

# Digits of any script, and what people put between whole and part: a point, a comma, U+066B.
_TYPED: Final = re.compile(r"(\d{1,9})(?:[.,\u066b](\d{1,9}))?")


class Number(QuestionBase):
    """From `minimum` to `maximum`. A typed 2,5 counts as the 2 of its band: decimals need bands."""

    template: ClassVar[str] = "number/number.html"

    kind: Literal["number"]
    minimum: Bound = 0
    maximum: Bound
    decimals: Flag = False
    bands: Bands = ()
    missing: tuple[MissingAnswer, ...] = ()

    @model_validator(mode="before")
    @classmethod
    def _bands_have_names(cls, document: Any) -> Any:
        return with_labels(document, "number")

    @model_validator(mode="after")
    def _hangs_together(self) -> "Number":
        if self.minimum >= self.maximum:
            raise refuse("empty_range", minimum=self.minimum, maximum=self.maximum)
        if self.decimals and not self.bands:
            raise refuse("decimals_without_bands")
        for end in (self.minimum, self.maximum):
            if self.bands and self._band_of(end) is None:
                raise refuse("bands_fall_short", end=end)
        stray = set(self.favourable) - {band.code for band in self.bands}
        if stray:
            raise refuse("favourable_not_a_band", answer=min(stray))
        return self

    @cached_property
    def _reserved(self) -> dict[str, int]:
        return {str(MISSING_CODES[name]): MISSING_CODES[name] for name in self.missing}

    @property
    def most_code_bytes(self) -> int:
        return max(super().most_code_bytes, len(str(self.maximum)))

    def _band_of(self, number: int) -> int | None:
        return next((band.code for band in self.bands if band.holds(number)), None)

    def decode(self, form: Form, areas: Sequence[AreaChoice]) -> Answer | AnswerProblem:
        del areas
        values = [value.strip() for value in posted(form, self.id) if value.strip()]
        if not values:
            return SKIPPED
        if len(values) > 1:
            return MANY_ANSWERS
        if values[0] in self._reserved:
            return self._reserved[values[0]]
        return self._read(values[0])

    def _read(self, typed: str) -> Answer | AnswerProblem:
        found = _TYPED.fullmatch(typed)
        limits = {"minimum": self.minimum, "maximum": self.maximum}
        if found is None or (found[2] is not None and not self.decimals):
            return AnswerProblem("not_a_number", limits)
        whole, part = int(found[1]), int(found[2] or 0)
        if not self.minimum <= whole <= self.maximum or (whole == self.maximum and part):
            return AnswerProblem("not_a_number", limits)
        band = self._band_of(whole)
        return whole if band is None else band

    def check(self, answer: object, areas: Sequence[AreaChoice]) -> AnswerProblem | None:
        del areas
        if type(answer) is not int:
            return NOT_AN_OPTION
        if answer in UNANSWERED or answer in self._reserved.values():
            return None
        if self.bands:
            is_known = any(answer == band.code for band in self.bands)
        else:
            is_known = self.minimum <= answer <= self.maximum
        return None if is_known else NOT_AN_OPTION

    def variables(self, context: CodebookContext) -> tuple[Variable, ...]:
        bands = options_of(self.bands, ()).categories({}) if self.bands else ()
        return (
            Variable(
                id=self.id,
                question=self.id,
                level="ordinal" if self.bands else "numeric",
                role=self.role,
                text=self.text,
                categories=(*bands, *reserved_categories(self.missing, context.missing_labels)),
                favourable=self.favourable,
                comparability_key=self.comparability_key or context.default_key(self.id),
            ),
        )

    def row(self, answer: Answer) -> dict[str, int]:
        if isinstance(answer, list):
            raise TypeError(f"question {self.id} takes one number, not a list")
        return {self.id: answer}

    def choices(self, page: PageContext, form: Form) -> Iterator[Choice]:
        """The ways not to give a number; the number itself is typed."""
        chosen = posted(form, self.id)
        for name in self.missing:
            value = str(MISSING_CODES[name])
            label = page.missing_labels[name][page.language]
            yield Choice(value, label, value in chosen, is_missing=True)

    def hint_words(self, page: PageContext) -> str:
        return super().hint_words(page) or word(page.language, "number_hint").format(
            minimum=self.minimum, maximum=self.maximum
        )

    @staticmethod
    def example() -> str:
        return dedent("""\
            id: visits
            kind: number
            text: {en: "How many times did you talk with an officer this year?"}
            maximum: 99
            missing: [dont_know, prefer_not_to_say]
            """)
