"""The plan as it was locked, in words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from app.reports.reading.document import column_titles, in_language
from app.reports.reading.wording import Wording


def plan_rows(document: Mapping[str, Any], wording: Wording) -> Iterator[tuple[str, str]]:
    """What it says; the amounts that matter have a table of their own."""
    plan, titles = document["plan"], _titles(document, wording)
    weighting = plan["weighting"] or {}
    named: dict[str, Iterable[str]] = {
        "plan_primary": (one["outcome"] for one in plan["primary"]),
        "plan_subgroups": plan["subgroups"],
        "plan_confirmatory": plan["confirmatory_subgroups"],
        "plan_weighting": weighting.get("margins") or (),
        "plan_exclusions": plan["exclusions"],
        "plan_areas": plan["comparison_areas"],
    }
    for key, names in named.items():
        yield wording(key), _listed(names, titles, wording)
    below = wording.number(plan["suppress_below"])
    yield wording("plan_hidden"), wording("plan_hidden_below", number=below)


def _titles(document: Mapping[str, Any], wording: Wording) -> dict[str, str]:
    scales = {one["id"]: in_language(one["title"], wording.language) for one in document["scales"]}
    return column_titles(document, wording.language) | scales


def _listed(names: Iterable[str], titles: Mapping[str, str], wording: Wording) -> str:
    told = [f"“{titles.get(name, name)}”" for name in dict.fromkeys(names)]
    return wording.listed(told) or wording("plan_none")
