"""Rows that share one axis: a name, its numbers in words, and the marks below them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from app.reports.charts.drawing import Plane, Words, box, dot, letters, line, upright
from app.reports.charts.lettering import LINE_PIXELS, wrap_text

LANE: Final = 14
_BAND: Final = 10
_FIRST_LINE: Final = 12
_TO_LANE: Final = 6
_GAP: Final = 14


@dataclass(frozen=True, slots=True)
class StripMark:
    """look: before, after, other."""

    look: str
    estimate: float
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True)
class Strip:
    """told: the numbers of its marks, or why there are none."""

    name: str
    told: str
    marks: tuple[StripMark, ...]


@dataclass(frozen=True, slots=True)
class Lane:
    """From where to where the marks of one strip lie; nowhere where it has none."""

    top: float
    bottom: float


def draw_strips(
    strips: Sequence[Strip], plane: Plane, guides: Iterable[float], words: Words, room: int
) -> tuple[str, list[Lane], float]:
    """The rows, where their marks are, and where the next thing below may begin.

    room: pixels that the letters may take.
    """
    at = tuple(guides)
    drawn: list[str] = []
    lanes: list[Lane] = []
    y = 0.0
    for strip in strips:
        content, y = _told(strip, y, words, room)
        marks, here = _marks(strip.marks, plane, y, at)
        drawn += [*content, *marks]
        lanes.append(here)
        y = here.bottom + _GAP
    return "".join(drawn), lanes, y


def _told(strip: Strip, y: float, words: Words, room: int) -> tuple[list[str], float]:
    """The letters of one strip, and where its marks begin."""
    side = "right" if words.is_right_to_left else "left"
    at = 100 if side == "right" else 0
    drawn = []
    for text, css in ((strip.name, "name"), (strip.told, "tick")):
        for row in wrap_text(text, room):
            drawn.append(letters(at, y + _FIRST_LINE, row, css, side, words))
            y += LINE_PIXELS
    return drawn, y + (_TO_LANE if strip.marks else 0)


def _marks(
    marks: Sequence[StripMark], plane: Plane, y: float, guides: Iterable[float]
) -> tuple[list[str], Lane]:
    bottom = y + LANE * len(marks)
    drawn = [upright(plane.at(value), y, bottom, "guide") for value in guides if marks]
    for number, mark in enumerate(marks):
        middle = y + LANE * (number + 0.5)
        if mark.low is not None and mark.high is not None:
            left, width = plane.span(mark.low, mark.high)
            drawn.append(box(left, width, middle - _BAND / 2, _BAND, f"interval {mark.look}"))
        drawn.append(dot(plane.at(mark.estimate), middle, mark.look))
    return drawn, Lane(y, bottom)


def axis(
    plane: Plane, y: float, ticks: Iterable[tuple[float, str]], words: Words
) -> tuple[str, float]:
    """With its ticks, below all rows; and where the next thing below may begin."""
    drawn = [line(plane.at(plane.low), plane.at(plane.high), y, "axis")]
    for value, text in ticks:
        place = plane.at(value)
        drawn += [
            upright(place, y - 4, y, "axis"),
            letters(place, y + LINE_PIXELS, text, "tick", "middle", words),
        ]
    return "".join(drawn), y + LINE_PIXELS + 18
