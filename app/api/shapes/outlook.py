"""What is aimed at in the fieldwork, and what that could show."""

from __future__ import annotations

from typing import Annotated, Final

from pydantic import ConfigDict, Field
from pydantic.config import JsonDict

from app.api.shapes.words import CLOSED, WHOLE, Hash, Revised, Shown
from app.initiatives.planning.outlook import BOUNDS, MOST_ANSWERS
from app.initiatives.planning.planner import USUAL_DEFF, USUAL_MATTERS, USUAL_SPREAD

_AIM: Final[JsonDict] = {"before": {"1": 200}, "after": {"1": 200}, "matters": 0.2}
_Code = Annotated[str, Field(pattern=r"^(0|[1-9][0-9]{0,4})$")]
_Answers = Annotated[
    dict[_Code, Annotated[int, Field(ge=1, le=MOST_ANSWERS), WHOLE]],
    Field(
        max_length=1000,
        json_schema_extra=CLOSED,
        description="By the code of the area; 0 is the whole initiative where it has no areas.",
    ),
]


def _bounded(name: str) -> object:
    least, most = BOUNDS[name]
    return Field(strict=True, ge=least, le=most, allow_inf_nan=False)


class Aim(Revised):
    """How many answers are expected, by wave and area."""

    model_config = ConfigDict(json_schema_extra={"examples": [_AIM]})

    before: _Answers = Field(default_factory=dict)
    after: _Answers = Field(default_factory=dict)
    spread: Annotated[float, _bounded("spread")] = USUAL_SPREAD
    deff: Annotated[float, _bounded("deff")] = USUAL_DEFF
    matters: Annotated[float, _bounded("matters")] = USUAL_MATTERS


class PlaceShown(Shown):
    """An area, and the smallest change that would probably be seen in it."""

    area_code: int
    is_comparison: bool
    before: int
    after: int
    visible_change: float | None
    is_too_small: bool = Field(description="Its estimates would not be shown by themselves.")


class OutlookShown(Shown):
    """What so many answers could show, in points of the answer scale."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "is_kept": True,
                    "before": 200,
                    "after": 200,
                    "visible_change": 0.34,
                    "visible_share": 0.17,
                    "visible_difference": 0.48,
                    "matters": 0.2,
                    "is_enough": False,
                    "answers_needed": 590,
                    "has_comparison": True,
                    "places": [
                        {
                            "area_code": 1,
                            "is_comparison": False,
                            "before": 200,
                            "after": 200,
                            "visible_change": 0.34,
                            "is_too_small": False,
                        }
                    ],
                    "revision": "9f" * 32,
                }
            ]
        }
    )

    is_kept: bool = Field(description="False while nobody has stated what is aimed at.")
    before: int
    after: int
    visible_change: float | None = Field(description="Null with too few answers to say.")
    visible_share: float | None = Field(
        description="The same for a share, as a proportion; null where none can be so large."
    )
    visible_difference: float | None = Field(
        description="Against the comparison areas; null where there are none."
    )
    matters: float
    is_enough: bool
    answers_needed: int | None = Field(description="A wave, to see the change that matters.")
    has_comparison: bool
    places: list[PlaceShown]
    revision: Hash
