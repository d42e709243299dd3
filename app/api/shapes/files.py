"""Files that the worker makes, as calls ask for them and are answered."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import ConfigDict, Field

from app.api.shapes.words import Id, Language, PublicId, Sent, Shown
from app.exports.catalogue import DOWNLOADS

# Single answers leave with two people who sign in, never with a program.
KINDS = tuple(each.kind for each in DOWNLOADS if not each.has_answers and not each.is_printed)


class NewDownload(Sent):
    """A file without single answers, of a wave or a report of the initiative."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"kind": "codebook_html", "subject": "7hx1c5s9ra", "language": "en"}]
        }
    )

    kind: Annotated[str, Field(json_schema_extra={"enum": list(KINDS)})]
    subject: Id = Field(description="A wave, or the last ten characters of a report's public id.")
    language: Language


class NewPrint(Sent):
    """A poster, a paper questionnaire, or the posters of all links of the wave in one ZIP."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "what": "poster",
                    "collector": "r1v3rs4w2kq0n8zc",
                    "size": "a4",
                    "language": "es",
                }
            ]
        }
    )

    what: Literal["poster", "paper", "posters"]
    collector: PublicId | None = Field(default=None, description="Left out for `posters`.")
    size: Literal["a4", "letter"] = "a4"
    language: Language


class FileShown(Shown):
    """A file that was asked for. It can be taken once `is_made`, and is gone after `ends_at`."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "id": "5t9w2k8n3c",
                    "kind": "codebook_html",
                    "subject": "7hx1c5s9ra",
                    "language": "en",
                    "is_made": True,
                    "bytes": 48213,
                    "sha256": "9f" * 32,
                    "ends_at": "2026-11-22T09:30:00Z",
                }
            ]
        }
    )

    id: Id
    kind: str
    subject: Id
    language: str
    is_made: bool
    problem: str | None = Field(
        default=None, description="Why it could not be made, and what to do."
    )
    bytes: int | None
    sha256: str | None
    ends_at: datetime
