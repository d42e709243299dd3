"""Reports, as calls bring them and are answered."""

from __future__ import annotations

from datetime import date
from typing import Any

from pydantic import ConfigDict, Field

from app.api.shapes.words import Id, PublicId, Sent, Shown


class NewReport(Sent):
    """Two counted waves of one initiative to compare."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"before_wave_id": "7hx1c5s9ra", "after_wave_id": "2mq8e4t6wd"}]
        }
    )

    before_wave_id: Id
    after_wave_id: Id


class AskedReport(Shown):
    """A report that the worker computes; it can be read once it is there."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"public_id": "r1v3rs5y7nq2kd9b"}]})

    public_id: PublicId


class ReportLineShown(Shown):
    """A report as a list shows it."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "public_id": "r1v3rs5y7nq2kd9b",
                    "title": {"en": "Walking beats"},
                    "before": {"en": "Before"},
                    "after": {"en": "After"},
                    "created_on": "2026-11-21",
                    "published_on": "2026-12-18",
                }
            ]
        }
    )

    public_id: PublicId
    title: dict[str, str]
    before: dict[str, str]
    after: dict[str, str]
    created_on: date
    published_on: date | None


class ReportShown(Shown):
    """A report: what may leave the building, and nothing else."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "public_id": "r1v3rs5y7nq2kd9b",
                    "created_on": "2026-11-21",
                    "published_on": "2026-12-18",
                    "released": {"schema": "rapport.comparison/1"},
                }
            ]
        }
    )

    public_id: PublicId
    created_on: date
    published_on: date | None
    released: dict[str, Any] = Field(description="The released document (rapport.comparison/1).")
