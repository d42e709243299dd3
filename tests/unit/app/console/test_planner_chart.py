"""The planner's picture: round amounts beside its lines, and words that stand free of them."""

from __future__ import annotations

import re
from itertools import pairwise
from pathlib import Path
from typing import Final

import pytest

from app.console import plans
from app.console.plans.chart import lines_up_to, planner_chart
from app.initiatives.planning.planner import Answers, Assumptions
from app.web.locales import read_room_locales


@pytest.mark.parametrize(
    ("highest", "lines"),
    [
        (0.396, [0.0, 0.1, 0.2, 0.3, 0.4]),
        (0.7, [0.0, 0.2, 0.4, 0.6, 0.8]),
        (0.02, [0.0, 0.01, 0.02]),
        (1.9, [0.0, 0.5, 1.0, 1.5, 2.0]),
        (9.0, [float(n) for n in range(10)]),
    ],
)
def test_lines_stand_at_round_amounts_and_reach_the_highest(
    highest: float, lines: list[float]
) -> None:
    assert lines_up_to(highest) == pytest.approx(lines)


WIDE_A_LETTER: Final = 7.0
HIGH: Final = 12.0
LABEL: Final = r'<text x="(\d+)" y="([\d.]+)" text-anchor="(\w+)">([^<]*(?:matters|importa))'
LOCALES: Final = read_room_locales(Path(plans.__file__).parent / "locale")


@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.parametrize("people", [16, 60, 120, 400, 700, 800, 900, 2000, 20000])
@pytest.mark.parametrize("matters", [0.05, 0.2, 0.5, 1.5])
def test_the_words_in_the_picture_stand_free_of_its_lines(
    people: int, matters: float, language: str
) -> None:
    drawn = planner_chart(Answers(people, people), Assumptions(), matters, LOCALES[language])
    assert drawn is not None
    told = re.search(LABEL, drawn)
    assert told is not None
    wide = WIDE_A_LETTER * len(told[4])
    left = float(told[1]) - (wide if told[3] == "end" else 0)
    bottom = float(told[2])
    for line in re.findall(r'<polyline class="line [^"]*" points="([^"]+)"', drawn):
        places = [tuple(map(float, place.split(","))) for place in line.split()]
        for (x1, y1), (x2, y2) in pairwise(places):
            for step in range(21):
                x, y = (a + step / 20 * (b - a) for a, b in ((x1, x2), (y1, y2)))
                assert not (left < x < left + wide and bottom - HIGH < y < bottom), (x, y, told[0])
    plan = re.search(r'<text x="[\d.]+" y="([\d.]+)">', drawn)
    line = re.search(r'class="matters".* y1="([\d.]+)"', drawn)
    assert plan is not None
    assert line is not None
    assert not float(plan[1]) - HIGH < float(line[1]) < float(plan[1]) + 3
