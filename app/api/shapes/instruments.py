"""Questionnaires, as calls bring them and are answered."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field

from app.api.shapes.words import Hash, Sent, Shown
from app.instruments.load.strict_yaml import MOST_BYTES


class WrittenFile(Sent):
    """A questionnaire as YAML (docs/survey-format.md)."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"yaml": "id: my_survey\nversion: 1\n"}]}
    )

    yaml: Annotated[str, Field(min_length=1, max_length=MOST_BYTES)]


class InstrumentLine(Shown):
    """A questionnaire as a list shows it."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "id": "core_trust",
                    "version": 1,
                    "content_hash": "3c" * 32,
                    "languages": ["en", "es"],
                    "is_shipped": False,
                }
            ]
        }
    )

    id: str
    version: int
    content_hash: Hash
    languages: list[str]
    is_shipped: bool = Field(description="Whether it comes with the program.")


class InstrumentShown(InstrumentLine):
    """A questionnaire in full."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "id": "my_survey",
                    "version": 1,
                    "content_hash": "3c" * 32,
                    "languages": ["en"],
                    "is_shipped": False,
                    "document": {"id": "my_survey", "version": 1},
                }
            ]
        }
    )

    document: dict[str, Any] = Field(description="Its pages, questions and scales.")


class FindingShown(Shown):
    """One thing that the lint found."""

    line: int
    weight: Literal["error", "advice", "note"]
    rule: str
    message: str


class LintShown(Shown):
    """Whether the file can be used, and what to mend."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "usable": False,
                    "findings": [
                        {
                            "line": 1,
                            "weight": "error",
                            "rule": "missing",
                            "message": "`title` is missing. Write it.",
                        }
                    ],
                }
            ]
        }
    )

    usable: bool
    findings: list[FindingShown]
