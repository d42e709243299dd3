"""The change with its interval, against the band of changes too small to matter."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from app.reports.charts.drawing import (
    ARROW,
    NARROWEST,
    Mark,
    Plane,
    Words,
    arrow,
    box,
    dot,
    label_at,
    letters,
    line,
    picture,
    upright,
)
from app.reports.charts.lettering import LINE_PIXELS, wrap_text

LABEL, PLOT_TOP, MARK, PLOT_BOTTOM, DIRECTIONS, BAND_TEXT = 12, 20, 36, 52, 68, 86
_CAP: Final = 5
_BREADTH: Final = 1.15
_LEAST_BANDS: Final = 2.0


@dataclass(frozen=True, slots=True)
class ChangeWords:
    """What lies to either side of zero, and what the shaded band means."""

    lower: str
    higher: str
    band: str


def change_picture(
    words: Words, change: Mark, smallest_that_matters: float, texts: ChangeWords
) -> str:
    plane = _plane(change, smallest_that_matters, words)
    zero = plane.at(0)
    left, width = plane.span(-smallest_that_matters, smallest_that_matters)
    band_text = wrap_text(texts.band, NARROWEST)
    content = [
        box(left, width, PLOT_TOP, PLOT_BOTTOM - PLOT_TOP, "band"),
        upright(zero, PLOT_TOP, PLOT_BOTTOM, "axis"),
        _interval(plane, change),
        dot(plane.at(change.estimate), MARK, "after"),
        label_at(plane.at(change.estimate), LABEL, change.label, "value", words),
        letters(zero, DIRECTIONS, "0", "tick", "middle", words),
        *directions(texts, DIRECTIONS, words),
        *(
            letters(50, BAND_TEXT + row * LINE_PIXELS, text, "end", "middle", words)
            for row, text in enumerate(band_text)
        ),
    ]
    return picture(words, BAND_TEXT + len(band_text) * LINE_PIXELS - 8, "".join(content))


def _plane(change: Mark, smallest_that_matters: float, words: Words) -> Plane:
    """Zero stands in the middle, so that a rise and a fall of one size look alike."""
    reach = max(
        abs(change.estimate),
        *(abs(limit) for limit in (change.low, change.high) if limit is not None),
        smallest_that_matters * _LEAST_BANDS / _BREADTH,
    )
    return Plane(-reach * _BREADTH, reach * _BREADTH, words.is_right_to_left)


def _interval(plane: Plane, change: Mark) -> str:
    if change.low is None or change.high is None:
        return ""
    ends = plane.at(change.low), plane.at(change.high)
    return line(*ends, MARK, "whisker") + "".join(
        upright(end, MARK - _CAP, MARK + _CAP, "whisker") for end in ends
    )


def directions(texts: ChangeWords, y: float, words: Words) -> Iterator[str]:
    """Arrows point the way the axis runs, which is mirrored where the language is."""
    left, right = (
        (texts.higher, texts.lower) if words.is_right_to_left else (texts.lower, texts.higher)
    )
    room = NARROWEST / 2 - 24
    for side, text in (("left", left), ("right", right)):
        at = 0 if side == "left" else 100
        yield arrow(at, y - 4, side)
        yield letters(at, y, wrap_text(text, room)[0], "end", side, words, aside=ARROW)
