"""A fieldwork plan: who will be asked, and how much its change would vary by chance.

Standard library only: the normal case of the planner needs nothing else.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Final, Literal

from analysis.refusals import Refusal

USUAL_POWER: Final = 0.80
USUAL_SD: Final = 1.0  # on a 1-5 answer scale
USUAL_KISH_DEFF: Final = 1.5
USUAL_LINK_RATE: Final = 0.40
USUAL_CORRELATION: Final = 0.6
T_BELOW: Final = 100.0


@dataclass(frozen=True, slots=True)
class PlannedWave:
    """Answers expected from one wave in one area.

    `population` only for a true probability sample or an attempted census with a known number of
    people; None for open links.
    """

    answers: float
    population: float | None = None

    def __post_init__(self) -> None:
        check_number("answers", self.answers, above=0)
        if self.population is not None:
            check_number("population", self.population, above=0)
            if self.answers > self.population:
                raise Refusal(
                    f"planner: {self.answers:g} answers from {self.population:g} people; a wave "
                    "cannot have more answers than people: lower the answers"
                )

    @property
    def unseen(self) -> float:
        """A = 1 - n/N, the finite population correction; 1 without a population."""
        return 1 - self.answers / self.population if self.population else 1.0

    def scaled(self, factor: float) -> PlannedWave:
        return replace(self, answers=self.answers * factor)


@dataclass(frozen=True, slots=True)
class ScaleScore:
    """A mean in points of the answer scale, with the spread of answers expected in each wave."""

    sd_before: float = USUAL_SD
    sd_after: float = USUAL_SD

    def __post_init__(self) -> None:
        check_number("sd_before", self.sd_before, above=0)
        check_number("sd_after", self.sd_after, above=0)


@dataclass(frozen=True, slots=True)
class Share:
    """A share (0.55 = 55 %) expected before, and the direction of the change looked for."""

    before: float
    direction: Literal["rise", "fall"] = "rise"

    def __post_init__(self) -> None:
        check_number("share before", self.before, above=0, below=1)

    @property
    def room(self) -> float:
        """The largest change there can be in this direction."""
        return 1 - self.before if self.direction == "rise" else self.before

    def after(self, change: float) -> float:
        return self.before + (change if self.direction == "rise" else -change)


@dataclass(frozen=True, slots=True)
class FieldworkPlan:
    """What will be asked of whom, as the planner needs it.

    `comparison` holds the comparison area's two waves. Waves of one plan share `kish_deff` (unequal
    weights), `cluster_size` (answers a sampled block) and `icc` (likeness inside a block).
    `link_rate`: share of the before wave found again in the after wave; `correlation`: of one
    person's two answers. `t_below`: effective n under which the t distribution replaces the normal.
    """

    outcome: ScaleScore | Share
    before: PlannedWave
    after: PlannedWave
    comparison: tuple[PlannedWave, PlannedWave] | None = None
    kish_deff: float = USUAL_KISH_DEFF
    cluster_size: float = 1.0
    icc: float = 0.0
    link_rate: float = 0.0
    correlation: float = USUAL_CORRELATION
    power: float = USUAL_POWER
    t_below: float = T_BELOW

    def __post_init__(self) -> None:
        check_number("kish_deff", self.kish_deff, least=1)
        check_number("cluster_size", self.cluster_size, least=1)
        check_number("icc", self.icc, least=0, below=1)
        check_number("link_rate", self.link_rate, least=0, most=1)
        check_number("correlation", self.correlation, above=-1, below=1)
        check_number("power", self.power, least=0.5, below=1)
        if not self.t_below >= 0:
            raise Refusal(f"planner: t_below is {self.t_below}; give 0 or more")

    @property
    def areas(self) -> tuple[tuple[PlannedWave, PlannedWave], ...]:
        own = (self.before, self.after)
        return (own,) if self.comparison is None else (own, self.comparison)

    @property
    def waves(self) -> tuple[PlannedWave, ...]:
        return tuple(wave for area in self.areas for wave in area)

    @property
    def deff(self) -> float:
        return design_effect(self.kish_deff, self.cluster_size, self.icc)

    @property
    def fewest_effective(self) -> float:
        """Effective answers in the smallest wave."""
        return min(wave.answers for wave in self.waves) / self.deff

    def scaled(self, factor: float) -> FieldworkPlan:
        """The same plan with every wave's answers multiplied."""
        before, after = self.before.scaled(factor), self.after.scaled(factor)
        if self.comparison is None:
            return replace(self, before=before, after=after)
        first, second = (wave.scaled(factor) for wave in self.comparison)
        return replace(self, before=before, after=after, comparison=(first, second))


def expected_answers(sent: float, response_rate: float) -> float:
    """How many answers come back? sent x response rate; refuses rates outside 0..1."""
    check_number("sent", sent, above=0)
    check_number("response_rate", response_rate, above=0, most=1)
    return sent * response_rate


def design_effect(kish_deff: float, cluster_size: float, icc: float) -> float:
    """How many times larger does the design make the variance?

    deff = deff_Kish (1 + (m - 1) ICC). kish_deff >= 1: from unequal weights. cluster_size m >= 1:
    answers a sampled block. icc: likeness of answers inside a block, 0..1. Assumes that weights and
    clusters act independently. Refuses nothing. Reference: Kish (1965), Survey Sampling, section
    5.4; Gabler, Haeder & Lahiri (1999), Survey Methodology 25:105-106. Checked against: the formula
    by hand.

    >>> design_effect(1.5, cluster_size=11, icc=0.05)
    2.25
    """
    return kish_deff * (1 + (cluster_size - 1) * icc)


def variance_of_change(
    plan: FieldworkPlan, spread: tuple[float, float], elsewhere: tuple[float, float]
) -> float:
    """How much would the change vary from one fieldwork to the next? In squared units.

    deff (A1 s1^2/n1 + A2 s2^2/n2 - 2 rho s1 s2 (nc / (n1 n2) - 1/N)), added up over the areas; 1/N
    only with links and a population of N people in both waves (Tam 1984, American Statistician
    38:288-289, for overlapping samples without replacement). spread: s1 and s2 of the initiative
    area; elsewhere: of the comparison area, unused without one.
    """
    total = _area_variance(plan, (plan.before, plan.after), spread)
    if plan.comparison:
        total += _area_variance(plan, plan.comparison, elsewhere)
    return total


def df_of_change(plan: FieldworkPlan, spread: tuple[float, float]) -> float:
    """On how many degrees of freedom does that variance rest?

    Welch-Satterthwaite from n/deff; with nc links, na and nb single people, Derrick's
    (nc - 1) + (Welch - nc + 1)(na + nb)/(na + nb + 2 nc); over the areas by Satterthwaite again.
    """
    parts = [
        (variance, _area_df(plan, area, spread))
        for area in plan.areas
        if (variance := _area_variance(plan, area, spread)) > 0
    ]
    return sum(v for v, _ in parts) ** 2 / sum(v**2 / df for v, df in parts)


def _area_variance(
    plan: FieldworkPlan, area: tuple[PlannedWave, PlannedWave], spread: tuple[float, float]
) -> float:
    (before, after), (s1, s2) = area, spread
    own = before.unseen * s1**2 / before.answers + after.unseen * s2**2 / after.answers
    if not plan.link_rate:
        return plan.deff * own
    overlap = _linked(plan, area) / (before.answers * after.answers)
    by_chance = 1 / before.population if before.population else 0.0
    return plan.deff * (own - 2 * plan.correlation * s1 * s2 * (overlap - by_chance))


def _linked(plan: FieldworkPlan, area: tuple[PlannedWave, PlannedWave]) -> float:
    return min(plan.link_rate * area[0].answers, area[1].answers)


def _area_df(
    plan: FieldworkPlan, area: tuple[PlannedWave, PlannedWave], spread: tuple[float, float]
) -> float:
    n1, n2 = (wave.answers / plan.deff for wave in area)
    pairs = _linked(plan, area) / plan.deff
    v1, v2 = (w.unseen * s**2 / n for w, s, n in zip(area, spread, (n1, n2), strict=True))
    welch = (v1 + v2) ** 2 / (v1**2 / (n1 - 1) + v2**2 / (n2 - 1))
    single = n1 + n2 - 2 * pairs
    return (pairs - 1) + (welch - pairs + 1) * single / (n1 + n2)


def check_number(
    name: str,
    value: float,
    *,
    above: float = -math.inf,
    below: float = math.inf,
    least: float = -math.inf,
    most: float = math.inf,
) -> None:
    if math.isfinite(value) and above < value < below and least <= value <= most:
        return
    bounds = {"above": above, "below": below, "at least": least, "at most": most}
    told = [f"{word} {bound:g}" for word, bound in bounds.items() if math.isfinite(bound)]
    raise Refusal(f"planner: {name} is {value}; give a number {' and '.join(told)}".rstrip())
