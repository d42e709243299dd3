"""Initiatives, areas and plans, as calls bring them and are answered."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Final, Literal

from pydantic import ConfigDict, Field
from pydantic.config import JsonDict

from app.api.shapes.words import CLOSED, WHOLE, Hash, Id, Line, Revised, Sent, Shown, Texts, Yes
from app.initiatives.logo import MOST_FILE_BYTES
from app.initiatives.notice import LONGEST_KEPT, OLDEST_LIMIT, UTC, YOUNGEST
from app.initiatives.planning.population import LONGEST_TABLE

_TITLE: Final[JsonDict] = {"en": "Walking beats", "es": "Rondas a pie"}
_PNG: Final = (
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNgAAAAAgABSK+kcQAAAABJRU5ErkJggg=="
)
LONGEST_LOGO: Final = 4 * -(-MOST_FILE_BYTES // 3)
_NOTICE: Final[JsonDict] = {"run_by": {"en": "Riverside Neighbours"}, "contact": "+1 555 0100"}


class Notice(Sent):
    """What residents are told about who asks."""

    run_by: Texts | None = None
    paid_by: Texts | None = None
    complaint: Texts | None = Field(default=None, description="Where to complain.")
    retention: Texts | None = Field(default=None, description="How long answers are kept.")
    keeps_months: Annotated[int, Field(ge=1, le=LONGEST_KEPT), WHOLE] | None = Field(
        default=None, description="Months after the last count at which answers are erased."
    )
    result_where: Texts | None = Field(default=None, description="Where the result will be.")
    contact: Line | None = None
    youngest: Annotated[int, Field(ge=YOUNGEST, le=OLDEST_LIMIT), WHOLE] | None = Field(
        default=None, description="The age from which people may answer."
    )
    asks_age: Yes = Field(
        default=False, description="Whether the page asks them to say that they are old enough."
    )


class NewInitiative(Sent):
    """An initiative to set up."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "title": _TITLE,
                    "police_name": {"en": "Riverside Police"},
                    "notice": _NOTICE,
                    "starts_on": "2026-12-01",
                }
            ]
        }
    )

    title: Texts
    police_name: Texts
    notice: Notice = Field(default_factory=Notice)
    starts_on: date | None = None
    time_zone: Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9_+/-]{1,39}$")] = Field(
        default=UTC, description="As the IANA database names it."
    )


class InitiativeText(NewInitiative, Revised):
    """The whole description anew: what is left out is removed, but for the logo."""


class NewLogo(Revised):
    """A plain PNG of at most 640 by 240 pixels and 48 KiB. Only its pixels are kept."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"png": _PNG}]})

    png: Annotated[
        str,
        Field(
            min_length=4,
            max_length=LONGEST_LOGO,
            pattern=r"^[A-Za-z0-9+/]+={0,2}$",
            description="In base64.",
        ),
    ]


class InitiativeShown(Shown):
    """The effort that is judged."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "id": "4w2kq0n8zc",
                    "title": _TITLE,
                    "police_name": {"en": "Riverside Police"},
                    "notice": _NOTICE,
                    "starts_on": "2026-12-01",
                    "time_zone": "America/Denver",
                    "is_simulated": False,
                    "created_on": "2026-11-21",
                    "revision": "9f" * 32,
                }
            ]
        }
    )

    id: Id
    title: dict[str, str]
    police_name: dict[str, str]
    notice: dict[str, Any]
    starts_on: date | None
    time_zone: str
    is_simulated: bool
    created_on: date
    revision: Hash


class NewArea(Sent):
    """A place that residents can choose. Codes 1, 2, 3 ... are given in order."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"name": {"en": "Mill Street"}, "role": "initiative"}]}
    )

    name: Texts
    role: Literal["initiative", "comparison"] = "initiative"


class AreaText(NewArea, Revised):
    """A place named anew."""


class AreaShown(Shown):
    """A place, and whether the initiative happens there or it is compared with."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "id": "0d3jz6v1mt",
                    "code": 1,
                    "name": {"en": "Mill Street"},
                    "role": "initiative",
                    "revision": "9f" * 32,
                }
            ]
        }
    )

    id: Id
    code: int
    name: dict[str, str]
    role: str
    revision: Hash


_Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,63}$")]
_Codes = Annotated[
    list[Annotated[int, Field(ge=-1000, le=10_000), WHOLE]],
    Field(min_length=1, max_length=100),
]
_Amount = Annotated[float, Field(strict=True, gt=0, le=100, allow_inf_nan=False)]
_Share = Annotated[float, Field(strict=True, ge=0, le=1e9, allow_inf_nan=False)]
_Column = Annotated[str, Field(min_length=1, max_length=64, pattern=r"^[A-Za-z][A-Za-z0-9_]*$")]
_Level = Annotated[str, Field(pattern=r"^[^\x00-\x1f\x7f]{1,200}$")]


_Margin = Annotated[
    dict[_Level, _Share], Field(min_length=1, max_length=100, json_schema_extra=CLOSED)
]
_CodesOf = dict[_Name, _Codes]


class SmallestChange(Sent):
    """By measure: a mean in points of the answer scale, a share as a proportion."""

    mean: _Amount | None = None
    share: Annotated[float, Field(strict=True, gt=0, le=1, allow_inf_nan=False)] | None = None


class Trim(Sent):
    """Bounds of a weight, in means of the weights."""

    low: Annotated[float, Field(strict=True, gt=0, le=1, allow_inf_nan=False)]
    high: Annotated[float, Field(strict=True, ge=1, le=1000, allow_inf_nan=False)]


class Weighting(Sent):
    """The population that both waves are brought to."""

    margins: Annotated[
        dict[
            _Name,
            Annotated[
                dict[_Level, _Share], Field(min_length=1, max_length=100, json_schema_extra=CLOSED)
            ],
        ],
        Field(min_length=1, max_length=8, json_schema_extra=CLOSED),
    ]
    unit: Literal["share", "percent", "count"] = "percent"
    trim: Trim | None = None


class PopulationTable(Sent):
    """A table of the population, as a spreadsheet saves it as CSV."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "table": "variable;level;percent\ngender;1;51,2\ngender;2;46,8\n"
                    "gender;3;1\ngender;4;1"
                }
            ]
        }
    )

    table: Annotated[str, Field(min_length=1, max_length=LONGEST_TABLE)]


class LevelShown(Shown):
    """An answer: the amount that was given, and its share of the whole."""

    code: int
    label: dict[str, str]
    amount: float
    share: float


class MarginShown(Shown):
    """A question of the table, with the sum of what was given."""

    question: str
    levels: list[LevelShown]
    total: float


class PopulationShown(Shown):
    """The table as it was read: look at it, then send `weighting` with the plan."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "weighting": {"unit": "percent", "margins": {"gender": {"1": 51, "2": 49}}},
                    "margins": [
                        {
                            "question": "gender",
                            "levels": [
                                {"code": 1, "label": {"en": "Woman"}, "amount": 51, "share": 0.51},
                                {"code": 2, "label": {"en": "Man"}, "amount": 49, "share": 0.49},
                            ],
                            "total": 100,
                        }
                    ],
                }
            ]
        }
    )

    weighting: Weighting
    margins: list[MarginShown]


class PlanToLock(Sent):
    """What will be tested. What is left out is as docs/plan.md states it by default."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "primary": ["trust"],
                    "smallest_change": {"trust": {"mean": 0.2}},
                    "subgroups": ["gender"],
                }
            ]
        }
    )

    primary: Annotated[list[_Name], Field(min_length=1, max_length=3)] | None = None
    smallest_change: (
        Annotated[dict[_Name, SmallestChange], Field(max_length=10, json_schema_extra=CLOSED)]
        | None
    ) = None
    subgroups: Annotated[list[_Name], Field(max_length=8)] | None = None
    confirmatory_subgroups: Annotated[list[_Name], Field(max_length=4)] | None = None
    exclusions: (
        Annotated[dict[_Name, _Codes], Field(max_length=10, json_schema_extra=CLOSED)] | None
    ) = None
    comparison_areas: (
        Annotated[dict[_Name, _Codes], Field(max_length=1, json_schema_extra=CLOSED)] | None
    ) = None
    weighting: Weighting | None = None
    variance: Literal["jackknife", "taylor"] | None = None
    lonely_psu: Literal["refuse", "adjust", "average", "certainty"] | None = None
    stratum: _Column | None = None
    psu: _Column | None = None
    weight: _Column | None = None
    suppress_below: Annotated[int, Field(ge=10, le=1000), WHOLE] | None = None
    newest: Annotated[int, Field(ge=0, le=100_000), WHOLE] | None = Field(
        default=None,
        description="The newest version that you have read, 0 where there is none: when somebody "
        "locked another one since, nothing is locked (409).",
    )


class PlanShown(Shown):
    """A locked plan. A later version than the after wave's opening shows as changed after data."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "version": 1,
                    "content_hash": "9f" * 32,
                    "locked_at": "2026-11-21T09:30:00Z",
                    "document": {"primary": ["trust"], "smallest_change": {"trust": {"mean": 0.2}}},
                    "changed_after_data": False,
                }
            ]
        }
    )

    version: int
    content_hash: Hash
    locked_at: datetime
    document: dict[str, Any]
    changed_after_data: bool
