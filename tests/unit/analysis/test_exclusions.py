"""People outside the population leave before anything is counted, and are told of as a number."""

from __future__ import annotations

import pytest

from analysis.refusals import Refusal
from tests.unit.analysis.planned import both, compare, wave


def test_who_is_excluded_leaves_every_figure() -> None:
    lives = [2] * 20 + [None] * 10 + [1] * 170
    computed, released = both(
        wave(1, 200, lives=lives), wave(2, 200, 0.2, lives=lives), exclusions={"lives": [2]}
    )
    kept = {name: cells[20:] for name, cells in wave(1, 200, lives=lives).items()}
    later = {name: cells[20:] for name, cells in wave(2, 200, 0.2, lives=lives).items()}
    alone = compare(kept, later)
    assert computed["waves"]["before"]["n"] == 180
    assert computed["comparisons"] == alone["comparisons"]
    assert computed["distributions"] == alone["distributions"]
    assert computed["excluded"] == {"before": 20, "after": 20}
    assert released["excluded"] == {"before": 20, "after": 20}
    assert alone["excluded"] is None


def test_a_few_excluded_are_not_counted_in_public() -> None:
    lives = [2] * 3 + [1] * 97
    _, released = both(
        wave(1, 100, lives=lives), wave(2, 100, lives=lives), exclusions={"lives": [2]}
    )
    assert released["excluded"]["before"] == {"suppressed": "fewer than 10 answers"}


def test_a_wave_of_which_nobody_is_left_is_refused() -> None:
    with pytest.raises(Refusal, match="before: nobody is left after the plan's exclusions by 'li"):
        compare(wave(1, 30, lives=[2] * 30), wave(2, 30), exclusions={"lives": [2]})
