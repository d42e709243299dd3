"""The kinds of text that calls hold, and how far each may go."""

from __future__ import annotations

from typing import Annotated, Final

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints
from pydantic.config import JsonDict
from pydantic_core import PydanticKnownError

# Written out, because engines of regular expressions do not agree on what \s is.
_CONTROL: Final = r"\x00-\x1f\x7f-\x9f"
_SPACE: Final = r" \xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\ufeff"
_VISIBLE: Final = rf"^[^{_CONTROL}]*[^{_CONTROL}{_SPACE}][^{_CONTROL}]*$"
# Twenty characters or more that do not begin or end with space: services count them so.
REASON: Final = rf"^[^{_CONTROL}{_SPACE}][^{_CONTROL}]*[^{_CONTROL}{_SPACE}]$"
LONGEST: Final = 200
# A mapping whose names have a form: pydantic refuses others, and its JSON schema must say so.
CLOSED: Final[JsonDict] = {"additionalProperties": False}

Line = Annotated[str, StringConstraints(min_length=1, max_length=LONGEST, pattern=_VISIBLE)]
Language = Annotated[str, StringConstraints(pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})?$")]
Texts = Annotated[
    dict[Language, Line],
    Field(
        min_length=1,
        max_length=20,
        description="The same in each language, by its code.",
        json_schema_extra=CLOSED,
        examples=[{"en": "Walking beats", "es": "Rondas a pie"}],
    ),
]
Id = Annotated[str, StringConstraints(pattern=r"^[0-9a-hjkmnp-tv-z]{10}$")]
PublicId = Annotated[str, StringConstraints(pattern=r"^[0-9a-hjkmnp-tv-z]{16}$")]
Hash = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]


Yes = Annotated[bool, Field(strict=True)]


def _refuse_words(value: object) -> object:
    """JSON has one kind of number, so 5.0 is 5; but neither "5" nor true is."""
    if isinstance(value, str | bool):
        raise PydanticKnownError("float_type")
    return value


# Behind the bounds, so that the JSON schema tells them.
WHOLE: Final = BeforeValidator(_refuse_words)


class Sent(BaseModel):
    """What a caller sends: a word that nobody knows is refused, not ignored."""

    model_config = ConfigDict(extra="forbid")


class Revised(Sent):
    """What is written over what stands."""

    revision: Hash | None = Field(
        default=None,
        description="The revision that you have read: when somebody changed it since, nothing is "
        "written (409). Left out, it is written over whatever stands.",
    )


class Shown(BaseModel):
    """What a caller gets, read off a row or a line of a service."""

    model_config = ConfigDict(from_attributes=True)
