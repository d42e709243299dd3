"""Pictures of released numbers: pure functions from numbers and ready-made words to SVG.

Across, everything is placed in percent of the width, down in pixels: one picture fits a phone and
a sheet of paper, and its letters keep their size. Labels are placed so that they cannot touch at
`NARROWEST` pixels; on anything wider the gaps only grow. Colours are classes: the page decides.
"""

from __future__ import annotations

from app.web.style import read_sheet


def chart_sheet() -> str:
    return read_sheet("app.reports.charts", "charts.css")
