"""How people answered one question, before over after: bars that part at the middle answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Final

from app.reports.charts.drawing import NARROWEST, Words, box, letters, picture, upright
from app.reports.charts.lettering import text_width

BAR: Final = 26
NAME_LINE: Final = 18
GAP: Final = 10
WIDE: Final = 560
_PADDING: Final = 4
_FOOT: Final = 7
_STRONGEST: Final = 3


@dataclass(frozen=True, slots=True)
class Portion:
    """One answer, or several merged ones, in one wave; `share` in percent."""

    share: float
    label: str
    short_label: str
    tone: str


@dataclass(frozen=True, slots=True)
class Bar:
    name: str
    portions: tuple[Portion, ...]


def tones(places: Sequence[int]) -> tuple[str, ...]:
    """A tone for each answer, by its place: -1 left of the middle, 0 the middle, 1 right of it.

    The outermost answer is darkest, so the order can be read without colour.
    """
    left, right = places.count(-1), places.count(1)
    from_middle = accumulate(1 if place == 1 else 0 for place in places)
    to_middle = (left - index for index in range(len(places)))
    return tuple(
        "t0" if place == 0 else f"l{_tone(near, left)}" if place < 0 else f"r{_tone(far, right)}"
        for place, near, far in zip(places, to_middle, from_middle, strict=True)
    )


def _tone(rank: int, count: int) -> int:
    """Rank 1 lies next to the middle."""
    if count == 1:
        return _STRONGEST - 1
    return 1 + round((rank - 1) * (_STRONGEST - 1) / (count - 1))


def diverging_bars(words: Words, bars: Sequence[Bar]) -> str:
    """Bars of one question on one axis, so that a shift to either side can be seen."""
    left = max(_left_of_middle(bar) for bar in bars)
    right = max(_total(bar) - _left_of_middle(bar) for bar in bars)
    middle = left / (left + right) * 100
    if words.is_right_to_left:
        middle = 100 - middle
    drawn, y = [], 0.0
    for bar in bars:
        foot = y + NAME_LINE + BAR
        drawn.append(_bar(words, bar, left, left + right, y))
        if left > 0:
            drawn.append(upright(middle, foot, foot + _FOOT, "middle"))
        y = foot + GAP
    return picture(words, y, _hatch(words) + "".join(drawn))


def _total(bar: Bar) -> float:
    return sum(portion.share for portion in bar.portions)


def _left_of_middle(bar: Bar) -> float:
    return sum(
        portion.share * (0.5 if portion.tone == "t0" else is_hatched(portion.tone))
        for portion in bar.portions
    )


def _bar(words: Words, bar: Bar, left: float, total: float, y: float) -> str:
    side = "right" if words.is_right_to_left else "left"
    name = letters(100 if side == "right" else 0, y + 12, bar.name, "name", side, words)
    start = left - _left_of_middle(bar)
    drawn = [name]
    for portion in bar.portions:
        at, width = start / total * 100, portion.share / total * 100
        if words.is_right_to_left:
            at = 100 - at - width
        drawn.append(_portion(words, portion, at, width, y + NAME_LINE))
        start += portion.share
    return "".join(drawn)


def is_hatched(tone: str) -> bool:
    return tone.startswith("l")


def _portion(words: Words, portion: Portion, at: float, width: float, y: float) -> str:
    drawn = [box(at, width, y, BAR, f"portion {portion.tone}")]
    if is_hatched(portion.tone):
        drawn.append(
            f'<rect fill="url(#{words.id}-h)" x="{at:.2f}%" width="{width:.2f}%" '
            f'y="{y:g}" height="{BAR}"/>'
        )
    label, css = _label_that_fits(portion, width)
    if label:
        css = f"{css} on-{portion.tone}"
        drawn.append(letters(at + width / 2, y + BAR / 2 + 4, label, css, "middle", words))
    return "".join(drawn)


def _label_that_fits(portion: Portion, width: float) -> tuple[str, str]:
    """With its percent sign, without it, on a wide page only, or not at all: the table has it."""
    for page, css in ((NARROWEST, "percent"), (WIDE, "percent wide")):
        room = width * page / 100 - _PADDING
        for label in (portion.label, portion.short_label):
            if text_width(label) <= room:
                return label, css
    return "", ""


def _hatch(words: Words) -> str:
    """Strokes over the answers left of the middle: sides differ also in grey."""
    return (
        f'<defs><pattern id="{words.id}-h" width="7" height="7" patternUnits="userSpaceOnUse" '
        'patternTransform="rotate(45)"><line class="hatch" x1="0" y1="0" x2="0" y2="7"/>'
        "</pattern></defs>"
    )
