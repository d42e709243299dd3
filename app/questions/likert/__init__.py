"""A rating with every point labelled: how much, how often, how sure."""

from textwrap import dedent
from typing import ClassVar, Literal

from pydantic import model_validator

from analysis.codebook import Variable
from app.questions.contract import CodebookContext
from app.questions.options import OneOption, refuse_shuffled_points


class Likert(OneOption):
    """Its codes are points on one line, so a mean of them has a meaning."""

    template: ClassVar[str] = "likert/likert.html"
    shares_columns: ClassVar[bool] = True

    kind: Literal["likert"]

    @model_validator(mode="after")
    def _points_stand_in_order(self) -> "Likert":
        refuse_shuffled_points(self)
        return self

    def variables(self, context: CodebookContext) -> tuple[Variable, ...]:
        return (self.column(context, "ordinal"),)

    @staticmethod
    def example() -> str:
        return dedent("""\
            id: t1
            kind: likert
            text: {en: "How much do you trust the police here?"}
            favourable: [4, 5]
            options:
              missing: [dont_know, prefer_not_to_say]
              options:
                - {code: 1, label: {en: "Not at all"}}
                - {code: 2, label: {en: "A little"}}
                - {code: 3, label: {en: "Some"}}
                - {code: 4, label: {en: "A lot"}}
                - {code: 5, label: {en: "Completely"}}
            """)
