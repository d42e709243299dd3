"""An age or a year, given as one of its bands: the exact number never leaves the phone."""

from collections.abc import Iterator
from functools import cached_property
from textwrap import dedent
from typing import Any, ClassVar, Literal

from pydantic import model_validator

from analysis.codebook import Variable
from app.questions.bands import Bands, options_of, with_labels
from app.questions.contract import (
    Choice,
    CodebookContext,
    Form,
    MissingAnswer,
    PageContext,
    QuestionRole,
    posted,
)
from app.questions.options import OneAnswer, OptionSet


class YearOrAgeBand(OneAnswer):
    """The bands meet without gap or overlap; the program names them in every language it speaks."""

    template: ClassVar[str] = "year_or_age_band/year_or_age_band.html"

    kind: Literal["year_or_age_band"]
    role: QuestionRole = "background"
    of: Literal["age", "year"]
    bands: Bands
    missing: tuple[MissingAnswer, ...] = ()

    @model_validator(mode="before")
    @classmethod
    def _bands_have_names(cls, document: Any) -> Any:
        unit = document.get("of") if isinstance(document, dict) else None
        return with_labels(document, unit) if unit in {"age", "year"} else document

    @cached_property
    def offered(self) -> OptionSet:
        return options_of(self.bands, self.missing)

    def choices(self, page: PageContext, form: Form) -> Iterator[Choice]:
        return self.offered.choices(page, posted(form, self.id))

    def variables(self, context: CodebookContext) -> tuple[Variable, ...]:
        return (self.column(context, "ordinal"),)

    @staticmethod
    def example() -> str:
        return dedent("""\
            id: since
            kind: year_or_age_band
            text: {en: "Since which year have you lived in this area?"}
            of: year
            missing: [dont_know, prefer_not_to_say]
            bands:
              - {code: 1, to: 1999}
              - {code: 2, from: 2000, to: 2014}
              - {code: 3, from: 2015, to: 2022}
              - {code: 4, from: 2023}
            """)
