"""Before and after in each group or area, row under row on one answer scale."""

from __future__ import annotations

from collections.abc import Sequence

from app.reports.charts.drawing import NARROWEST, Plane, Words, end_labels, picture
from app.reports.charts.dumbbell import AnswerScale
from app.reports.charts.strips import Strip, axis, draw_strips


def group_rows(
    words: Words, scale: AnswerScale, groups: Sequence[Strip], room: int = NARROWEST
) -> str:
    """In the order given: groups are never ranked."""
    plane = Plane(scale.low, scale.high, words.is_right_to_left)
    guides = [value for value, _ in scale.ticks]
    rows, _, y = draw_strips(groups, plane, guides, words, room)
    rule, y = axis(plane, y, scale.ticks, words)
    ends, height = end_labels(scale.ends, y, words, room)
    return picture(words, y + height - 8, rows + rule + ends)
