"""The kinds of question. A new kind is its room (Python beside HTML) and one name below."""

from collections.abc import Mapping
from typing import Annotated, Final, get_args

from pydantic import Field

from app.questions.area import AreaQuestion
from app.questions.code_element import CodeElement
from app.questions.consent import ConsentQuestion
from app.questions.contract import QuestionBase
from app.questions.information import Information
from app.questions.likert import Likert
from app.questions.long_text import LongText
from app.questions.multiple_choice import MultipleChoice
from app.questions.number import Number
from app.questions.short_text import ShortText
from app.questions.single_choice import SingleChoice
from app.questions.year_or_age_band import YearOrAgeBand

Question = Annotated[
    Likert
    | SingleChoice
    | MultipleChoice
    | YearOrAgeBand
    | Number
    | ShortText
    | LongText
    | CodeElement
    | AreaQuestion
    | ConsentQuestion
    | Information,
    Field(discriminator="kind"),
]


def _name_of(kind: type[QuestionBase]) -> str:
    (name,) = get_args(kind.model_fields["kind"].annotation)
    return str(name)


KINDS: Final[Mapping[str, type[QuestionBase]]] = {
    _name_of(kind): kind for kind in get_args(get_args(Question)[0])
}
