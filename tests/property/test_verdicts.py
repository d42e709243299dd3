"""Exactly one rule of the verdict holds for every input."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from analysis.verdict import VERDICTS, Evidence, Verdict, verdict_of

GRID = st.integers(-8, 8).map(lambda step: step / 4)


@st.composite
def evidence(draw: st.DrawFn) -> Evidence:
    """Bounds on a coarse grid, so that ties at 0 and at the smallest change come often."""
    low, low90, high90, high = sorted(draw(st.tuples(GRID, GRID, GRID, GRID)))
    smallest = draw(st.integers(1, 6)) / 4
    p = draw(st.sampled_from([None, 0.0, 0.01, 0.05, 0.5]))
    return Evidence((low, high), (low90, high90), smallest, p)


def _rules(e: Evidence) -> dict[Verdict, bool]:
    """The rules of the reference, each on its own words; the first that holds wins."""
    (low, high), (low90, high90), m = e.ci95, e.ci90, e.smallest_change
    inside = -m < low90 and high90 < m
    return {
        "rose_by_what_matters": low > m,
        "fell_by_what_matters": high < -m,
        "rose_maybe_less": low > 0 and low <= m <= high,
        "fell_maybe_less": high < 0 and low <= -m <= high,
        "rose_slightly": low > 0 and inside,
        "fell_slightly": high < 0 and inside,
        "about_the_same": low <= 0 <= high and inside,
        "cannot_tell": True,
    }


@given(evidence())
def test_the_first_rule_that_holds_wins(e: Evidence) -> None:
    expected = next(verdict for verdict, holds in _rules(e).items() if holds)
    told_as_change = expected not in {"about_the_same", "cannot_tell"}
    if told_as_change and e.holm_p is not None and e.holm_p >= 0.05:
        expected = "cannot_tell"
    assert verdict_of(e) == expected
    assert verdict_of(e) in VERDICTS


@given(evidence())
def test_only_one_direction_can_hold(e: Evidence) -> None:
    rules = _rules(e)
    assert not (any(rules[v] for v in VERDICTS[:3]) and any(rules[v] for v in VERDICTS[3:6]))


@given(evidence())
def test_falls_mirror_rises(e: Evidence) -> None:
    (low, high), (low90, high90) = e.ci95, e.ci90
    mirrored = Evidence((-high, -low), (-high90, -low90), e.smallest_change, e.holm_p)
    swap = {"rose": "fell", "fell": "rose"}
    verdict = verdict_of(e)
    start = verdict.split("_", maxsplit=1)[0]
    assert verdict_of(mirrored) == verdict.replace(start, swap.get(start, start))
