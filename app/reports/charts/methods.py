"""The change as each way of comparing finds it, against the smallest change that matters."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from app.reports.charts.change import ChangeWords, directions
from app.reports.charts.drawing import NARROWEST, Plane, Words, box, letters, picture, upright
from app.reports.charts.lettering import LINE_PIXELS, wrap_text
from app.reports.charts.strips import Strip, draw_strips

_BREADTH: Final = 1.15
_LEAST_BANDS: Final = 2.0
_FOOT: Final = 14


def method_rows(
    words: Words,
    smallest_that_matters: float,
    texts: ChangeWords,
    methods: Sequence[Strip],
    room: int = NARROWEST,
) -> str:
    """The report's own way comes first."""
    plane = _plane(methods, smallest_that_matters, words)
    rows, lanes, y = draw_strips(methods, plane, (), words, room)
    left, width = plane.span(-smallest_that_matters, smallest_that_matters)
    bands = "".join(
        box(left, width, lane.top - 2, lane.bottom - lane.top + 4, "band")
        + upright(plane.at(0), lane.top - 2, lane.bottom + 2, "axis")
        for lane in lanes
        if lane.bottom > lane.top
    )
    y += _FOOT
    foot = [letters(plane.at(0), y, "0", "tick", "middle", words), *directions(texts, y, words)]
    for row, text in enumerate(wrap_text(texts.band, room), 1):
        foot.append(letters(50, y + 2 + row * LINE_PIXELS, text, "end", "middle", words))
    height = y + 2 + (len(foot) - 5) * LINE_PIXELS + 8
    return picture(words, height, bands + rows + "".join(foot))


def _plane(methods: Sequence[Strip], smallest_that_matters: float, words: Words) -> Plane:
    ends = [
        abs(value)
        for strip in methods
        for mark in strip.marks
        for value in (mark.estimate, mark.low, mark.high)
        if value is not None
    ]
    reach = max(*ends, smallest_that_matters * _LEAST_BANDS / _BREADTH) * _BREADTH
    return Plane(-reach, reach, words.is_right_to_left)
