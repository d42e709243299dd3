"""The place that the answers are about: one of the initiative's named areas, never a position."""

from collections.abc import Iterator, Sequence
from functools import cached_property
from textwrap import dedent
from typing import ClassVar, Literal

from analysis.codebook import SKIPPED, Category, Variable
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
    QuestionRole,
    posted,
)
from app.questions.options import MANY_ANSWERS, NOT_AN_OPTION, reserved_categories
from app.questions.schema import Text

ELSEWHERE = 0


class AreaQuestion(QuestionBase):
    """Its options are the initiative's areas. `elsewhere` adds a choice that counts as missing."""

    template: ClassVar[str] = "area/area.html"
    names_place: ClassVar[bool] = True

    kind: Literal["area"]
    role: QuestionRole = "background"
    elsewhere: Text | None = None
    missing: tuple[MissingAnswer, ...] = ()

    def _offered(self, areas: Sequence[AreaChoice]) -> dict[str, int]:
        codes = [*(area.code for area in areas), *self.condition_codes]
        return {str(code): code for code in codes}

    @cached_property
    def condition_codes(self) -> frozenset[int]:
        """Whoever lives elsewhere or does not say where: of the areas an instrument knows none."""
        elsewhere = () if self.elsewhere is None else (ELSEWHERE,)
        return frozenset((*elsewhere, *(MISSING_CODES[name] for name in self.missing)))

    def decode(self, form: Form, areas: Sequence[AreaChoice]) -> Answer | AnswerProblem:
        values = posted(form, self.id)
        if not values:
            return SKIPPED
        if len(values) > 1:
            return MANY_ANSWERS
        return self._offered(areas).get(values[0], NOT_AN_OPTION)

    def check(self, answer: object, areas: Sequence[AreaChoice]) -> AnswerProblem | None:
        if type(answer) is not int:
            return NOT_AN_OPTION
        is_known = answer in UNANSWERED or answer in self.condition_codes
        return None if is_known or any(area.code == answer for area in areas) else NOT_AN_OPTION

    def variables(self, context: CodebookContext) -> tuple[Variable, ...]:
        categories = [Category(area.code, area.name) for area in context.areas]
        if self.elsewhere is not None:
            categories.append(Category(ELSEWHERE, self.elsewhere, is_missing=True))
        categories += reserved_categories(self.missing, context.missing_labels)
        return (
            Variable(
                id=self.id,
                question=self.id,
                level="nominal",
                role=self.role,
                text=self.text,
                categories=tuple(categories),
                comparability_key=self.comparability_key or context.default_key(self.id),
            ),
        )

    def row(self, answer: Answer) -> dict[str, int]:
        if isinstance(answer, list):
            raise TypeError(f"question {self.id} takes one area, not a list")
        return {self.id: answer}

    def choices(self, page: PageContext, form: Form) -> Iterator[Choice]:
        chosen = posted(form, self.id)
        for area in page.areas:
            name = area.name.get(page.language) or next(iter(area.name.values()))
            yield Choice(str(area.code), name, str(area.code) in chosen)
        if self.elsewhere is not None:
            label = self.elsewhere[page.language]
            yield Choice(str(ELSEWHERE), label, str(ELSEWHERE) in chosen)
        for missing in self.missing:
            value = str(MISSING_CODES[missing])
            label = page.missing_labels[missing][page.language]
            yield Choice(value, label, value in chosen, is_missing=True)

    @staticmethod
    def example() -> str:
        return dedent("""\
            id: area
            kind: area
            text: {en: "Which area do you live in?"}
            elsewhere: {en: "Somewhere else"}
            missing: [prefer_not_to_say]
            """)
