"""All answers that apply, out of a list: one column per option."""

import re
from collections.abc import Sequence
from textwrap import dedent
from typing import Annotated, ClassVar, Literal

from pydantic import Field, model_validator

from analysis.codebook import SKIPPED, Category, Variable
from app.questions.contract import (
    UNANSWERED,
    Answer,
    AnswerProblem,
    AreaChoice,
    CodebookContext,
    Form,
    PageContext,
    posted,
)
from app.questions.options import NOT_AN_OPTION, Option, OptionsQuestion, reserved_categories
from app.questions.schema import refuse
from app.questions.words import word, words_in

CHOSEN = 1
NOT_CHOSEN = 0


class MultipleChoice(OptionsQuestion):
    """`maximum` bounds how many may be chosen; an `exclusive` option stands alone."""

    template: ClassVar[str] = "multiple_choice/multiple_choice.html"

    kind: Literal["multiple_choice"]
    maximum: Annotated[int, Field(strict=True, ge=2)] | None = None

    @model_validator(mode="after")
    def _fits_its_options(self) -> "MultipleChoice":
        if self.maximum is not None and self.maximum > len(self.options.options):
            raise refuse(
                "maximum_too_large", maximum=self.maximum, options=len(self.options.options)
            )
        if any(option.missing for option in self.options.options):
            raise refuse("missing_in_multiple")
        return self

    @property
    def columns(self) -> tuple[str, ...]:
        return tuple(self._column_of(option) for option in self.options.options)

    def _column_of(self, option: Option) -> str:
        return f"{self.id}_{option.code}"

    def decode(self, form: Form, areas: Sequence[AreaChoice]) -> Answer | AnswerProblem:
        values = posted(form, self.id)
        if not values:
            return SKIPPED
        if any(value not in self.options.by_value for value in values):
            return NOT_AN_OPTION
        chosen = {self.options.by_value[value] for value in values}
        if len(chosen) == 1 and chosen.issubset(self.options.reserved_codes):
            return chosen.pop()
        answer = [code for code in self.options.codes if code in chosen]
        if len(answer) < len(chosen):
            return AnswerProblem("stands_alone")
        return self.check(answer, areas) or answer

    def check(self, answer: object, areas: Sequence[AreaChoice]) -> AnswerProblem | None:
        del areas
        if type(answer) is int:
            is_reserved = answer in UNANSWERED or answer in self.options.reserved_codes
            return None if is_reserved else NOT_AN_OPTION
        if not isinstance(answer, list) or not self._are_options(answer):
            return NOT_AN_OPTION
        if self.maximum is not None and len(answer) > self.maximum:
            return AnswerProblem("too_many", {"maximum": self.maximum})
        return AnswerProblem("stands_alone") if self._holds_a_loner(answer) else None

    def _holds_a_loner(self, answer: list[object]) -> bool:
        return len(answer) > 1 and any(
            option.exclusive and option.code in answer for option in self.options.options
        )

    def _are_options(self, answer: list[object]) -> bool:
        """Each at most once and in the order of the options, so that one answer has one form."""
        if not all(type(code) is int for code in answer):
            return False
        return bool(answer) and answer == [code for code in self.options.codes if code in answer]

    def variables(self, context: CodebookContext) -> tuple[Variable, ...]:
        key = self.comparability_key or context.default_key(self.id)
        reserved = reserved_categories(self.options.missing, context.missing_labels)
        not_chosen = Category(NOT_CHOSEN, words_in(context.languages, "not_chosen"))
        return tuple(
            Variable(
                id=self._column_of(option),
                question=self.id,
                level="binary",
                role=self.role,
                text=self.text,
                categories=(not_chosen, Category(CHOSEN, option.label), *reserved),
                favourable=(CHOSEN,) if option.code in self.favourable_codes else (),
                comparability_key=f"{key}#{option.code}",
            )
            for option in self.options.options
        )

    def row(self, answer: Answer) -> dict[str, int]:
        if isinstance(answer, int):
            return dict.fromkeys(self.columns, answer)
        return {
            self._column_of(option): CHOSEN if option.code in answer else NOT_CHOSEN
            for option in self.options.options
        }

    def hint_words(self, page: PageContext) -> str | None:
        given = super().hint_words(page)
        if given is not None:
            return given
        if self.maximum is None:
            return word(page.language, "choose_all_that_apply")
        return word(page.language, "choose_up_to").format(maximum=self.maximum)

    def keyed(self, typed: str) -> list[str]:
        """All codes in a row: 1 3 4, or 1,3,4."""
        return re.split(r"[\s,;.+]+", typed.strip())

    @staticmethod
    def example() -> str:
        return dedent("""\
            id: better
            kind: multiple_choice
            text: {en: "What should the police here do better?"}
            maximum: 2
            options:
              missing: [dont_know, prefer_not_to_say]
              options:
                - {code: 1, label: {en: "Coming quickly"}}
                - {code: 2, label: {en: "Listening"}}
                - {code: 3, label: {en: "Fair treatment"}}
                - {code: 4, label: {en: "Nothing I can think of"}, exclusive: true}
            """)
