"""A records package, as calls are answered."""

from __future__ import annotations

from pydantic import ConfigDict, Field

from app.api.shapes.words import Hash, Shown


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
