"""A baseline that was taken elsewhere, as calls bring it and are answered."""

from __future__ import annotations

from base64 import b64encode
from typing import Annotated, Any, Final, Literal

from pydantic import ConfigDict, Field

from app.api.shapes.words import WHOLE, Sent, Shown, Yes
from app.imports.reading.table import LONGEST_CELL, MOST_BYTES, MOST_COLUMNS, MOST_CONTENTS

LONGEST_BASE64: Final = MOST_BYTES * 4 // 3 + 4
_EXAMPLE: Final = b64encode(
    b"Timestamp,How much do you trust the police here?\n2025-03-04 09:14,A lot\n"
).decode()
_ASKED: Final = "How much do you trust the police here?"
_COLUMN: Final[dict[str, Any]] = {
    "question": "t1",
    "same_words": True,
    "codes": {"A lot": 4},
}

File = Annotated[
    str,
    Field(
        min_length=4,
        max_length=LONGEST_BASE64,
        pattern=r"^[A-Za-z0-9+/]+={0,2}$",
        description="The bytes of the CSV or XLSX, in base64. They are read, and not kept.",
    ),
]
Heading = Annotated[str, Field(min_length=1, max_length=LONGEST_CELL)]
Day = Annotated[str, Field(pattern=r"^\d{4}-\d{2}-\d{2}$")]
Code = Annotated[int, Field(ge=-9, le=9999), WHOLE]


class FileSent(Sent):
    """An export of another tool."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"file": _EXAMPLE}]})

    file: File


class MappedColumn(Sent):
    """Which question a column answers, and what its contents stand for."""

    question: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
    same_words: Yes = Field(
        default=False, description="Question and answers were put as the questionnaire puts them."
    )
    separator: Literal[";", ",", " ", "|"] | None = Field(
        default=None, description="Between several answers in one cell."
    )
    codes: Annotated[
        dict[Heading, Code | None],
        Field(
            default_factory=dict,
            max_length=MOST_CONTENTS,
            description="Each content with its code; null leaves that answer out.",
        ),
    ]


class FieldingSent(Sent):
    """How the wave was taken. Days are those of the whole wave."""

    first_day: Day
    last_day: Day
    mode: Literal["phone_web", "kiosk", "paper", "imported"] = Field(
        description="`imported`: in another way, in several, or not known."
    )
    recruitment: Literal["open", "group_code", "single_use_code", "staff_entered", "imported"]
    language: Annotated[str, Field(pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})?$")]


class BaselineToImport(Sent):
    """A file, what stands in it, and how it was taken."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "file": _EXAMPLE,
                    "columns": {_ASKED: _COLUMN},
                    "fielding": {
                        "first_day": "2025-03-01",
                        "last_day": "2025-03-31",
                        "mode": "phone_web",
                        "recruitment": "open",
                        "language": "en",
                    },
                }
            ]
        }
    )

    file: File
    columns: Annotated[
        dict[Heading, MappedColumn],
        Field(min_length=1, max_length=MOST_COLUMNS),
    ]
    fielding: FieldingSent


class ColumnRead(Shown):
    """One column. `contents` are told where they can be the answers of a list."""

    key: str
    filled: int
    never: str = Field(description="Why it is never imported; empty where it may be mapped.")
    contents: dict[str, int]
    proposed: dict[str, Any] = Field(description="A mapping to start from; empty where none is.")


class ReadingShown(Shown):
    """What stands in a file. Nothing of it is kept."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "tool": "Google Forms",
                    "read_as": "CSV, UTF-8, comma",
                    "rows": 1,
                    "is_remembered": False,
                    "columns": [
                        {
                            "key": "Timestamp",
                            "filled": 1,
                            "never": "time",
                            "contents": {},
                            "proposed": {},
                        },
                        {
                            "key": _ASKED,
                            "filled": 1,
                            "never": "",
                            "contents": {"A lot": 1},
                            "proposed": _COLUMN,
                        },
                    ],
                }
            ]
        }
    )

    tool: str
    read_as: str
    rows: int
    is_remembered: bool
    columns: list[ColumnRead]


class ImportedColumn(Shown):
    """What became of a column."""

    key: str
    never: str = Field(description="Empty where it may be mapped.")
    question: str = Field(description="Empty where it was left out.")
    filled: int
    left_out: int


class ImportShown(Shown):
    """What was imported, and what was dropped."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "wave_id": "7hx1c5s9ra",
                    "tool": "Google Forms",
                    "responses": 1,
                    "rows": 1,
                    "empty_rows": 0,
                    "words": 0,
                    "reworded": [],
                    "columns": [
                        {
                            "key": "Timestamp",
                            "never": "time",
                            "question": "",
                            "filled": 1,
                            "left_out": 0,
                        }
                    ],
                }
            ]
        }
    )

    wave_id: str
    tool: str
    responses: int
    rows: int
    empty_rows: int
    words: int
    reworded: list[str]
    columns: list[ImportedColumn]
