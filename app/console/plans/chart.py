"""The planner's picture: how the smallest visible change shrinks as more people answer."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import TYPE_CHECKING, Final, Literal

from markupsafe import Markup, escape

from app.initiatives.planning.planner import Answers, Assumptions, curve, visible_change

if TYPE_CHECKING:
    from app.web.locales import Locale

WIDTH: Final = 340  # as wide as on the narrowest phone: nothing there is drawn smaller
HEIGHT: Final = 260
LEFT: Final = 44
RIGHT: Final = 12
TOP: Final = 28
BOTTOM: Final = 48
PLACES: Final = 3
MOST_STEPS: Final = 4
WORDS_WIDE: Final = 120
WORDS_HIGH: Final = 20
STEPS: Final = (0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0)  # of the amounts beside the lines


def planner_chart(
    total: Answers, assumed: Assumptions, matters: float, locale: Locale
) -> Markup | None:
    """None where too few answers are planned to draw anything."""
    points = list(curve([total], assumed))
    seen = visible_change([total], assumed)
    if len(points) < 2 or seen is None:  # noqa: PLR2004 - a line has two ends
        return None
    scale = _Scale(points, max(matters * 1.25, *(change for _, change in points)))
    state = "good" if seen <= matters else "bad"
    parts = [
        *_axes(scale, locale),
        _line(scale, [p for p in points if p[1] > matters] + _crossing(points, matters), "bad"),
        _line(scale, _crossing(points, matters) + [p for p in points if p[1] <= matters], "good"),
        *_matters_line(scale, points, matters, locale),
        *_here(scale, total.fewest, seen, state),
        _label(scale, total, seen, matters, locale),
    ]
    title = escape(locale("planner_chart_title"))
    described = escape(
        locale(
            "planner_chart_desc",
            n=locale.number(total.fewest, ",.0f"),
            change=locale.number(seen, ".2f"),
        )
    )
    return Markup(  # noqa: S704 - numbers and escaped texts
        f'<svg class="chart" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" '
        f'aria-labelledby="chart-title chart-desc"><title id="chart-title">{title}</title>'
        f'<desc id="chart-desc">{described}</desc>{"".join(parts)}</svg>'
    )


class _Scale:
    """From answers and points of the scale to places in the picture."""

    def __init__(self, points: list[tuple[float, float]], highest: float) -> None:
        self.least, self.most = points[0][0], points[-1][0]
        self.lines = lines_up_to(highest)
        self.highest = self.lines[-1]

    def x(self, answers: float) -> float:
        part = (answers - self.least) / (self.most - self.least)
        return LEFT + part * (WIDTH - LEFT - RIGHT)

    def y(self, change: float) -> float:
        return TOP + (1 - change / self.highest) * (HEIGHT - TOP - BOTTOM)


def lines_up_to(highest: float) -> list[float]:
    """Round amounts from none to one that is not below the highest."""
    step = next((step for step in STEPS if highest <= MOST_STEPS * step), STEPS[-1])
    return [step * number for number in range(math.ceil(highest / step) + 1)]


def _axes(scale: _Scale, locale: Locale) -> list[str]:
    parts = []
    for change in scale.lines:
        y = scale.y(change)
        parts.append(
            f'<line class="axis" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y:.1f}" y2="{y:.1f}"/>'
            f'<text class="soft" x="{LEFT - 8}" y="{y + 4:.1f}" text-anchor="end">'
            f"{locale.number(change, '.2f')}</text>"
        )
    for place in range(PLACES + 1):
        answers = scale.least + (scale.most - scale.least) * place / PLACES
        anchor = "end" if place == PLACES else "middle"
        parts.append(
            f'<text class="soft" x="{scale.x(answers):.1f}" y="{HEIGHT - BOTTOM + 18}" '
            f'text-anchor="{anchor}">{locale.number(answers, ",.0f")}</text>'
        )
    parts.append(
        f'<text class="soft" x="{LEFT}" y="{TOP - 12}">'
        f"{escape(locale('planner_axis_change'))}</text>"
        f'<text class="soft" x="{WIDTH - RIGHT}" y="{HEIGHT - 8}" text-anchor="end">'
        f"{escape(locale('planner_axis_answers'))}</text>"
    )
    return parts


def _crossing(points: list[tuple[float, float]], matters: float) -> list[tuple[float, float]]:
    """Where the line passes the change that matters, so that its colour turns there."""
    for (n1, c1), (n2, c2) in pairwise(points):
        if c2 <= matters < c1:
            return [(n1 + (c1 - matters) / (c1 - c2) * (n2 - n1), matters)]
    return []


def _line(scale: _Scale, points: list[tuple[float, float]], state: str) -> str:
    if len(points) < 2:  # noqa: PLR2004 - a line has two ends
        return ""
    places = " ".join(f"{scale.x(n):.1f},{scale.y(change):.1f}" for n, change in points)
    return f'<polyline class="line {state}" points="{places}"/>'


def _matters_line(
    scale: _Scale, points: list[tuple[float, float]], matters: float, locale: Locale
) -> list[str]:
    y = scale.y(matters)
    words = escape(locale("planner_chart_matters", change=locale.number(matters, ".2f")))
    x, dy, anchor = _free_place(scale, points, y)
    return [
        f'<line class="matters" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y:.1f}" y2="{y:.1f}"/>',
        f'<text x="{x}" y="{y + dy:.1f}" text-anchor="{anchor}">{words}</text>',
    ]


def _free_place(
    scale: _Scale, points: list[tuple[float, float]], y: float
) -> tuple[int, int, Literal["start", "end"]]:
    """Words at the right end of a line, above it, or at its left end, below: off the curve."""
    places = [(scale.x(n), scale.y(change)) for n, change in points]
    begins = next(
        y1 + (WIDTH - RIGHT - WORDS_WIDE - x1) / (x2 - x1) * (y2 - y1)
        for (x1, y1), (x2, y2) in pairwise(places)
        if x2 >= WIDTH - RIGHT - WORDS_WIDE
    )
    is_free = begins > y or places[-1][1] < y - WORDS_HIGH
    return (WIDTH - RIGHT, -6, "end") if is_free else (LEFT, 16, "start")


def _here(scale: _Scale, answers: float, seen: float, state: str) -> list[str]:
    x, y = scale.x(answers), scale.y(seen)
    return [f'<circle class="{state}" cx="{x:.1f}" cy="{y:.1f}" r="6"/>']


def _label(scale: _Scale, total: Answers, seen: float, matters: float, locale: Locale) -> str:
    """Above the point, and above the line of what matters where that would run through it."""
    words = escape(locale("planner_chart_here", change=locale.number(seen, ".2f")))
    x, y, line = scale.x(total.fewest) + 10, scale.y(seen) - 10, scale.y(matters)
    if y - WORDS_HIGH < line < y + 6:
        y = line - 6
    return f'<text x="{x:.1f}" y="{y:.1f}">{words}</text>'
