"""A box to tick: read and understood, or old enough. The only answer that a sheet may need."""

from collections.abc import Iterator, Sequence
from textwrap import dedent
from typing import ClassVar, Final, Literal

from analysis.codebook import NOT_SHOWN, SKIPPED, Category, Variable
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
    posted,
)
from app.questions.options import MANY_ANSWERS, NOT_AN_OPTION
from app.questions.schema import Flag, Text

GIVEN: Final = 1
NEEDED: Final = AnswerProblem("consent_needed")


class ConsentQuestion(QuestionBase):
    """Ticked or not, nothing more. `needed` keeps a sheet from being sent without the tick."""

    template: ClassVar[str] = "consent/consent.html"
    can_be_declined: ClassVar[bool] = False

    kind: Literal["consent"]
    role: QuestionRole = "background"
    label: Text
    needed: Flag = False

    @property
    def condition_codes(self) -> frozenset[int]:
        return frozenset({GIVEN})

    def decode(self, form: Form, areas: Sequence[AreaChoice]) -> Answer | AnswerProblem:
        del areas
        values = posted(form, self.id)
        if not values:
            return NEEDED if self.needed else SKIPPED
        if len(values) > 1:
            return MANY_ANSWERS
        return GIVEN if values[0] == str(GIVEN) else NOT_AN_OPTION

    def check(self, answer: object, areas: Sequence[AreaChoice]) -> AnswerProblem | None:
        del areas
        if type(answer) is not int or answer not in {GIVEN, SKIPPED, NOT_SHOWN}:
            return NOT_AN_OPTION
        return NEEDED if self.needed and answer == SKIPPED else None

    def variables(self, context: CodebookContext) -> tuple[Variable, ...]:
        return (
            Variable(
                id=self.id,
                question=self.id,
                level="nominal",
                role=self.role,
                text=self.text,
                categories=(Category(GIVEN, self.label),),
                comparability_key=self.comparability_key or context.default_key(self.id),
            ),
        )

    def row(self, answer: Answer) -> dict[str, int]:
        if isinstance(answer, list):
            raise TypeError(f"question {self.id} is a tick, not a list")
        return {self.id: answer}

    def choices(self, page: PageContext, form: Form) -> Iterator[Choice]:
        value = str(GIVEN)
        yield Choice(value, self.label[page.language], value in posted(form, self.id))

    @staticmethod
    def example() -> str:
        return dedent("""\
            id: adult
            kind: consent
            text: {en: "This survey is for people aged 18 or older."}
            label: {en: "I am 18 or older"}
            """)
