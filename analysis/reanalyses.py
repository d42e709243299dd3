"""The headline again: other weights, other people or other items, judged as the headline was."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from analysis.codebook import Codebook, Scale
from analysis.compare import Compared, adjusted, judged
from analysis.comparisons import METHODS, Comparison, compare_waves
from analysis.comparisons.difference import Domain
from analysis.dataset import FloatArray, Wave
from analysis.design import Design, label_design
from analysis.estimates import ESTIMATES
from analysis.outcomes import outcome_values
from analysis.plan import Plan
from analysis.refusals import NotEstimable
from analysis.scale_quality import ScaleQuality
from analysis.scales import scale_scores
from analysis.variance.protocol import Variance
from analysis.weighted_waves import WeightedWaves

Why = Literal["unweighted", "without_not_given", "without_flagged_items", "without_doubted_sheets"]


@dataclass(frozen=True, slots=True)
class Reanalysis:
    """A primary outcome once more. `n_left_out`: answers that only the headline uses, by wave.

    `agrees`: same verdict as the headline; None where either has none.
    """

    why: Why
    compared: Compared
    n_left_out: tuple[int, int]
    agrees: bool | None


@dataclass(frozen=True, slots=True)
class _Headline:
    """The primary outcomes, and all that their comparison rests on."""

    compared: Sequence[Compared]
    waves: tuple[Wave, Wave]
    codebook: Codebook
    plan: Plan
    variance: Variance

    def again(self, waves: tuple[Wave, Wave], domain: Domain) -> Iterator[Compared]:
        """On the same people with other weights, or on some of them."""
        design = label_design(*waves, self.plan.columns, self.plan.lonely_psu)
        for compared in self.compared:
            values = outcome_values(compared.outcome, *waves, self.codebook)
            yield self.with_values(compared, values, domain, design)

    def with_values(
        self, compared: Compared, values: FloatArray, domain: Domain, design: Design
    ) -> Compared:
        method = ESTIMATES[compared.outcome.measure], METHODS[compared.outcome.measure]
        comparison = compare_waves(values, domain, design, self.variance, method)
        return replace(compared, comparison=comparison)

    def everyone(self) -> Domain:
        first, second = self.waves
        return Domain(np.arange(first.n), first.n + np.arange(second.n))


def reanalyses_of(
    compared: Sequence[Compared],
    weighted: WeightedWaves,
    qualities: Sequence[ScaleQuality],
    codebook: Codebook,
    plan: Plan,
    variance: Variance,
) -> list[Reanalysis]:
    """Would the headline be another one, had we weighted, asked or scored otherwise?

    Each primary outcome again as `compare_waves` does: unweighted, where there are weights;
    weighted anew without those who did not give a demographic; scored without the items that do not
    mean the same to everyone (`scale_quality`). The smallest change that matters stays the
    headline's, and Holm runs over the same outcomes.
    Assumes what `compare_waves` assumes. Refuses nothing: what cannot be estimated carries its
    reason.
    Reference: own rule; what the headline assumes is tried by doing without it. Checked against:
    `compare_files` on the files without those people, weights or items.
    """
    first = [c for c in compared if c.family == "primary"]
    headline = _Headline(first, weighted.waves, codebook, plan, variance)
    weighed_again = (
        *beside("without_not_given", first, _without_not_given(headline, weighted)),
        *beside("without_flagged_items", first, _without_flagged(headline, qualities)),
    )
    return [
        *beside("unweighted", first, _unweighted(headline, weighted)),
        *(_withheld(again, weighted.withheld) for again in weighed_again),
    ]


def _withheld(again: Reanalysis, reason: NotEstimable | None) -> Reanalysis:
    """What carries no verdict in the headline carries none here."""
    if reason is None:
        return again
    return replace(again, compared=replace(again.compared, verdict=reason), agrees=None)


def _unweighted(headline: _Headline, weighted: WeightedWaves) -> list[Compared]:
    if weighted.section is None:
        return []
    before, after = (replace(wave, weight=None) for wave in headline.waves)
    return list(headline.again((before, after), headline.everyone()))


def _without_not_given(headline: _Headline, weighted: WeightedWaves) -> list[Compared]:
    some = weighted.of_those_who_gave_all(headline.codebook, headline.plan)
    if some is None:
        return []
    if isinstance(some, NotEstimable):
        return [_refused(compared, some) for compared in headline.compared]
    first, second = some.rows
    domain = Domain(np.flatnonzero(first), len(first) + np.flatnonzero(second))
    return list(headline.again(some.waves, domain))


def _without_flagged(headline: _Headline, qualities: Sequence[ScaleQuality]) -> list[Compared]:
    design = label_design(*headline.waves, headline.plan.columns, headline.plan.lonely_psu)
    reduced = {q.scale.id: q.reduced for q in qualities if q.reduced is not None}
    found = []
    for compared in headline.compared:
        scale = reduced.get(compared.outcome.id)
        if scale is None or compared.outcome.measure != "mean":
            continue
        if isinstance(scale, NotEstimable):
            found.append(_refused(compared, scale))
            continue
        values = _scores(headline, scale)
        found.append(headline.with_values(compared, values, headline.everyone(), design))
    return found


def _scores(headline: _Headline, scale: Scale) -> FloatArray:
    return np.concatenate([scale_scores(w, scale, headline.codebook) for w in headline.waves])


def _refused(compared: Compared, reason: NotEstimable) -> Compared:
    return replace(compared, comparison=Comparison(reason, reason, reason, {}))


def beside(
    why: Why, headline: Sequence[Compared], again: Sequence[Compared]
) -> Iterator[Reanalysis]:
    """Judged as a family of its own, each next to the headline of the same outcome."""
    first = {(c.outcome.id, c.outcome.measure): c for c in headline}
    for found in map(judged, adjusted(again)):
        lead = first[found.outcome.id, found.outcome.measure]
        has_both = not any(isinstance(c.verdict, NotEstimable) for c in (lead, found))
        yield Reanalysis(
            why=why,
            compared=found,
            n_left_out=(_n(lead, 0) - _n(found, 0), _n(lead, 1) - _n(found, 1)),
            agrees=lead.verdict == found.verdict if has_both else None,
        )


def _n(compared: Compared, wave: int) -> int:
    estimate = (compared.comparison.before, compared.comparison.after)[wave]
    return 0 if isinstance(estimate, NotEstimable) else estimate.n
