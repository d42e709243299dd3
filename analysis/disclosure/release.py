"""The `released` document, written key by key so that nothing slips through."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace
from typing import Any, Final

from analysis.disclosure.audit.bases import bases_of
from analysis.disclosure.audit.concealed import Code, Concealed
from analysis.disclosure.audit.leaks import (
    Published,
    conceal,
    find_leaks,
    find_leaks_of_breakdowns,
    find_leaks_of_tables,
)
from analysis.disclosure.audit.withheld import withheld_in
from analysis.disclosure.beside.areas import release_areas
from analysis.disclosure.beside.groups import release_interactions
from analysis.disclosure.beside.trend import release_trend
from analysis.disclosure.comparison import (
    Context,
    SmallestChanges,
    hidden_comparison,
    release_comparison,
)
from analysis.disclosure.findings import release_finding
from analysis.disclosure.rounding import (
    change_decimals,
    rounded,
    rounded_base,
    rounded_or_hidden,
)
from analysis.disclosure.rules import TOO_FEW_TO_REPORT, hidden_base, suppressed
from analysis.disclosure.scale_quality import release_scale_quality
from analysis.disclosure.sensitivity import disputed_in, release_question, release_sensitivity
from analysis.disclosure.tables import (
    Telling,
    areas_alone,
    published_alone,
    release_distribution,
    release_people_by_area,
)
from analysis.disclosure.weighting import margin_boxes, release_weighting
from analysis.refusals import Refusal

_WITHOUT_PEOPLE: Final = frozenset({"without_not_given", "without_doubted_sheets"})
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


def release(computed: Mapping[str, Any], published: Sequence[Published] = ()) -> dict[str, Any]:
    """What of a computed document may leave the building?

    R1: a wave's estimate on fewer than `suppress_below` (10 or more) answers is hidden with every
    statistic on it; from there to 29 it is told as too few. R2: shown when n >= 30, effective n >=
    30 and the interval is narrow enough (NCHS); shares only when both who chose and who did not are
    at least the threshold. R3: means of fewer than 50 people of whom 95 % are alike are hidden. R4:
    options of a question are merged until each holds the threshold in both waves. R5: an attacker
    by linear programming gets everything that this document and the `published` ones tell; while
    some number of people under the threshold is left fewer than ten possible values, counts are
    told more coarsely, then the smallest one beside is hidden, then the table. R6: a base that
    misses fewer people than the threshold of its wave or group is told as that; an analysis that
    leaves out so few tells only whether it agrees.
    Bases to the nearest 5, percentages whole, changes in points to 0.1, means on a scale to 0.01, p
    to 0.001, no df, se or statistic for subgroups; tests ran on unrounded numbers.

    published: earlier releases that share a wave with this one.
    Returns a document of the same schema with `"document": "released"`; what is hidden is
    {"suppressed": reason}, and `withheld` says of each group that is not shown why, and what would
    be. Refuses (`Refusal`) anything but a computed document.
    Reference: NCHS data presentation standards for proportions (Parker et al. 2017, series 2
    no. 175); UK Office for National Statistics and US CMS small-cell rules for the threshold;
    Hundepool et al. (2012), Statistical Disclosure Control, ch. 4, for the audit.
    Checked against: the attack of `tests/attack/test_disclosure.py` over the whole document.
    """
    if computed.get("document") != "computed":
        raise Refusal("only a computed document can be released; this one is not")
    concealed = Concealed()
    document = write_document(computed, concealed)
    for find in (find_leaks_of_tables, find_leaks_of_breakdowns, find_leaks):
        most = 1
        while leaks := find(computed, document, published):
            concealed = conceal(concealed, leaks, computed, document, most)
            most *= 2  # a few large steps end sooner than many small ones
            document = write_document(computed, concealed)
    return document


def write_document(computed: Mapping[str, Any], concealed: Concealed) -> dict[str, Any]:
    """The document with so much concealed, not yet audited."""
    threshold = computed["plan"]["suppress_below"]
    telling = Telling(threshold, {w: f["n"] for w, f in computed["waves"].items()}, concealed)
    distributions = [
        release_distribution(d, telling, _boxes(d["variable"], computed))
        for d in computed["distributions"]
    ]
    by_area = release_people_by_area(computed["people_by_area"], telling)
    alone = {d["variable"]: published_alone(d) for d in distributions}
    context = _context(computed, distributions, alone, concealed)
    if by_area:
        places: Mapping[str, AbstractSet[Code]] = {by_area["variable"]: areas_alone(by_area)}
        context = replace(context, groups={**context.groups, **places})
    again = [_reanalysis(r, context) for r in computed["reanalyses"]]
    sensitivity = [
        _sensitivity(s, computed["comparisons"], context) for s in computed["sensitivity"]
    ]
    context = replace(context, disputed=disputed_in(sensitivity, again))
    comparisons = [release_comparison(c, context) for c in computed["comparisons"]]
    return {
        **{key: computed[key] for key in _KEPT},
        "document": "released",
        "waves": {name: _wave(wave, threshold) for name, wave in computed["waves"].items()},
        "plan": _plan(computed["plan"], context.smallest_changes),
        "design": _design(computed["design"], computed["waves"], threshold),
        "excluded": _excluded(computed["excluded"], threshold),
        "weighting": release_weighting(computed["weighting"], distributions, threshold),
        "distributions": distributions,
        "findings": [release_finding(f, context.bases, alone) for f in computed["findings"]],
        "comparisons": comparisons,
        "withheld": withheld_in(comparisons, threshold),
        "people_by_area": by_area,
        "areas": release_areas(computed["areas"], computed["comparisons"], context),
        "trend": release_trend(computed["trend"], computed["comparisons"], context),
        "interactions": release_interactions(
            computed["interactions"], computed["comparisons"], context
        ),
        "scale_quality": [
            release_scale_quality(q, context.bases) for q in computed["scale_quality"]
        ],
        "reanalyses": again,
        "sensitivity": sensitivity,
        "questions": [
            _question(q, computed["comparisons"], context) for q in computed["questions"]
        ],
    }


def _context(
    computed: Mapping[str, Any],
    distributions: Sequence[Mapping[str, Any]],
    alone: Mapping[str, set[int]],
    concealed: Concealed,
) -> Context:
    nominal = {d["variable"] for d in distributions if d["level"] == "nominal"}
    return Context(
        threshold=computed["plan"]["suppress_below"],
        bases=bases_of(computed, distributions, concealed),
        groups=alone,
        grade=computed["grade"],
        alone={variable: codes for variable, codes in alone.items() if variable in nominal},
        smallest_changes=_smallest_changes(computed),
    )


def _boxes(variable: str, computed: Mapping[str, Any]) -> list[frozenset[int]]:
    comparisons = (c for c in computed["comparisons"] if c["group"] is None)
    shares = (c["share_of"] for c in comparisons if c["share_of"])
    told = [frozenset(share["codes"]) for share in shares if share["variable"] == variable]
    return [*told, *margin_boxes(computed["weighting"], variable)]


def _excluded(excluded: Mapping[str, int] | None, threshold: int) -> dict[str, Any] | None:
    if excluded is None:
        return None
    return {name: rounded_or_hidden(n, threshold) for name, n in excluded.items()}


def _reanalysis(again: Mapping[str, Any], context: Context) -> dict[str, Any]:
    """Without a few people is hidden: the headline less it would tell of those few.

    What remains is whether it agrees, where that could be told of everyone.
    """
    comparison, n = again["comparison"], again["n_left_out"]
    released = release_comparison(comparison, context)
    has_verdict = isinstance(released["verdict"], str)
    if _tells_of_few(again["why"], n, context.threshold):
        nobody = {"not_estimable": "few were left out"}
        released = release_comparison({**comparison, "before": nobody, "after": nobody}, context)
    is_whole = again["why"] == "unweighted"
    return {
        "why": again["why"],
        "n_left_out": {
            name: 0 if is_whole else rounded_or_hidden(number, context.threshold)
            for name, number in n.items()
        },
        "agrees": again["agrees"] if has_verdict else None,
        "comparison": released,
    }


def _sensitivity(
    sensitivity: Mapping[str, Any], comparisons: Sequence[dict[str, Any]], context: Context
) -> dict[str, Any]:
    main = next(
        c
        for c in comparisons
        if c["group"] is None
        and (c["outcome"], c["measure"]) == (sensitivity["outcome"], sensitivity["measure"])
    )
    matters = context.smallest_changes[main["outcome"], main["measure"]]
    return release_sensitivity(
        sensitivity, main, context.bases, hidden_comparison(main, context), matters
    )


def _question(
    question: Mapping[str, Any], comparisons: Sequence[dict[str, Any]], context: Context
) -> dict[str, Any]:
    shares = {
        (c["outcome"], *c["share_of"]["codes"]): c
        for c in comparisons
        if c["group"] is None and c["share_of"]
    }
    told = [shares[a["outcome"], *a["codes"]] for a in question["answers"]]
    hidden = [hidden_comparison(comparison, context) for comparison in told]
    return release_question(question, told, context.bases, hidden)


def _tells_of_few(why: str, n: Mapping[str, int], threshold: int) -> bool:
    """Nobody left out is a small number of doubted sheets; a scale less an item may lose nobody."""
    if any(0 < left_out < threshold for left_out in n.values()):
        return True
    return why in _WITHOUT_PEOPLE and not any(n.values())


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
