"""Reports, as calls bring them and are answered."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field

from app.api.shapes.words import REASON, Id, PublicId, Sent, Shown

State = Literal["draft", "proposed", "approved", "published", "withdrawn"]
Reason = Annotated[str, Field(min_length=20, max_length=1000, pattern=REASON)]


class NewReport(Sent):
    """Two counted waves of one initiative to compare."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"before_wave_id": "7hx1c5s9ra", "after_wave_id": "2mq8e4t6wd"}]
        }
    )

    before_wave_id: Id
    after_wave_id: Id


class NewBreakdown(NewReport):
    """The same, by one background question or two that both waves asked."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "before_wave_id": "7hx1c5s9ra",
                    "after_wave_id": "2mq8e4t6wd",
                    "by": ["gender"],
                }
            ]
        }
    )

    by: Annotated[
        list[Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,63}$")]],
        Field(min_length=1, max_length=2),
    ]


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
                    "created_on": "2026-12-15",
                    "state": "draft",
                }
            ]
        }
    )

    public_id: PublicId
    title: dict[str, str]
    before: dict[str, str]
    after: dict[str, str]
    created_on: date
    state: State


class ReportShown(Shown):
    """A report: what may leave the building, and nothing else."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "public_id": "r1v3rs5y7nq2kd9b",
                    "created_on": "2026-12-15",
                    "released": {"schema": "rapport.comparison/1"},
                }
            ]
        }
    )

    public_id: PublicId
    created_on: date
    released: dict[str, Any] = Field(description="The released document (rapport.comparison/1).")


class Proposal(Sent):
    """What is to be told beside the headline."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"parts": ["questions", "areas"]}]})

    parts: Annotated[list[Literal["questions", "groups", "areas"]], Field(max_length=3)]


class Withdrawal(Sent):
    """Why the report must not be read any more."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"because": "The name of an area was wrong in every table."}]
        }
    )

    because: Reason


class PublicationShown(Shown):
    """How far a report is on its way to the public."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "public_id": "r1v3rs5y7nq2kd9b",
                    "state": "withdrawn",
                    "parts": ["questions", "areas"],
                    "proposed_on": "2026-12-16",
                    "approved_on": "2026-12-17",
                    "published_on": "2026-12-18",
                    "withdrawn_on": "2027-01-11",
                    "withdrawn_because": "The name of an area was wrong in every table.",
                }
            ]
        }
    )

    public_id: PublicId
    state: State
    parts: list[str]
    proposed_on: date | None
    approved_on: date | None
    published_on: date | None
    withdrawn_on: date | None
    withdrawn_because: str | None


class QuoteShown(Shown):
    """Words of one resident: the wave and the question, and no group."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "id": "8tq2v5x1mk",
                    "wave_id": "7hx1c5s9ra",
                    "question": "else_to_say",
                    "words": "They should walk more and … know [name].",
                }
            ]
        }
    )

    id: Id
    wave_id: Id
    question: str
    words: str = Field(description="Shortened with … and masked with brackets, never reworded.")
