"""The measuring itself: it runs, it judges, and it gives no figure for work that was not done."""

from __future__ import annotations

import pytest

from tests.bench.__main__ import BENCHES
from tests.bench.load import post, send
from tests.bench.measure import Measure
from tests.bench.servers import echo


@pytest.mark.browser
@pytest.mark.parametrize("name", BENCHES)
def test_each_bench_still_runs(name: str) -> None:
    measures = list(BENCHES[name](is_quick=True))
    assert len(measures) >= 3
    assert all(measure.figure > 0 for measure in measures)
    assert any(measure.ratio is not None for measure in measures)


def test_an_echo_answers_every_request_of_the_load() -> None:
    with echo("def") as server:
        requests = [post("/echo", b"a=1", server.origin)] * 30
        load = send(server.port, requests, at_once=5)
        assert load.statuses == {200: 30}
        assert len(load.waits) == 30
        assert server.cpu_seconds() > 0


def test_a_refused_request_shows_in_the_statuses() -> None:
    with echo("async") as server:
        load = send(server.port, [post("/nowhere", b"", server.origin)], at_once=1)
        assert load.statuses == {404: 1}


@pytest.mark.parametrize(
    ("measure", "is_met"),
    [
        (Measure("x", 3, "s", at_most=2), False),
        (Measure("x", 2, "s", at_most=2), True),
        (Measure("x", 3, "s", at_least=2), True),
        (Measure("x", 3, "s", "y", 2, at_most=1.4, of_ratio=True), False),
        (Measure("x", 3, "s", "y", 2, at_most=1.5, of_ratio=True), True),
        (Measure("x", 3, "s"), None),
        (Measure("x", 3, "s", at_most=2, of_ratio=True), None),
    ],
)
def test_a_measure_is_held_against_its_target(measure: Measure, is_met: object) -> None:
    assert measure.is_met is is_met


def test_a_line_shows_figure_reference_ratio_and_target() -> None:
    line = Measure("sheet", 3, "ms", "echo", 2, at_most=2, of_ratio=True).line()
    assert "3.00 ms" in line
    assert "1.50x of echo (2.00)" in line
    assert line.endswith("≤ 2.00x met")
