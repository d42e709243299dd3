"""The `released` document, written key by key so that nothing slips through."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from analysis.disclosure.comparison import Context, SmallestChanges, release_comparison
from analysis.disclosure.rounding import change_decimals, rounded, rounded_base, rounded_or_hidden
from analysis.disclosure.rules import TOO_FEW_TO_REPORT, hidden_base, suppressed
from analysis.disclosure.tables import published_alone, release_distribution
from analysis.refusals import Refusal

_KEPT: Final = (
    "schema",
    "code_version",
    "instrument",
    "initiative",
    "variance",
    "level",
    "grade",
    "scales",
)


def release(computed: Mapping[str, Any]) -> dict[str, Any]:
    """What of a computed document may leave the building?

    R1: a wave's estimate on fewer than `suppress_below` (10 or more) answers is hidden with every
    statistic on it; from there to 29 it is told as too few. R2: shown when n >= 30, effective n >=
    30 and the interval is narrow enough (NCHS); shares only when both who chose and who did not are
    at least the threshold. Options of a question are merged until each holds the threshold in both
    waves. Bases to the nearest 5, percentages whole, changes in points to 0.1, means on a scale to
    0.01, p to 0.001, no df, se or statistic for subgroups; tests ran on unrounded numbers.

    Returns a document of the same schema with `"document": "released"`; what is hidden is
    {"suppressed": reason}. Refuses (`Refusal`) anything but a computed document.
    Reference: NCHS data presentation standards for proportions (Parker et al. 2017, series 2
    no. 175); UK Office for National Statistics and US CMS small-cell rules for the threshold.
    """
    if computed.get("document") != "computed":
        raise Refusal("only a computed document can be released; this one is not")
    threshold = computed["plan"]["suppress_below"]
    distributions = [
        release_distribution(d, threshold, _boxes(d["variable"], computed["comparisons"]))
        for d in computed["distributions"]
    ]
    context = Context(
        threshold=threshold,
        grade=computed["grade"],
        alone={d["variable"]: published_alone(d) for d in distributions if d["level"] == "nominal"},
        smallest_changes=_smallest_changes(computed),
    )
    return {
        **{key: computed[key] for key in _KEPT},
        "document": "released",
        "waves": {name: _wave(wave, threshold) for name, wave in computed["waves"].items()},
        "plan": _plan(computed["plan"], context.smallest_changes),
        "design": _design(computed["design"], computed["waves"], threshold),
        "distributions": distributions,
        "comparisons": [release_comparison(c, context) for c in computed["comparisons"]],
    }


def _boxes(variable: str, comparisons: Sequence[Mapping[str, Any]]) -> list[frozenset[int]]:
    shares = (c["share_of"] for c in comparisons if c["group"] is None and c["share_of"])
    return [frozenset(share["codes"]) for share in shares if share["variable"] == variable]


def _wave(wave: Mapping[str, Any], threshold: int) -> dict[str, Any]:
    hidden = hidden_base(wave["n"], threshold)
    return {"label": wave["label"], "n": hidden or rounded_base(wave["n"])}


def _plan(plan: Mapping[str, Any], matters: SmallestChanges) -> dict[str, Any]:
    changes = [
        {**entry, "value": matters[entry["outcome"], entry["measure"]]}
        for entry in plan["smallest_changes"]
    ]
    return {**plan, "smallest_changes": changes}


def _smallest_changes(computed: Mapping[str, Any]) -> SmallestChanges:
    """A default rests on how far the before wave's answers spread: hidden where those are few."""
    named = computed["plan"]["smallest_change"]
    matters: SmallestChanges = {}
    for c in computed["comparisons"]:
        key = c["outcome"], c["measure"]
        if c["group"] is not None:
            continue
        few = "not_estimable" in c["before"] or c["before"]["n"] < TOO_FEW_TO_REPORT
        if few and c["measure"] == "mean" and "mean" not in named.get(c["outcome"], {}):
            matters[key] = suppressed("it rests on too few answers")
        else:
            matters[key] = rounded(c["smallest_change"], change_decimals(c))
    return matters


def _design(design: Mapping[str, Any], waves: Mapping[str, Any], threshold: int) -> dict[str, Any]:
    """A wave too small to report hides its own effective n and the number of PSUs."""
    hidden = {name: hidden_base(wave["n"], threshold) for name, wave in waves.items()}
    worst = hidden["before"] or hidden["after"]
    n_eff = {
        name: hidden[name] or rounded_or_hidden(n, threshold) for name, n in design["n_eff"].items()
    }
    return {**design, "psus": worst or rounded_or_hidden(design["psus"], threshold), "n_eff": n_eff}
