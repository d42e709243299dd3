"""The plane that pictures are drawn on, and the few marks that they are made of."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import Final

from app.reports.charts.lettering import LINE_PIXELS, text_width, wrap_text

NARROWEST: Final = 280
# Across a sheet of paper between its margins, in pixels of which 96 make an inch.
SHEET: Final = 660
ARROW: Final = 16
_GAP: Final = 8
_ASIDE: Final = 4.0


@dataclass(frozen=True, slots=True)
class Words:
    """What a picture is called and what it shows, for a reader who does not see it."""

    id: str
    title: str
    description: str
    is_right_to_left: bool = False


@dataclass(frozen=True, slots=True)
class Mark:
    """An estimate with its interval and the text that stands beside it."""

    estimate: float
    low: float | None
    high: float | None
    label: str


@dataclass(frozen=True, slots=True)
class Plane:
    """Turns a value into percent of the width; reads from the right in right-to-left languages.

    start: percent of the width, on the side where reading starts, that is left to names.
    """

    low: float
    high: float
    is_right_to_left: bool = False
    inset: float = 4.0
    start: float = 0.0

    def at(self, value: float) -> float:
        share = (min(max(value, self.low), self.high) - self.low) / (self.high - self.low)
        place = self.start + self.inset + share * (100 - self.start - 2 * self.inset)
        return 100 - place if self.is_right_to_left else place

    def span(self, start: float, end: float) -> tuple[float, float]:
        """Left edge and width."""
        one, other = self.at(start), self.at(end)
        return min(one, other), abs(other - one)


def line(x1: float, x2: float, y: float, css: str) -> str:
    return f'<line class="{css}" x1="{x1:.2f}%" x2="{x2:.2f}%" y1="{y:g}" y2="{y:g}"/>'


def upright(x: float, y1: float, y2: float, css: str) -> str:
    return f'<line class="{css}" x1="{x:.2f}%" x2="{x:.2f}%" y1="{y1:g}" y2="{y2:g}"/>'


def dot(x: float, y: float, css: str) -> str:
    return f'<circle class="{css}" cx="{x:.2f}%" cy="{y:g}" r="4.5"/>'


def box(left: float, width: float, y: float, height: float, css: str) -> str:
    return (
        f'<rect class="{css}" x="{left:.2f}%" width="{width:.2f}%" y="{y:g}" height="{height:g}"/>'
    )


def letters(
    x: float, y: float, text: str, css: str, side: str, words: Words, aside: int = 0
) -> str:
    """Text whose `side` (left, middle, right) lies at x, whichever way the language reads.

    aside: pixels that it keeps away from x.
    """
    anchor = "middle" if side == "middle" else _anchor(side, is_mirrored=words.is_right_to_left)
    away = f' dx="{aside if side == "left" else -aside}"' if aside else ""
    return (
        f'<text class="{css}" x="{x:.2f}%"{away} y="{y:g}" text-anchor="{anchor}">'
        f"{escape(text)}</text>"
    )


def arrow(x: float, y: float, side: str) -> str:
    """Pointing out of the picture at its left or right edge; drawn, for not every font has one."""
    turn = 1 if side == "left" else -1
    return (
        f'<svg x="{x:.2f}%" y="{y:g}" overflow="visible"><path class="arrow" '
        f'd="M{11 * turn} 0H{turn}m{4 * turn}-4l{-4 * turn} 4l{4 * turn} 4"/></svg>'
    )


def _anchor(side: str, *, is_mirrored: bool) -> str:
    return "start" if (side == "left") is not is_mirrored else "end"


def label_at(x: float, y: float, text: str, css: str, words: Words) -> str:
    """A label centred on x; beside it where it would leave the picture."""
    width = text_width(text) / NARROWEST * 100
    if x < width / 2:
        return letters(_clamp(x - _ASIDE, width), y, text, css, "left", words)
    if x > 100 - width / 2:
        return letters(100 - _clamp(100 - x - _ASIDE, width), y, text, css, "right", words)
    return letters(x, y, text, css, "middle", words)


def _clamp(from_edge: float, width: float) -> float:
    return max(0.0, min(from_edge, 100 - width))


def end_labels(
    ends: tuple[str, str], y: float, words: Words, room: int = NARROWEST
) -> tuple[str, float]:
    """The meaning of both ends of an axis, in as many lines as they need; and the lines' height.

    room: pixels across.
    """
    half = room / 2 - _GAP
    columns = tuple(wrap_text(end, half) for end in ends)
    sides = ("right", "left") if words.is_right_to_left else ("left", "right")
    drawn = [
        letters(0 if side == "left" else 100, y + row * LINE_PIXELS, text, "end", side, words)
        for side, column in zip(sides, columns, strict=True)
        for row, text in enumerate(column)
    ]
    return "".join(drawn), max(len(column) for column in columns) * LINE_PIXELS


def picture(words: Words, height: float, content: str) -> str:
    direction = ' direction="rtl"' if words.is_right_to_left else ""
    return (
        f'<svg class="chart" xmlns="http://www.w3.org/2000/svg" role="img" width="100%" '
        f'height="{height:g}"{direction} aria-labelledby="{words.id}-t {words.id}-d">'
        f'<title id="{words.id}-t">{escape(words.title)}</title>'
        f'<desc id="{words.id}-d">{escape(words.description)}</desc>{content}</svg>'
    )
