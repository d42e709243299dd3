"""The numbers of each outcome over the waves, tests adjusted over the outcomes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from analysis.codebook import Codebook
from analysis.compare import family_of, smallest_change_of
from analysis.comparisons.trend import Trend
from analysis.design import IntArray
from analysis.estimates import ESTIMATES
from analysis.influence import Influence, is_rounding
from analysis.multiplicity import benjamini_hochberg, holm
from analysis.outcomes import Measure, Outcome
from analysis.plain import plain
from analysis.refusals import NotEstimable
from analysis.trends.fieldwork import ManyWaves

Amounts = Mapping[tuple[str, Measure], Any]


def numbers_of(
    outcome: Outcome, trend: Trend | NotEstimable, many: ManyWaves, amounts: Amounts
) -> dict[str, Any]:
    """amounts: smallest changes that are settled elsewhere, as a document has them."""
    head = {
        "outcome": outcome.id,
        "measure": outcome.measure,
        "share_of": _named(plain(outcome.share_of), many.codebook),
        "title": dict(outcome.title),
        "low": outcome.low,
        "high": outcome.high,
        "higher_is_favourable": outcome.higher_is_favourable,
        "family": family_of(outcome, None, many.plan),
    }
    if isinstance(trend, NotEstimable):
        untold = dict.fromkeys(("smallest_change", "slope", "omnibus"), plain(trend))
        return {**head, **untold, "waves": []}
    key = outcome.id, outcome.measure
    return {
        **head,
        "smallest_change": amounts[key] if key in amounts else _amount(outcome, trend, many),
        "waves": [
            _estimate(outcome, wave, rows, many)
            for wave, rows in zip(trend.waves, many.rows(), strict=True)
        ],
        "slope": plain(trend.slope),
        "omnibus": plain(trend.omnibus),
    }


def adjust(entries: Iterable[dict[str, Any]]) -> None:
    """Slopes and tests of any change, each over all outcomes of a family."""
    entries = list(entries)
    for part, family, method in (
        (part, family, method)
        for part in ("slope", "omnibus")
        for family, method in (("primary", holm), ("exploratory", benjamini_hochberg))
    ):
        tests = [e[part] for e in entries if e["family"] == family and "p" in e[part]]
        for test, p in zip(tests, method([test["p"] for test in tests]), strict=True):
            test["p_adjusted"] = p


def _amount(outcome: Outcome, trend: Trend, many: ManyWaves) -> Any:
    matters = smallest_change_of(outcome, trend.waves[0], many.plan)
    return plain(matters if isinstance(matters, NotEstimable) else matters.value)


def _estimate(outcome: Outcome, wave: Influence, rows: IntArray, many: ManyWaves) -> dict[str, Any]:
    """rows: everyone of the wave; a mean's df counts them, answered or not, as R does."""
    covariance = many.variance.covariance([wave], many.design)
    if isinstance(covariance, NotEstimable):
        return {"not_estimable": covariance.reason}
    v = float(covariance[0, 0])
    df = many.variance.df_of_estimate(wave, rows, many.design)
    spread = 0.0 if is_rounding(v, wave) else v
    told: dict[str, Any] = plain(ESTIMATES[outcome.measure](wave, spread, df, many.design))
    return told


def _named(share_of: Mapping[str, Any] | None, codebook: Codebook) -> dict[str, Any] | None:
    if share_of is None:
        return None
    variable = codebook.variable(share_of["variable"])
    chosen = [c.label for c in variable.categories if c.code in share_of["codes"]]
    languages = [lang for lang in chosen[0] if all(lang in label for label in chosen)]
    told = {lang: " / ".join(f"“{label[lang]}”" for label in chosen) for lang in languages}
    return {**share_of, "label": told}
