"""Three and more waves as one document: means, slope, one test of any change, contrasts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import reduce
from itertools import accumulate, pairwise
from typing import Any, Final, Literal

import numpy as np

from analysis import __version__
from analysis.codebook import Codebook, match_codebooks
from analysis.compare import family_of, smallest_change_of
from analysis.comparisons.contrast import Change
from analysis.comparisons.trend import Trend, compare_trend
from analysis.dataset import Wave
from analysis.design import Design, label_waves
from analysis.estimates import ESTIMATES
from analysis.exclusions import read_eligible
from analysis.influence import Influence, is_rounding
from analysis.multiplicity import benjamini_hochberg, holm
from analysis.narrative import Shown, leaves_zero_out, narrate
from analysis.outcomes import Outcome, outcomes_of, values_in
from analysis.plain import plain
from analysis.plan import Plan, read_plan
from analysis.probability import LEVEL
from analysis.refusals import NotEstimable, Refusal
from analysis.tally import dot
from analysis.variance import DEFAULT, variance_named
from analysis.variance.protocol import Variance
from analysis.verdict import Evidence, verdict_of
from analysis.weighted_waves import sample_of
from analysis.weighting.wave_weights import weigh_samples

SCHEMA: Final = "rapport.trend/1"
Family = Literal["primary", "exploratory"]


@dataclass(frozen=True, slots=True)
class FieldedWave:
    """One wave's answers as CSV text. time: such as the month of its middle, counted from any."""

    label: str
    time: float
    text: str
    codebook: Codebook


@dataclass(frozen=True, slots=True)
class _Fieldwork:
    waves: tuple[Wave, ...]
    labels: tuple[str, ...]
    times: tuple[float, ...]
    codebook: Codebook
    plan: Plan
    design: Design
    variance: Variance


def compare_many(
    fielded: Sequence[FieldedWave],
    *,
    plan: Mapping[str, Any] | None = None,
    variance: str | None = None,
) -> dict[str, Any]:
    """How did every outcome move over three or more waves?

    Each scale and item by `compare_trend`: the waves' means, the slope, the omnibus test, each wave
    less the one before, the last less the first, and the plan's `contrasts`. Only columns that mean
    the same in all waves are compared (`match_codebooks`, wave after wave). All waves are brought
    to the plan's population where it names one. Slopes and omnibus tests are adjusted over the
    outcomes: Holm for the primary ones, Benjamini-Hochberg for the others. Contrasts carry a
    verdict and a sentence, Holm within their outcome.
    fielded: in the order of time. plan, variance: as in `compare_files`.
    Returns a document of the schema "rapport.trend/1", unrounded: it is for analysts.
    Refuses (`Refusal`): fewer than three waves, times that do not rise, comparison areas, margins
    that cannot be met, what `read_wave`, `read_plan` and `label_waves` refuse.
    Reference: Korn & Graubard (1990), as `compare_trend`. Checked against: R in O12, and
    `compare_files` for two of the waves.
    """
    fieldwork = _read(fielded, plan, variance)
    outcomes = outcomes_of(fieldwork.codebook)
    found = [(outcome, _trend_of(outcome, fieldwork)) for outcome in outcomes]
    trends = [_told(outcome, trend, fieldwork) for outcome, trend in found]
    for part in ("slope", "omnibus"):
        _adjust([t for t in trends if "not_estimable" not in t], part)
    return {
        "schema": SCHEMA,
        "document": "computed",
        "code_version": __version__,
        "instrument": {
            "id": fieldwork.codebook.instrument_id,
            "version": fieldwork.codebook.version,
            "title": dict(fieldwork.codebook.title),
        },
        "waves": [
            {"label": label, "time": time, "n": wave.n, "n_eff": _n_eff(wave)}
            for label, time, wave in zip(
                fieldwork.labels, fieldwork.times, fieldwork.waves, strict=True
            )
        ],
        "plan": {**fieldwork.plan.to_dict(), "hash": fieldwork.plan.content_hash()},
        "variance": variance or fieldwork.plan.variance or DEFAULT,
        "level": LEVEL,
        "trends": trends,
    }


def _read(
    fielded: Sequence[FieldedWave], plan: Mapping[str, Any] | None, variance: str | None
) -> _Fieldwork:
    if len(fielded) < 3:  # noqa: PLR2004 - two waves are a comparison
        raise Refusal(f"trend: {len(fielded)} waves; give three or more, or compare two")
    labels = tuple(one.label for one in fielded)
    if len(set(labels)) < len(labels):
        raise Refusal(f"trend: two waves have one name ({', '.join(labels)}); name each its own")
    shared = reduce(match_codebooks, (one.codebook for one in fielded))
    checked = read_plan(plan, shared)
    if checked.comparison_areas:
        raise Refusal("trend: comparison_areas are for two waves; leave them out of the plan")
    every = {v.id for one in fielded for v in one.codebook.variables}
    waves = [
        read_eligible(one.label, one.text, one.codebook, checked, ignored=every).wave
        for one in fielded
    ]
    waves = _weighed(waves, labels, shared, checked)
    method = variance_named(variance or checked.variance or DEFAULT)
    design = label_waves(waves, labels, checked.columns, checked.lonely_psu)
    method.check(design)
    times = tuple(one.time for one in fielded)
    return _Fieldwork(tuple(waves), labels, times, shared, checked, design, method)


def _weighed(
    waves: list[Wave], labels: Sequence[str], codebook: Codebook, plan: Plan
) -> list[Wave]:
    if plan.weighting is None:
        return waves
    margins = plan.weighting.margins(codebook)
    names = [margin.variable for margin in margins]
    samples = {
        label: sample_of(wave, names, codebook) for label, wave in zip(labels, waves, strict=True)
    }
    found = weigh_samples(samples, margins, plan.weighting.rule(codebook))
    if isinstance(found, NotEstimable):
        raise Refusal(f"trend: the population margins cannot be met ({found.reason})")
    for label, weighed in zip(labels, found.weighed, strict=True):
        if weighed.judgement.outcome == "blocks":
            raise Refusal(
                f"{label}: the weights are too unequal to compare by ({weighed.judgement.limit}); "
                "leave weighting out of the plan, or join levels"
            )
    pairs = zip(waves, found.weighed, strict=True)
    return [replace(wave, weight=weighed.weights) for wave, weighed in pairs]


def _trend_of(outcome: Outcome, fieldwork: _Fieldwork) -> Trend | NotEstimable:
    values = np.concatenate(
        [values_in(wave, outcome, fieldwork.codebook) for wave in fieldwork.waves]
    )
    ends = accumulate((wave.n for wave in fieldwork.waves), initial=0)
    rows = [np.arange(start, end) for start, end in pairwise(ends)]
    design, variance = fieldwork.design, fieldwork.variance
    contrasts = fieldwork.plan.contrasts
    return compare_trend(values, rows, fieldwork.times, design, variance, named=contrasts)


def _told(outcome: Outcome, trend: Trend | NotEstimable, fieldwork: _Fieldwork) -> dict[str, Any]:
    head = {
        "outcome": outcome.id,
        "measure": outcome.measure,
        "share_of": plain(outcome.share_of),
        "title": dict(outcome.title),
        "low": outcome.low,
        "high": outcome.high,
        "family": family_of(outcome, None, fieldwork.plan),
    }
    if isinstance(trend, NotEstimable):
        return {**head, "not_estimable": trend.reason}
    matters = smallest_change_of(outcome, trend.waves[0], fieldwork.plan)
    amount = matters if isinstance(matters, NotEstimable) else matters.value
    head["smallest_change"] = plain(amount)
    estimates = [_estimate(outcome, wave, fieldwork) for wave in trend.waves]
    told = _Telling(head, estimates, fieldwork)
    return {
        **head,
        "waves": estimates,
        "slope": plain(trend.slope),
        "omnibus": plain(trend.omnibus),
        "contrasts": [
            *(told.contrast((p.earlier, p.later), p.change, p.p_adjusted) for p in trend.contrasts),
            *(told.contrast((i, j), reason, None) for i, j, reason in trend.untested),
        ],
        "named_contrasts": [
            {
                "name": own.name,
                "coefficients": list(own.coefficients),
                "change": {**plain(own.change), "p_adjusted": own.p_adjusted}
                if isinstance(own.change, Change)
                else plain(own.change),
            }
            for own in trend.named
        ],
    }


def _estimate(outcome: Outcome, wave: Influence, fieldwork: _Fieldwork) -> dict[str, Any]:
    variance, design = fieldwork.variance, fieldwork.design
    covariance = variance.covariance([wave], design)
    if isinstance(covariance, NotEstimable):
        return {"not_estimable": covariance.reason}
    v = float(covariance[0, 0])
    df = variance.df_of_estimate(wave, wave.rows, design)
    found = ESTIMATES[outcome.measure](wave, 0.0 if is_rounding(v, wave) else v, df, design)
    told: dict[str, Any] = plain(found)
    return told


@dataclass(frozen=True, slots=True)
class _Telling:
    """Two waves of one outcome, told as a comparison of two waves is."""

    head: Mapping[str, Any]
    estimates: Sequence[dict[str, Any]]
    fieldwork: _Fieldwork

    def contrast(
        self, waves: tuple[int, int], change: Change | NotEstimable, p_adjusted: float | None
    ) -> dict[str, Any]:
        earlier, later = waves
        labels = self.fieldwork.labels
        verdict = self._verdict(waves, change, p_adjusted)
        told = {
            **self.head,
            "share_of": _named(self.head["share_of"], self.fieldwork.codebook),
            "group": None,
            "because": None,
            "depends_on_method": False,
            "before": self.estimates[earlier],
            "after": self.estimates[later],
            "change": {**plain(change), "p_adjusted": p_adjusted, "family": self.head["family"]},
            "verdict": verdict,
        }
        is_held_back = leaves_zero_out(told["change"])
        sentences = narrate(told, "C", Shown(), is_held_back=is_held_back)
        return {
            "earlier": labels[earlier],
            "later": labels[later],
            "change": plain(change)
            if isinstance(change, NotEstimable)
            else {**plain(change), "p_adjusted": p_adjusted},
            "verdict": verdict,
            "sentences": sentences,
        }

    def _verdict(
        self, waves: tuple[int, int], change: Change | NotEstimable, p_adjusted: float | None
    ) -> Any:
        matters = self.head["smallest_change"]
        if isinstance(change, NotEstimable):
            return plain(change)
        for wave in waves:
            spread = self.estimates[wave]["se"]
            if isinstance(spread, Mapping) and self.head["measure"] == "mean":
                return spread
        if isinstance(matters, Mapping):
            return matters
        ci95, ci90 = (change.ci_low, change.ci_high), (change.ci90_low, change.ci90_high)
        return verdict_of(Evidence(ci95, ci90, matters, p_adjusted))


def _named(share_of: Mapping[str, Any] | None, codebook: Codebook) -> dict[str, Any] | None:
    if share_of is None:
        return None
    variable = codebook.variable(share_of["variable"])
    chosen = [c.label for c in variable.categories if c.code in share_of["codes"]]
    languages = [lang for lang in chosen[0] if all(lang in label for label in chosen)]
    told = {lang: " / ".join(f"“{label[lang]}”" for label in chosen) for lang in languages}
    return {**share_of, "label": told}


def _adjust(trends: Iterable[dict[str, Any]], part: str) -> None:
    families: dict[str, list[dict[str, Any]]] = {}
    for trend in trends:
        if "not_estimable" not in trend[part]:
            families.setdefault(trend["family"], []).append(trend[part])
    for family, tests in families.items():
        method = holm if family == "primary" else benjamini_hochberg
        for test, p in zip(tests, method([test["p"] for test in tests]), strict=True):
            test["p_adjusted"] = p


def _n_eff(wave: Wave) -> float:
    if wave.weight is None:
        return float(wave.n)
    return float(wave.weight.sum() ** 2 / dot(wave.weight, wave.weight))
