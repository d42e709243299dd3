"""Before and after on the answer scale of the outcome itself, each with its interval."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from app.reports.charts.drawing import (
    Mark,
    Plane,
    Words,
    box,
    dot,
    end_labels,
    label_at,
    letters,
    line,
    picture,
    upright,
)

BEFORE_LABEL, BEFORE_LINE, AFTER_LINE, AFTER_LABEL, AXIS, TICK_LABEL, ENDS = (
    *(12, 25, 43, 64, 76, 92, 110),
)
_BAND: Final = 16


@dataclass(frozen=True, slots=True)
class AnswerScale:
    """The whole scale that was offered, its marks, and what its two ends mean."""

    low: float
    high: float
    ticks: tuple[tuple[float, str], ...]
    ends: tuple[str, str]


def dumbbell(words: Words, scale: AnswerScale, before: Mark | None, after: Mark | None) -> str:
    """The before label stands above its mark and the after label below: they cannot meet."""
    plane = Plane(scale.low, scale.high, words.is_right_to_left)
    ends, ends_height = end_labels(scale.ends, ENDS, words)
    content = [_axis(plane, scale, words), ends]
    if before and after:
        content.append(_link(plane, before, after))
    if before:
        content.append(_mark(plane, before, BEFORE_LINE, "before"))
        content.append(
            label_at(plane.at(before.estimate), BEFORE_LABEL, before.label, "value", words)
        )
    if after:
        content.append(_mark(plane, after, AFTER_LINE, "after"))
        content.append(label_at(plane.at(after.estimate), AFTER_LABEL, after.label, "value", words))
    return picture(words, ENDS + ends_height - 8, "".join(content))


def _axis(plane: Plane, scale: AnswerScale, words: Words) -> str:
    rule = line(plane.at(scale.low), plane.at(scale.high), AXIS, "axis")
    ticks = "".join(
        upright(plane.at(value), AXIS - 4, AXIS, "axis")
        + letters(plane.at(value), TICK_LABEL, text, "tick", "middle", words)
        for value, text in scale.ticks
    )
    return rule + ticks


def _link(plane: Plane, before: Mark, after: Mark) -> str:
    x1, x2 = plane.at(before.estimate), plane.at(after.estimate)
    return (
        f'<line class="link" x1="{x1:.2f}%" y1="{BEFORE_LINE}" x2="{x2:.2f}%" y2="{AFTER_LINE}"/>'
    )


def _mark(plane: Plane, mark: Mark, y: float, css: str) -> str:
    interval = ""
    if mark.low is not None and mark.high is not None:
        left, width = plane.span(mark.low, mark.high)
        interval = box(left, width, y - _BAND / 2, _BAND, f"interval {css}")
    return interval + dot(plane.at(mark.estimate), y, css)
