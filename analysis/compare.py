"""Every outcome of a codebook compared between two waves, with families, verdicts and all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal

from analysis.codebook import Codebook
from analysis.comparisons import METHODS, Comparison, compare_waves
from analysis.comparisons.difference import Domain
from analysis.dataset import Wave
from analysis.design import Design
from analysis.estimates import ESTIMATES
from analysis.estimates.estimate import Estimate
from analysis.groups import Group, domains_of
from analysis.influence import Summary, mean_influence
from analysis.multiplicity import benjamini_hochberg, holm
from analysis.outcomes import Outcome, outcome_values, outcomes_of
from analysis.plan import Plan
from analysis.refusals import NotEstimable
from analysis.sentences import Family
from analysis.tally.waves import CountedWaves, counted_waves
from analysis.variance.protocol import Variance
from analysis.verdict import Evidence, Verdict, verdict_of

SHARE_THAT_MATTERS: Final = 0.05
SD_THAT_MATTERS: Final = 0.20
POINTS_THAT_MATTER: Final = 0.15
_SPAN_OF_POINTS: Final = 4.0
_UNJUDGED: Final = NotEstimable("not judged yet")


@dataclass(frozen=True, slots=True)
class SmallestChange:
    """The smallest change that matters; `rule` says in words where a default comes from."""

    value: float
    source: Literal["plan", "default"]
    rule: str


@dataclass(frozen=True, slots=True)
class Compared:
    """One outcome in one group (None: everyone), compared and judged."""

    outcome: Outcome
    group: Group | None
    comparison: Comparison
    smallest_change: SmallestChange | NotEstimable
    family: Family
    p_adjusted: float | None = None
    verdict: Verdict | NotEstimable = _UNJUDGED


def compare_outcomes(
    before: Wave, after: Wave, codebook: Codebook, plan: Plan, design: Design, variance: Variance
) -> list[Compared]:
    """What changed, for every scale and item, and for each subgroup of the plan?

    Each outcome of `outcomes_of` by everyone, then by each group. Primary outcomes form one family
    (Holm), all others of everyone another, all subgroup comparisons a third (Benjamini-Hochberg).
    Refuses nothing; what cannot be estimated carries its reason.
    """
    groups, domains = zip(*domains_of(before, after, codebook, plan), strict=True)
    counted = counted_waves((before, after), groups, domains, design)
    pair = _Pair((before, after), codebook, design, variance, domains, counted)
    found: list[Compared] = []
    for outcome in outcomes_of(codebook):
        comparisons, baseline = pair.compare(outcome)
        matters = smallest_change_of(outcome, baseline, plan)
        found.extend(
            Compared(
                outcome=outcome,
                group=group,
                comparison=comparison,
                smallest_change=matters,
                family=family_of(outcome, group, plan),
            )
            for group, comparison in zip(groups, comparisons, strict=True)
        )
    return [judged(c) for c in adjusted(found)]


@dataclass(frozen=True, slots=True)
class _Pair:
    """Both waves, with their tallies where nobody was drawn together with others."""

    waves: tuple[Wave, Wave]
    codebook: Codebook
    design: Design
    variance: Variance
    domains: Sequence[Domain]
    counted: CountedWaves | None

    def compare(self, outcome: Outcome) -> tuple[list[Comparison], Summary | NotEstimable]:
        """Everyone and each group; and everyone's answers before.

        From the tallies where that is as exact as from the rows, else from the rows.
        """
        method = ESTIMATES[outcome.measure], METHODS[outcome.measure]
        found: Sequence[Comparison | None] = [None] * len(self.domains)
        baseline = None
        if self.counted:
            counted = self.counted.compare(outcome, self.codebook, self.variance, method)
            if counted is not None:
                found, baseline = counted.groups, counted.baseline
        complete = [comparison for comparison in found if comparison is not None]
        if baseline is not None and len(complete) == len(found):
            return complete, baseline
        values = outcome_values(outcome, *self.waves, self.codebook)
        comparisons = [
            comparison or compare_waves(values, domain, self.design, self.variance, method)
            for comparison, domain in zip(found, self.domains, strict=True)
        ]
        baseline = baseline or mean_influence(values, self.domains[0].before, self.design)
        return comparisons, baseline


def smallest_change_of(
    outcome: Outcome, baseline: Summary | NotEstimable, plan: Plan
) -> SmallestChange | NotEstimable:
    """How much must an outcome move before anyone should care?

    The plan's word, else: a share 5 percentage points; a mean the larger of 0.20 standard
    deviations of the before wave and 0.15 points on 1-5 (scaled to the ends of other answer
    scales); a number without ends 0.20 standard deviations. No published value exists for trust
    in police. Refuses when the before wave has no standard deviation.
    """
    if (outcome.id, outcome.measure) in plan.smallest_changes:
        value = plan.smallest_changes[outcome.id, outcome.measure]
        return SmallestChange(value, "plan", "set in the plan")
    if outcome.measure == "share":
        return SmallestChange(SHARE_THAT_MATTERS, "default", "5 percentage points")
    if isinstance(baseline, NotEstimable):
        return baseline
    by_sd = SD_THAT_MATTERS * baseline.sd
    if outcome.low is None or outcome.high is None:
        if by_sd == 0:
            return NotEstimable("before: every answer is the same")
        return SmallestChange(by_sd, "default", "0.20 standard deviations of the before wave")
    by_points = POINTS_THAT_MATTER * (outcome.high - outcome.low) / _SPAN_OF_POINTS
    return SmallestChange(
        max(by_sd, by_points),
        "default",
        "the larger of 0.20 standard deviations of the before wave and 0.15 points on a scale "
        "from 1 to 5",
    )


def family_of(outcome: Outcome, group: Group | None, plan: Plan) -> Family:
    """The tests that a comparison's p-value is adjusted with."""
    if group is not None:
        return "subgroups"
    return "primary" if (outcome.id, outcome.measure) in plan.primary else "exploratory"


def adjusted(found: Sequence[Compared]) -> list[Compared]:
    """With p-values that allow for how many tests each family makes."""
    allowed_for = list(found)
    methods = {"primary": holm, "exploratory": benjamini_hochberg, "subgroups": benjamini_hochberg}
    for family, method in methods.items():
        tested = {
            i: c.comparison.change.p
            for i, c in enumerate(found)
            if c.family == family and not isinstance(c.comparison.change, NotEstimable)
        }
        for i, p in zip(tested, method(list(tested.values())), strict=True):
            allowed_for[i] = replace(found[i], p_adjusted=p)
    return allowed_for


def judged(compared: Compared) -> Compared:
    """With the verdict that its change, the smallest change and the adjusted p call for."""
    change, matters = compared.comparison.change, compared.smallest_change
    if isinstance(change, NotEstimable):
        return replace(compared, verdict=change)
    if isinstance(matters, NotEstimable):
        return replace(compared, verdict=matters)
    if (wave := _wave_without_spread(compared)) is not None:
        alike = f"{wave}: every answer is the same, so nothing shows how answers vary"
        return replace(compared, verdict=NotEstimable(alike))
    evidence = Evidence(
        ci95=(change.ci_low, change.ci_high),
        ci90=(change.ci90_low, change.ci90_high),
        smallest_change=matters.value,
        holm_p=compared.p_adjusted if compared.family == "primary" else None,
    )
    return replace(compared, verdict=verdict_of(evidence))


def _wave_without_spread(compared: Compared) -> str | None:
    """R tests such a mean against the other wave's spread alone; a verdict would overclaim."""
    if compared.outcome.measure != "mean":
        return None
    for wave in ("before", "after"):
        estimate = getattr(compared.comparison, wave)
        if isinstance(estimate, Estimate) and isinstance(estimate.se, NotEstimable):
            return wave
    return None
