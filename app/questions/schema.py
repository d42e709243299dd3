"""The small types that every part of an instrument is written in."""

import re
from collections.abc import Mapping
from typing import Annotated, Final, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    JsonValue,
    StringConstraints,
)
from pydantic_core import PydanticCustomError

from app.errors import sentences
from app.errors.misfits import OWN_PHRASES

WaveKind = Literal["baseline", "follow_up"]
WAVE_KINDS: Final[tuple[WaveKind, ...]] = ("baseline", "follow_up")
TOKENS: Final = ("area", "initiative", "police")

_TOKEN = re.compile(r"\{([^{}]*)\}")
_ID = re.compile(r"[a-z][a-z0-9_]{0,39}")
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}")
_UNREADABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b\u2028-\u202e\u2066-\u2069\ufeff]")


class Model(BaseModel):
    """Unknown keys are refused, and nothing changes after loading."""

    model_config = ConfigDict(extra="forbid", frozen=True)


def refuse(code: str, **values: object) -> PydanticCustomError:
    """What a model raises: the loader adds file and line."""
    message = sentences.Phrase(f"questions.{code}", **values)
    remedy = sentences.Phrase(f"questions.{code}_remedy", **values)
    escaped = message.told_in(sentences.SOURCE_LANGUAGE).replace("{", "{{").replace("}", "}}")
    told = {"message": escaped, OWN_PHRASES: (message, remedy)}
    return PydanticCustomError(code, "{message}", told)


def _spelled(pattern: re.Pattern[str]) -> dict[str, JsonValue]:
    """For editors, which know no message of ours."""
    return {"pattern": f"^{pattern.pattern}$"}


def _readable(phrase: str) -> str:
    hidden = _UNREADABLE.search(phrase)
    if hidden:
        raise refuse("hidden_character", sign=f"U+{ord(hidden.group()):04X}")
    stray = _TOKEN.sub(lambda match: "" if match[1] in TOKENS else match[0], phrase)
    if "{" in stray or "}" in stray:
        raise refuse("unknown_token", text=repr(phrase), known=[f"{{{token}}}" for token in TOKENS])
    return phrase


def _plain_id(name: str) -> str:
    if not _ID.fullmatch(name):
        raise refuse("bad_id", id=name)
    return name


def _language_code(code: str) -> str:
    if not _LANGUAGE.fullmatch(code):
        raise refuse("bad_language", language=code)
    return code


Id = Annotated[str, Field(strict=True, json_schema_extra=_spelled(_ID)), AfterValidator(_plain_id)]
LanguageCode = Annotated[str, Field(strict=True), AfterValidator(_language_code)]
Line = Annotated[
    str, StringConstraints(strict=True, strip_whitespace=True, min_length=1, max_length=2000)
]
Phrase = Annotated[Line, AfterValidator(_readable)]
Text = Annotated[dict[LanguageCode, Phrase], Field(min_length=1)]
Code = Annotated[int, Field(strict=True, ge=0, le=9999)]
Flag = Annotated[bool, Field(strict=True)]


def tokens_in(phrase: str) -> frozenset[str]:
    return frozenset(_TOKEN.findall(phrase))


def fill_tokens(phrase: str, tokens: Mapping[str, str]) -> str:
    """Put the initiative's own words where the text says {area}, {initiative} or {police}."""
    return _TOKEN.sub(lambda match: tokens[match[1]], phrase)
