"""The main outcomes beside those of the comparison areas."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from app.reports.reading.document import WAVES, hidden_reason, in_language, is_number
from app.reports.reading.figures import Units
from app.reports.reading.number_tables import Table, measure_name, p_text
from app.reports.reading.wording import Wording


@dataclass(frozen=True, slots=True)
class Beside:
    """One main outcome: its sentence and the numbers."""

    sentence: str
    table: Table


@dataclass(frozen=True, slots=True)
class Areas:
    """notes: what must be said beside all of them."""

    outcomes: tuple[Beside, ...]
    notes: tuple[str, ...]


def areas_of(document: Mapping[str, Any], wording: Wording) -> Areas | None:
    """None where the plan names no comparison areas."""
    areas = document["areas"]
    if areas is None:
        return None
    reason = hidden_reason(areas["comparisons"])
    if reason:
        return Areas((), (wording("not_shown", reason=reason),))
    language = wording.language
    outcomes = tuple(
        Beside(
            sentence=in_language(entry["sentences"], language),
            table=_table(entry, _main(entry, document), wording),
        )
        for entry in areas["comparisons"]
    )
    caveats = (
        in_language(text, language) for entry in areas["comparisons"] for text in entry["caveats"]
    )
    return Areas(outcomes, (*dict.fromkeys(caveats), *_untold(areas["n_untold"], wording)))


def _untold(n_untold: Mapping[str, Any], wording: Wording) -> Iterable[str]:
    if not any(n_untold.values()):
        return
    before, after = (hidden_reason(n_untold[w]) or wording.number(n_untold[w]) for w in WAVES)
    yield wording("areas_untold", before=before, after=after)


def _main(entry: Mapping[str, Any], document: Mapping[str, Any]) -> Mapping[str, Any]:
    key = entry["outcome"], entry["measure"]
    comparisons: Iterable[Mapping[str, Any]] = document["comparisons"]
    return next(
        c for c in comparisons if c["group"] is None and (c["outcome"], c["measure"]) == key
    )


def _table(entry: Mapping[str, Any], main: Mapping[str, Any], wording: Wording) -> Table:
    units = Units(wording, entry["measure"])
    rows = [
        (wording("areas_here"), *_place(main, units)),
        (wording("areas_there"), *_place(entry, units)),
        (wording("areas_difference"), "", "", *_change(entry["difference"], units)),
    ]
    if not hidden_reason(entry["few_clusters"]):
        few = _change(entry["few_clusters"], units)
        rows.append((wording("areas_few_clusters"), "", "", *few))
    keys = ("before", "after", "change", "interval_95", "p_value")
    heading = ("", *(wording(key) for key in keys))
    return Table("areas", measure_name(entry, wording), heading, tuple(rows))


def _place(part: Mapping[str, Any], units: Units) -> tuple[str, ...]:
    levels = tuple(_level(part[wave], units) for wave in WAVES)
    change, interval, _ = _change(part["change"], units)
    return (*levels, change, interval, "")


def _level(estimate: Mapping[str, Any], units: Units) -> str:
    reason = hidden_reason(estimate)
    return (
        units.wording("not_shown", reason=reason) if reason else units.level(estimate["estimate"])
    )


def _change(change: Mapping[str, Any], units: Units) -> tuple[str, str, str]:
    reason = hidden_reason(change)
    if reason:
        return units.wording("not_shown", reason=reason), "", ""
    low, high = (units.change(change[end]) for end in ("ci_low", "ci_high"))
    p = change.get("p_adjusted")
    told = p_text(p, units.wording) if is_number(p) else ""
    return units.change(change["estimate"]), units.interval(low, high), told
