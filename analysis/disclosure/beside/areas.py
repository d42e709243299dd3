"""The comparison areas as they may be published."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from analysis.areas.sentences import tell_difference
from analysis.disclosure.comparison import (
    TELLS_THE_BASE,
    Context,
    hidden_comparison,
    release_comparison,
)
from analysis.disclosure.rounding import P, change_decimals, level_decimals, rounded_or_hidden
from analysis.disclosure.rules import BESIDE, suppressed
from analysis.narrative import Shown, leaves_zero_out

_IN_UNITS: Final = ("estimate", "ci_low", "ci_high", "ci90_low", "ci90_high")
_KEPT: Final = ("outcome", "measure", "share_of", "title", "low", "high", "higher_is_favourable")
_TOLD: Final = ("before", "after", "change")


def release_areas(
    areas: Mapping[str, Any] | None,
    comparisons: Sequence[dict[str, Any]],
    context: Context,
) -> dict[str, Any] | None:
    """Hidden where the main comparison or the comparison areas' own is: a difference tells of both.

    comparisons: those of the computed document.
    """
    if areas is None:
        return None
    comparisons_there = areas["comparisons"]
    mains = {(c["outcome"], c["measure"]): c for c in comparisons if c["group"] is None}
    return {
        "n_untold": {
            name: 0 if n == 0 else rounded_or_hidden(n, context.threshold)
            for name, n in areas["n_untold"].items()
        },
        "comparisons": suppressed("too few answers in the comparison areas")
        if isinstance(comparisons_there, Mapping)
        else [
            _difference(entry, mains[entry["outcome"], entry["measure"]], context)
            for entry in comparisons_there
        ],
    }


def _difference(entry: dict[str, Any], main: dict[str, Any], context: Context) -> dict[str, Any]:
    elsewhere = _as_comparison(entry, main)
    is_beside = ("areas", entry["outcome"]) in context.bases.concealed.beside
    untold = BESIDE if is_beside else None
    worst = hidden_comparison(main, context) or hidden_comparison(elsewhere, context) or untold
    own, here = (release_comparison(c, context) for c in (elsewhere, main))
    released = {
        **{key: entry[key] for key in _KEPT},
        **{wave: untold or own[wave] for wave in ("before", "after")},
        "change": worst or _rounded(entry["change"], entry),
        "main_change": here["change"],
        "smallest_change": context.smallest_changes[entry["outcome"], entry["measure"]],
        "difference": worst or _rounded(entry["difference"], entry),
        "few_clusters": worst or _rounded(entry["few_clusters"], entry),
        "basis": entry["basis"],
        "clusters": None if entry["clusters"] is None else TELLS_THE_BASE,
        "verdict": worst or entry["verdict"],
        "because": None if worst else entry["because"],
        "caveats": entry["caveats"],
    }
    shown = Shown(0, level_decimals(entry), n_is_rounded=True)
    is_held_back = leaves_zero_out(entry["difference"])
    sentences = tell_difference(released, shown, is_held_back=is_held_back)
    return {**released, "sentence": sentences["en"], "sentences": sentences}


def _as_comparison(entry: dict[str, Any], main: dict[str, Any]) -> dict[str, Any]:
    """The comparison areas' change as one of a group: without se, df, statistic and verdict."""
    change = entry["change"]
    return {
        **main,
        **{key: entry[key] for key in _TOLD},
        "group": {"variable": "", "code": "", "label": {}},
        "change": change | {"family": main["change"]["family"], "p_adjusted": change.get("p")},
        "effects": {},
        "verdict": {"not_estimable": ""},
    }


def _rounded(change: Mapping[str, Any], entry: dict[str, Any]) -> dict[str, Any]:
    if "not_estimable" in change:
        return dict(change)
    decimals = change_decimals(entry)
    told = {key: round(change[key], decimals) for key in _IN_UNITS}
    p = {key: round(change[key], P) for key in ("p", "p_adjusted") if key in change}
    return told | p | dict.fromkeys(("se", "df", "statistic"), TELLS_THE_BASE)
