"""What is kept until when, and what may be handed out, as calls bring them and are answered."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated

from pydantic import ConfigDict, Field

from app.api.shapes.words import REASON, Hash, Id, Sent, Shown
from app.retention.due import Standing


class KeptShown(Shown):
    """Until when the answers of one initiative are kept."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "initiative_id": "4w2kq0n8zc",
                    "standing": "later",
                    "answers_on": "2028-11-21",
                }
            ]
        }
    )

    initiative_id: Id
    standing: Standing = Field(
        description="nothing is kept; a wave still asks; no time was stated; kept until later; "
        "due; asked to be erased; approved; erased"
    )
    answers_on: date | None = Field(
        default=None, description="The day on which the answers are due."
    )
    texts_on: date | None = Field(
        default=None, description="The day on which people's own words are deleted, by the worker."
    )
    erased_at: datetime | None = None
    backups_until: date | None = Field(
        default=None, description="Until when backups made before still hold what was erased."
    )
    backups_gone_on: date | None = None


class WishToErase(Sent):
    """Why the answers of an initiative are to be erased."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"reason": "The 24 months that residents were promised are over."}]
        }
    )

    reason: Annotated[str, Field(min_length=20, max_length=1000, pattern=REASON)]


class RecordFileShown(Shown):
    """One file of the package."""

    name: str
    size: int = Field(description="Bytes, as UTF-8.")
    sha256: Hash
    content: str


class RecordsShown(Shown):
    """All files of a records package; `manifest.json` is the last."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "files": [
                        {
                            "name": "acts.csv",
                            "size": 20,
                            "sha256": "0" * 64,
                            "content": "day,by,act,subject\n",
                        }
                    ]
                }
            ]
        }
    )

    files: list[RecordFileShown]
