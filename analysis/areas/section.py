"""What a document says of the comparison areas: their own change, and the difference of changes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any, Final

import numpy as np

from analysis.areas.sentences import caveats_of, tell_difference
from analysis.areas.split import SplitWaves
from analysis.codebook import Codebook
from analysis.comparisons import METHODS, Comparison, compare_waves
from analysis.comparisons.contrast import Change
from analysis.comparisons.difference import Domain
from analysis.comparisons.difference_in_differences import AreaComparison, compare_areas
from analysis.dataset import Wave
from analysis.design import Design, label_waves
from analysis.estimates import ESTIMATES
from analysis.multiplicity import holm
from analysis.narrative import Shown, leaves_zero_out
from analysis.outcomes import Outcome, outcomes_of, values_in
from analysis.plain import plain
from analysis.plan import Plan
from analysis.refusals import NotEstimable, Refusal
from analysis.variance.protocol import Variance
from analysis.verdict import Evidence, Verdict, verdict_of
from analysis.weighted_waves import weigh

_SAMPLES: Final = (
    "initiative areas, before",
    "initiative areas, after",
    "comparison areas, before",
    "comparison areas, after",
)
_PLACES: Final = ("initiative areas", "initiative areas", "comparison areas", "comparison areas")
_KEPT: Final = (
    "outcome",
    "measure",
    "share_of",
    "title",
    "low",
    "high",
    "smallest_change",
    "higher_is_favourable",
)
Main = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class _Differing:
    """One main outcome: how the comparison areas changed, and by how much the others differ."""

    outcome: Outcome
    elsewhere: Comparison
    found: AreaComparison | NotEstimable

    @property
    def difference(self) -> Change | NotEstimable:
        return self.found if isinstance(self.found, NotEstimable) else self.found.difference


def areas_section(
    split: SplitWaves, codebook: Codebook, plan: Plan, variance: Variance, document: Main
) -> dict[str, Any]:
    """The comparison areas beside the others, or why they cannot stand there; see `_beside`."""
    untold = {"n_untold": dict(zip(("before", "after"), split.n_untold, strict=True))}
    if isinstance(split.comparison, NotEstimable):
        return {**untold, "comparisons": plain(split.comparison)}
    try:
        told = _beside((split.initiative, split.comparison), codebook, plan, variance, document)
    except Refusal as refusal:
        return {**untold, "comparisons": plain(NotEstimable(str(refusal)))}
    return {**untold, "comparisons": told}


def _beside(
    places: Sequence[tuple[Wave, Wave]],
    codebook: Codebook,
    plan: Plan,
    variance: Variance,
    document: Main,
) -> list[dict[str, Any]]:
    """Did the initiative's areas change otherwise than the comparison areas, for each main outcome?

    `compare_areas` on four samples (place x wave), each brought to the plan's population where it
    names one. Without a stratum in the plan the place is the stratum. Holm over the main outcomes.
    The verdict is that of the difference of changes, against the smallest change that matters of
    the main comparison; where 4 to 7 clusters leave two intervals, it must hold over both. What
    takes the verdict from the main comparison takes it from this one.
    document: the computed one of the initiative's areas.
    Refuses (`Refusal`): what `label_waves` and the variance refuse for the four samples.
    """
    parts = [weigh(*pair, codebook, plan) for pair in places]
    withheld = next((part.withheld for part in parts if part.withheld), None)
    samples = [wave for part in parts for wave in part.waves]
    waves = [_placed(wave, place) for wave, place in zip(samples, _PLACES, strict=True)]
    design = label_waves(waves, _SAMPLES, plan.columns, plan.lonely_psu)
    variance.check(design)
    compared = list(_compared(waves, codebook, plan, (design, variance)))
    tested = [c.difference for c in compared]
    adjusted = iter(holm([d.p for d in tested if isinstance(d, Change)]))
    return [
        _told(
            one,
            next(adjusted) if isinstance(one.difference, Change) else None,
            _main(one.outcome, document),
            withheld,
        )
        for one in compared
    ]


def _placed(wave: Wave, place: str) -> Wave:
    if "stratum" in wave.labels:
        return wave
    return replace(wave, labels={**wave.labels, "stratum": np.full(wave.n, place)})


def _compared(
    waves: Sequence[Wave], codebook: Codebook, plan: Plan, how: tuple[Design, Variance]
) -> Iterator[_Differing]:
    ends = [0, *np.cumsum([wave.n for wave in waves]).tolist()]
    rows = [np.arange(start, end) for start, end in pairwise(ends)]
    here, there = Domain(rows[0], rows[1]), Domain(rows[2], rows[3])
    known = {(o.id, o.measure): o for o in outcomes_of(codebook)}
    for key in plan.primary:
        outcome = known[key]
        values = np.concatenate([values_in(wave, outcome, codebook) for wave in waves])
        method = ESTIMATES[outcome.measure], METHODS[outcome.measure]
        elsewhere = compare_waves(values, there, *how, method)
        yield _Differing(outcome, elsewhere, compare_areas(values, here, there, *how))


def _main(outcome: Outcome, document: Main) -> Main:
    key = outcome.id, outcome.measure
    return next(
        c
        for c in document["comparisons"]
        if c["group"] is None and (c["outcome"], c["measure"]) == key
    )


def _told(
    one: _Differing, p_adjusted: float | None, main: Main, withheld: NotEstimable | None
) -> dict[str, Any]:
    found = None if isinstance(one.found, NotEstimable) else one.found
    difference = one.difference
    told = {
        **{key: main[key] for key in _KEPT},
        **{name: plain(getattr(one.elsewhere, name)) for name in ("before", "after", "change")},
        "main_change": main["change"],
        "difference": plain(difference)
        if isinstance(difference, NotEstimable)
        else {**plain(difference), "p_adjusted": p_adjusted},
        "few_clusters": plain(found.few_clusters if found else one.found),
        "basis": found.basis if found else None,
        "clusters": list(found.clusters) if found else None,
        "verdict": plain(_verdict(one, p_adjusted, main, withheld)),
        "because": main["because"],
        "caveats": caveats_of(found) if found else [],
    }
    is_held_back = leaves_zero_out(told["difference"])
    sentences = tell_difference(told, Shown(), is_held_back=is_held_back)
    return {**told, "sentence": sentences["en"], "sentences": sentences}


def _verdict(
    one: _Differing, p_adjusted: float | None, main: Main, withheld: NotEstimable | None
) -> Verdict | NotEstimable:
    difference, matters = one.difference, main["smallest_change"]
    reason = _unjudgeable(one, main) or withheld
    if isinstance(difference, NotEstimable):
        return difference
    if reason is not None:
        return reason
    if main["verdict"] == "not_comparable":
        return "not_comparable"
    return _by([difference, *_unsettled(one)], matters, p_adjusted)


def _unsettled(one: _Differing) -> Iterator[Change]:
    """The second interval, where it is not settled which of the two to trust."""
    found = one.found
    if isinstance(found, AreaComparison) and found.basis == "few_clusters":
        yield from (c for c in (found.few_clusters,) if isinstance(c, Change))


def _unjudgeable(one: _Differing, main: Main) -> NotEstimable | None:
    """A place whose own change has no test or no verdict cannot be set against another."""
    if isinstance(main["verdict"], Mapping):
        return NotEstimable(main["verdict"]["not_estimable"])
    elsewhere = one.elsewhere
    if isinstance(elsewhere.change, NotEstimable):
        return NotEstimable(f"comparison area: {elsewhere.change.reason}")
    for wave in ("before", "after"):
        estimate = getattr(elsewhere, wave)
        if isinstance(estimate.se, NotEstimable) and one.outcome.measure == "mean":
            return NotEstimable(f"comparison area, {wave}: {estimate.se.reason}")
    return None


def _by(changes: Sequence[Change], matters: float, p_adjusted: float | None) -> Verdict:
    """What holds over all of these intervals together."""
    ci95 = min(c.ci_low for c in changes), max(c.ci_high for c in changes)
    ci90 = min(c.ci90_low for c in changes), max(c.ci90_high for c in changes)
    return verdict_of(Evidence(ci95, ci90, matters, p_adjusted))
