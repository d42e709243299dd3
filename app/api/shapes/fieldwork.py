"""How far an open wave is, as callers are answered: never a number under ten."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import ConfigDict, Field

from app.api.shapes.words import Id, PublicId, Shown

Told = Annotated[
    int | None,
    Field(ge=10, description="Rounded to five; null while fewer than `least_told` have answered."),
]


class CameByCollector(Shown):
    """How many came by one way in."""

    collector: PublicId
    answered: Told


class CameOnDay(Shown):
    """How many came on one day. The days and the ways in are counted apart."""

    day: date
    answered: Told


class CameFromArea(Shown):
    """How many came by the ways in of one area; others may have chosen it on the page."""

    area_code: int
    answered: Told
    aim: int | None
    is_told: bool = Field(description="Whether it has ways in of its own.")
    is_whole: bool = Field(description="False where others can choose it on the page.")


class CameInLanguage(Shown):
    """How many came by the ways in that open in one language."""

    language: str
    answered: Told
    has_way_in: bool


class Advice(Shown):
    """What would help today."""

    what: Literal[
        "no_way_in",
        "no_aim",
        "no_end",
        "area_without",
        "area_behind",
        "area_unknown",
        "language_without",
        "go_on",
        "a_day",
        "enough",
    ]
    about: str | None = Field(description="The code of an area, or a language.")
    answers: int | None = Field(description="How many more; for `a_day`, each day.")


class FieldworkShown(Shown):
    """Two lists apart, against what was planned, and what could be seen by now."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "wave_id": "7hx1c5s9ra",
                    "answered": 45,
                    "rounded_to": 5,
                    "least_told": 10,
                    "aim": 200,
                    "ends_at": "2026-12-12T17:00:00Z",
                    "by_collector": [{"collector": "r1v3rs4w2kq0n8zc", "answered": 35}],
                    "by_day": [{"day": "2026-12-01", "answered": 45}],
                    "by_area": [
                        {
                            "area_code": 1,
                            "answered": 35,
                            "aim": 200,
                            "is_told": True,
                            "is_whole": True,
                        }
                    ],
                    "by_language": [{"language": "en", "answered": 20, "has_way_in": True}],
                    "visible_change_now": 0.61,
                    "visible_change_at_aim": 0.34,
                    "change_that_matters": 0.2,
                    "advice": [{"what": "area_behind", "about": "1", "answers": 165}],
                }
            ]
        }
    )

    wave_id: Id
    answered: Told
    rounded_to: int
    least_told: int
    aim: int | None = Field(description="How many answers the planner aims at; null without one.")
    ends_at: datetime | None = Field(description="When the wave is going to be closed, if planned.")
    by_collector: list[CameByCollector]
    by_day: list[CameOnDay]
    by_area: list[CameFromArea]
    by_language: list[CameInLanguage]
    visible_change_now: float | None = Field(
        description="The smallest change that would probably be seen, in points of the scale."
    )
    visible_change_at_aim: float | None
    change_that_matters: float
    advice: list[Advice]
