"""What other methods say of a main outcome: in one picture, and as one table."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from app.reports.reading.document import hidden_reason, in_language
from app.reports.reading.figures import Picture, Units
from app.reports.reading.number_tables import Table, p_text
from app.reports.reading.row_figures import methods_picture
from app.reports.reading.wording import Wording
from app.reports.reading.written import HUNDRED, Written


@dataclass(frozen=True, slots=True)
class OtherWays:
    """One main outcome, compared in other ways; notes: whether it depends on the way."""

    id: str
    title: str
    notes: tuple[str, ...]
    picture: Picture | None
    table: Table


def other_ways_of(document: Mapping[str, Any], wording: Wording) -> tuple[OtherWays, ...]:
    mains = {
        (one["outcome"], one["measure"]): one
        for one in document["comparisons"]
        if one["group"] is None and one["change"]["family"] == "primary"
    }
    return tuple(
        _other_ways(entry, mains[entry["outcome"], entry["measure"]], wording)
        for entry in document["sensitivity"]
        if (entry["outcome"], entry["measure"]) in mains
    )


def _other_ways(
    entry: Mapping[str, Any], comparison: Mapping[str, Any], wording: Wording
) -> OtherWays:
    units = Units(wording, entry["measure"])
    name = f"{entry['outcome']}-{entry['measure']}-ways"
    analyses = entry["analyses"]
    return OtherWays(
        id=name,
        title=in_language(comparison["title"], wording.language),
        notes=(wording("depends_on_method"),) if comparison["depends_on_method"] else (),
        picture=methods_picture(
            name, comparison, analyses, units, lambda analysis: _told(analysis, units)
        ),
        table=methods_table(entry, wording),
    )


def _told(analysis: Mapping[str, Any], units: Units) -> str:
    _, value, interval, p, _ = _row(analysis, units)
    told = f"{value} ({interval})" if interval else value
    return told or p


def methods_table(sensitivity: Mapping[str, Any], wording: Wording) -> Table:
    """A row a method: its question, what it finds, and whether its verdict is the same."""
    units = Units(wording, sensitivity["measure"])
    rows = tuple(_row(analysis, units) for analysis in sensitivity["analyses"])
    heading = ("method_question", "value", "interval_95", "p_value", "same_verdict")
    titles = tuple(wording(key) for key in heading)
    return Table("methods", wording("methods_caption"), titles, rows)


def _row(analysis: Mapping[str, Any], units: Units) -> tuple[str, ...]:
    wording = units.wording
    question = in_language(analysis["question"], wording.language)
    words = {None: "", True: wording("same_verdict_yes"), False: wording("same_verdict_no")}
    agrees = words[analysis["agrees"]]
    reason = hidden_reason(analysis)
    if reason:
        return question, wording("not_shown", reason=reason), "", "", agrees
    write = _writer(analysis["unit"], units)
    ends = analysis["ci_low"], analysis["ci_high"]
    interval = "" if None in ends else units.interval(write(ends[0]), write(ends[1]))
    value = "" if analysis["estimate"] is None else write(analysis["estimate"])
    p = "" if analysis["p"] is None else p_text(analysis["p"], wording)
    return question, value, interval, p, agrees


def _writer(unit: str | None, units: Units) -> Callable[[float], Written]:
    """How numbers of a unit are written: changes with their sign, chances in percent."""
    wording = units.wording
    if unit == "outcome":
        return units.change
    if unit == "probability":
        return lambda value: wording.share(value * HUNDRED)
    if unit == "odds":
        return lambda value: wording.around("times", wording.number(value, 2), "factor")
    if unit == "sd":
        return lambda value: wording.around("in_sd", wording.signed(value, 2), "amount")
    return lambda value: wording.around("places_up", wording.signed(value * HUNDRED, 1), "amount")
