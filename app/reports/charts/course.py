"""How an outcome moved over three waves and more: time runs down, oldest first."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import Final

from app.reports.charts.drawing import (
    NARROWEST,
    Plane,
    Words,
    box,
    dot,
    letters,
    picture,
    upright,
)
from app.reports.charts.dumbbell import AnswerScale
from app.reports.charts.lettering import LINE_PIXELS, wrap_text
from app.reports.charts.strips import Strip, axis

# Names stand on their own side of the picture, so no line runs through a text.
_NAMES: Final = 46.0
_BAND: Final = 12
_GAP: Final = 10


def course(words: Words, scale: AnswerScale, waves: Sequence[Strip], room: int = NARROWEST) -> str:
    """A wave that is hidden keeps its place, and no line leads over it."""
    plane = Plane(scale.low, scale.high, words.is_right_to_left, start=_NAMES)
    drawn: list[str] = []
    places: list[tuple[float, float] | None] = []
    y = 0.0
    for wave in waves:
        told, height = _names(wave, y, words, room * _NAMES / 100)
        middle = y + height / 2
        marks = wave.marks[:1]
        places += [(plane.at(mark.estimate), middle) for mark in marks] or [None]
        drawn += told
        for mark in marks:
            if mark.low is not None and mark.high is not None:
                left, width = plane.span(mark.low, mark.high)
                drawn.append(box(left, width, middle - _BAND / 2, _BAND, f"interval {mark.look}"))
            drawn.append(dot(plane.at(mark.estimate), middle, mark.look))
        y += height + _GAP
    guides = [upright(plane.at(value), 0, y, "guide") for value, _ in scale.ticks]
    rule, y = axis(plane, y, scale.ticks, words)
    ends = list(_ends(scale.ends, y, words, room))
    content = [*guides, *_links(places), *drawn, rule, *ends]
    return picture(words, y + len(ends) * LINE_PIXELS - 8, "".join(content))


def _names(wave: Strip, y: float, words: Words, room: float) -> tuple[list[str], float]:
    side = "right" if words.is_right_to_left else "left"
    at = 100 if side == "right" else 0
    lines = [(text, "name") for text in wrap_text(wave.name, room)]
    lines += [(text, "tick") for text in wrap_text(wave.told, room)]
    drawn = [
        letters(at, y + 12 + row * LINE_PIXELS, text, css, side, words)
        for row, (text, css) in enumerate(lines)
    ]
    return drawn, len(lines) * LINE_PIXELS


def _ends(ends: tuple[str, str], y: float, words: Words, room: int) -> Iterator[str]:
    """Each on lines of its own: beside each other they would have too little room."""
    near, far = (100 - _NAMES, 0.0) if words.is_right_to_left else (_NAMES, 100.0)
    sides = ("right", "left") if words.is_right_to_left else ("left", "right")
    width = room * (100 - _NAMES) / 100
    for end, at, side in zip(ends, (near, far), sides, strict=True):
        for text in wrap_text(end, width):
            yield letters(at, y, text, "end", side, words)
            y += LINE_PIXELS


def _links(places: Iterable[tuple[float, float] | None]) -> Iterable[str]:
    for earlier, later in pairwise(places):
        if earlier and later:
            (x1, y1), (x2, y2) = earlier, later
            yield f'<line class="link" x1="{x1:.2f}%" y1="{y1:g}" x2="{x2:.2f}%" y2="{y2:g}"/>'
