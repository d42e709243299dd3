"""Questionnaires, as calls bring them and are answered."""

from __future__ import annotations

from typing import Annotated, Any, Final, Literal

from pydantic import ConfigDict, Field

from app.api.shapes.words import CLOSED, WHOLE, Hash, Language, Line, Sent, Shown, Texts
from app.instruments.library.editing import own_kinds
from app.instruments.load.strict_yaml import MOST_BYTES
from app.questions.contract import MissingAnswer

_KIND: Final = next(name for name, has_options in own_kinds() if has_options)


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


class FileText(Shown):
    """The survey file of a questionnaire, which reads back as the same one."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"yaml": "id: my_survey\nversion: 1\n"}]}
    )

    yaml: str


class NewQuestion(Sent):
    """A question of one's own, at the end of a page. It gets an id; the others keep comparing."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "kind": _KIND,
                    "page": "trust",
                    "text": {"en": "Did you see the walking beat?"},
                    "options": {"en": ["Yes", "No"]},
                    "missing": ["dont_know"],
                }
            ]
        }
    )

    kind: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,63}$")]
    page: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,63}$")]
    text: Texts
    options: Annotated[
        dict[Language, Annotated[list[Line], Field(min_length=2, max_length=30)]],
        Field(max_length=20, json_schema_extra=CLOSED),
    ] = Field(default_factory=dict, description="The answers in order, as many in each language.")
    missing: Annotated[list[MissingAnswer], Field(max_length=2)] = Field(
        default_factory=list, description="How people may decline to answer."
    )
    role: Literal["item", "background"] = "item"
    waves: Annotated[list[Literal["baseline", "follow_up"]], Field(max_length=1)] = Field(
        default_factory=list, description="Left out: asked in both."
    )
    newest: Annotated[int, Field(ge=1, le=100_000), WHOLE] | None = Field(
        default=None,
        description="The newest version you have seen: when there is a later one, nothing is "
        "written (409).",
    )


class DifferenceShown(Shown):
    """One thing in which two versions differ."""

    what: Literal["added", "removed", "text", "setting", "moved"]
    question: str
    part: str
    language: str
    before: str
    after: str


class DifferencesShown(Shown):
    """Two versions beside each other. What is lost, a report will not compare."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "differences": [
                        {
                            "what": "text",
                            "question": "t1",
                            "part": "text",
                            "language": "en",
                            "before": "How much do you trust them?",
                            "after": "How far do you trust them?",
                        }
                    ],
                    "lost": ["t1"],
                }
            ]
        }
    )

    differences: list[DifferenceShown]
    lost: list[str]


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
