"""The lines of the planner's picture stand at amounts that are easily read."""

from __future__ import annotations

import pytest

from app.console.plans.chart import lines_up_to


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
