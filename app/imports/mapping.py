"""What a person says of a file: which column is which question, which content which answer."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Final, Literal, get_args

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from app.collectors.service import CollectorMode, Recruitment
from app.errors import BadInput, Phrase
from app.errors.misfits import told_misfit
from app.imports.reading.table import LONGEST_CELL, MOST_COLUMNS, MOST_CONTENTS

# `imported`: in a way that Rapport does not have, or that nobody knows any more.
ImportedMode = CollectorMode | Literal["imported"]
ImportedRecruitment = Recruitment | Literal["imported"]
MODES: Final[tuple[str, ...]] = (*get_args(CollectorMode), "imported")
RECRUITMENTS: Final[tuple[str, ...]] = (
    "open",
    "group_code",
    "single_use_code",
    "staff_entered",
    "imported",
)
SEPARATORS: Final[tuple[str, ...]] = (";", ",", " ", "|")
LONGEST_MAPPING: Final = 1024 * 1024
_Content = Annotated[str, Field(max_length=LONGEST_CELL)]
_Code = Annotated[int, Field(strict=True, ge=-9, le=9999)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class ColumnMapping(_Strict):
    """`codes`: each content that stands in the column; None leaves that answer out.

    `same_words`: the question and its answers were put as the instrument puts them.
    """

    question: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
    same_words: bool = False
    separator: Literal[";", ",", " ", "|"] | None = None
    codes: Annotated[dict[_Content, _Code | None], Field(max_length=MOST_CONTENTS)] = {}


class Fielding(_Strict):
    """When, how and in which language the wave was taken. Days of a whole wave, never a person's.

    `mode` and `recruitment` are those of all its answers; `imported` where Rapport has no word.
    """

    first_day: date
    last_day: date
    mode: ImportedMode
    recruitment: ImportedRecruitment
    language: Annotated[str, Field(max_length=10)]


class Mapping(_Strict):
    """By the key of a column; a column that is not named stays out."""

    columns: Annotated[dict[_Content, ColumnMapping], Field(min_length=1, max_length=MOST_COLUMNS)]


class MappingFile(Mapping):
    """A mapping with the fielding beside it, as the command line takes it."""

    fielding: Fielding


def read_mapping_file(text: str) -> MappingFile:
    if len(text) > LONGEST_MAPPING:
        raise BadInput("imports.mapping_long", most=LONGEST_MAPPING // 1024)
    try:
        return MappingFile.model_validate_json(text)
    except ValidationError as exc:
        first, *_ = exc.errors(include_url=False, include_input=False)
        where = " / ".join(map(str, first["loc"])) or Phrase("survey_files.whole_file")
        raise BadInput("imports.mapping_unread", where=where, why=told_misfit(first)) from exc


def checked_fielding(fielding: Fielding, today: date) -> Fielding:
    if not fielding.first_day <= fielding.last_day <= today:
        raise BadInput("imports.order_of_days")
    return fielding
