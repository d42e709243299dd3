"""Words to read between questions. It asks nothing and stores nothing."""

from collections.abc import Iterator, Sequence
from textwrap import dedent
from typing import ClassVar, Literal

from analysis.codebook import NOT_SHOWN, Variable
from app.questions.contract import (
    Answer,
    AnswerProblem,
    AreaChoice,
    Choice,
    CodebookContext,
    Form,
    PageContext,
    QuestionBase,
)


class Information(QuestionBase):
    """A paragraph with an id, so that it can be shown under a condition like a question."""

    template: ClassVar[str] = "information/information.html"

    kind: Literal["information"]

    @property
    def fields(self) -> tuple[str, ...]:
        return ()

    @property
    def columns(self) -> tuple[str, ...]:
        return ()

    def decode(self, form: Form, areas: Sequence[AreaChoice]) -> Answer | AnswerProblem:
        del form, areas
        return NOT_SHOWN

    def check(self, answer: object, areas: Sequence[AreaChoice]) -> AnswerProblem | None:
        del answer, areas
        return AnswerProblem("not_an_option")

    def variables(self, context: CodebookContext) -> tuple[Variable, ...]:
        del context
        return ()

    def row(self, answer: Answer) -> dict[str, int]:
        del answer
        return {}

    def choices(self, page: PageContext, form: Form) -> Iterator[Choice]:
        del page, form
        return iter(())

    @staticmethod
    def example() -> str:
        return dedent("""\
            id: here
            kind: information
            text: {en: "In these questions, here means the area you chose."}
            """)
