"""What another way of comparing two waves is given, what it finds, and what it must say of itself.

A new method is one file with a `METHOD` and one line in `analysis.comparisons.methods`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final, Literal

import numpy as np

from analysis.comparisons.contrast import Change
from analysis.comparisons.difference import Domain
from analysis.comparisons.linked.pairs import Pairs, pairs_of
from analysis.dataset import FloatArray, LabelArray
from analysis.design import Design, IntArray
from analysis.refusals import NotEstimable
from analysis.variance.protocol import Variance

OutcomeKind = Literal["scale", "ordinal", "numeric", "share", "nominal"]
Unit = Literal["outcome", "probability", "odds", "rank", "sd"]
Fit = Literal["yes"] | NotEstimable

YES: Final = "yes"
NO_CHANGE: Final[Mapping[Unit, float]] = {
    "outcome": 0.0,
    "probability": 0.5,
    "odds": 1.0,
    "rank": 0.0,
    "sd": 0.0,
}


@dataclass(frozen=True)
class Answers:
    """The answers of both waves to one outcome, as a method takes them.

    values: (N,) over both waves, NaN where missing; of a nominal item its codes. domain: the rows
    compared. person: (N,) self-made codes, empty for nobody. stratum: (N,) of the sample, the wave
    not in it. background: levels (N,) of the demographics to allow for, each with a level for
    missing. answered: (N,) of a scale, the share of its items answered. seed: of the shuffles.
    """

    values: FloatArray
    domain: Domain
    design: Design
    variance: Variance
    person: LabelArray | None = None
    stratum: LabelArray | None = None
    background: tuple[IntArray, ...] = ()
    answered: FloatArray | None = None
    seed: int = 0

    @cached_property
    def rows(self) -> tuple[IntArray, IntArray]:
        """The rows with an answer, of each wave."""
        before, after = self.domain.before, self.domain.after
        return before[~np.isnan(self.values[before])], after[~np.isnan(self.values[after])]

    @cached_property
    def waves(self) -> tuple[FloatArray, FloatArray]:
        """The answers of each wave, without the missing ones."""
        return self.values[self.rows[0]], self.values[self.rows[1]]

    @cached_property
    def pairs(self) -> Pairs:
        """Answers of those who can be recognised in both waves, and of all others."""
        nobody = np.full(len(self.values), "")
        person = nobody if self.person is None else self.person
        return pairs_of(self.values, person, self.domain.before, self.domain.after)


@dataclass(frozen=True, slots=True)
class MethodComparison:
    """After against before by one method; None where it has no such number.

    p: two-sided. unit: what `estimate` and its intervals (95 and 90 %) are counted in; its value
    without change is `NO_CHANGE[unit]`. figures: further numbers by name; counts: those that tell
    how many people did something, which never leave the building.
    """

    n: tuple[int, int]
    p: float | None = None
    unit: Unit | None = None
    estimate: float | None = None
    ci95: tuple[float, float] | None = None
    ci90: tuple[float, float] | None = None
    statistic: float | None = None
    df: float | None = None
    figures: Mapping[str, float] = field(default_factory=dict)
    counts: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Method:
    """One way of comparing two waves.

    question: what it answers, in plain words. beside: the outcomes whose main analysis it is shown
    with; none where it is there to be asked for only. needs_links: shown only where the plan names
    a person code.
    """

    name: str
    question: str
    reference: str
    beside: tuple[OutcomeKind, ...]
    applies: Callable[[Answers], Fit]
    compare: Callable[[Answers], MethodComparison | NotEstimable]
    needs_links: bool = False


def comparison_from(
    change: Change, n: tuple[int, int], figures: Mapping[str, float] | None = None
) -> MethodComparison:
    """A change in units of the outcome."""
    return MethodComparison(
        n=n,
        p=change.p,
        unit="outcome",
        estimate=change.estimate,
        ci95=(change.ci_low, change.ci_high),
        ci90=(change.ci90_low, change.ci90_high),
        statistic=change.statistic,
        df=change.df,
        figures=figures or {},
    )


def always(answers: Answers) -> Fit:
    del answers
    return YES


def unweighted(answers: Answers) -> Fit:
    """For methods that know no weights and take every answer as drawn on its own."""
    design = answers.design
    if not design.equal_weights:
        return NotEstimable("the answers are weighted, and this method knows no weights")
    if not design.person_is_psu:
        return NotEstimable(
            "people were drawn in groups (PSUs), and this method takes each as drawn alone"
        )
    if design.has_fpc:
        return NotEstimable("the population is finite, and this method takes it as endless")
    return YES


def independent(answers: Answers) -> Fit:
    """For unweighted methods that ask for two separate samples."""
    if answers.design.waves_share_psus:
        return NotEstimable(
            "some people or PSUs are in both waves, and this method takes the waves as separate"
        )
    return unweighted(answers)


def linked(answers: Answers) -> Fit:
    """For unweighted methods on people who answered twice."""
    n = len(answers.pairs.before)
    if n < 2:  # noqa: PLR2004 - one person's change does not vary
        return NotEstimable(f"{n} people can be recognised in both waves; it takes two or more")
    return unweighted(answers)
