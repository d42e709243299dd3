"""One answer out of a list."""

from textwrap import dedent
from typing import ClassVar, Literal

from pydantic import model_validator

from analysis.codebook import Variable
from app.questions.contract import CodebookContext
from app.questions.options import OneOption, refuse_shuffled_points
from app.questions.schema import Flag


class SingleChoice(OneOption):
    """Its codes are names, unless `ordered` says that they stand in an order, like age bands."""

    template: ClassVar[str] = "single_choice/single_choice.html"

    kind: Literal["single_choice"]
    ordered: Flag = False

    @model_validator(mode="after")
    def _an_order_is_not_shuffled(self) -> "SingleChoice":
        if self.ordered:
            refuse_shuffled_points(self)
        return self

    def variables(self, context: CodebookContext) -> tuple[Variable, ...]:
        return (self.column(context, "ordinal" if self.ordered else "nominal"),)

    @staticmethod
    def example() -> str:
        return dedent("""\
            id: k1
            kind: single_choice
            text: {en: "Have you had any contact with the police here in the last 12 months?"}
            options:
              missing: [prefer_not_to_say]
              options:
                - {code: 1, label: {en: "Yes"}}
                - {code: 2, label: {en: "No"}}
                - {code: 3, label: {en: "Not sure"}}
            """)
