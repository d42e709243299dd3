"""The rules of the verdict at their borders."""

from __future__ import annotations

import pytest

from analysis.verdict import Evidence, Verdict, verdict_of


@pytest.mark.parametrize(
    ("ci95", "ci90", "verdict"),
    [
        ((0.21, 0.5), (0.25, 0.45), "rose_by_what_matters"),
        ((0.20, 0.5), (0.25, 0.45), "rose_maybe_less"),
        ((0.05, 0.20), (0.07, 0.19), "rose_maybe_less"),
        ((0.05, 0.19), (0.07, 0.17), "rose_slightly"),
        ((0.0, 0.19), (0.01, 0.18), "about_the_same"),
        ((-0.1, 0.21), (-0.09, 0.19), "about_the_same"),
        ((-0.1, 0.25), (-0.09, 0.20), "cannot_tell"),
        ((0.0, 0.5), (0.1, 0.4), "cannot_tell"),
        ((-0.25, 0.1), (-0.20, 0.09), "cannot_tell"),
    ],
)
def test_each_rule_holds_at_its_border_and_mirrors(
    ci95: tuple[float, float], ci90: tuple[float, float], verdict: Verdict
) -> None:
    assert verdict_of(Evidence(ci95, ci90, 0.2)) == verdict
    mirrored = Evidence((-ci95[1], -ci95[0]), (-ci90[1], -ci90[0]), 0.2)
    assert verdict_of(mirrored) == verdict.replace("rose", "fell")


@pytest.mark.parametrize(("p", "held_back"), [(0.049, False), (0.05, True), (0.9, True)])
def test_a_primary_change_that_holm_does_not_bear_out_cannot_be_told(
    p: float, *, held_back: bool
) -> None:
    found = verdict_of(Evidence((0.3, 0.5), (0.35, 0.45), 0.2, holm_p=p))
    assert found == ("cannot_tell" if held_back else "rose_by_what_matters")


def test_holm_does_not_touch_about_the_same() -> None:
    evidence = Evidence((-0.1, 0.1), (-0.09, 0.09), 0.2, holm_p=1.0)
    assert verdict_of(evidence) == "about_the_same"
