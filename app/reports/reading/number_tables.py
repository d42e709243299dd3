"""The numbers behind the pictures, as tables of text."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from app.reports.reading.document import (
    WAVES,
    Category,
    Comparison,
    Distribution,
    categories_of,
    hidden_reason,
    in_language,
    is_number,
    told_categories,
)
from app.reports.reading.figures import Units
from app.reports.reading.wording import Wording
from app.reports.reading.written import HUNDRED, Written, pattern_of

_SMALLEST_P: Final = 0.001


@dataclass(frozen=True, slots=True)
class Table:
    """Numbers as text; the first cell of a row is its heading.

    kind: tables of one kind have the same columns, and are one where there is room for one only.
    """

    kind: str
    caption: str
    heading: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def numbers_table(comparisons: Sequence[Comparison], wording: Wording) -> Table:
    """What the pictures show, as text: a row a wave and a row for the change."""
    rows: list[tuple[str, ...]] = []
    for comparison in comparisons:
        units = Units(wording, comparison["measure"])
        name = measure_name(comparison, wording)
        for wave in WAVES:
            heading = wording("row", name=name, part=wording(wave))
            rows.append((heading, *level_cells(comparison[wave], units)))
        heading = wording("row", name=name, part=wording("change"))
        rows.append((heading, *_change_cells(comparison["change"], units)))
    heading_row = ("", *(wording(key) for key in ("value", "interval_95", "answers_n", "p_value")))
    return Table("numbers", wording("numbers_caption"), heading_row, tuple(rows))


def answers_table(distribution: Distribution, wording: Wording) -> Table:
    """Every answer in both waves, those included that enter no score."""
    rows = []
    for category in told_categories(distribution):
        twins = [_twin(distribution, wave, category) for wave in WAVES]
        label = in_language(category["label"], wording.language)
        rows.append((label, *(_share_cell(twin, wording) for twin in twins)))
    for entry in _missing_entries(distribution):
        twins = [_missing_twin(distribution, wave, entry) for wave in WAVES]
        rows.append((_missing_label(entry, wording), *(_share_cell(t, wording) for t in twins)))
    bases = [distribution["waves"][wave]["n"] for wave in WAVES]
    rows.append((wording("answers_n"), *(_count_cell(base, wording) for base in bases)))
    heading = (wording("answer"), *(wording(wave) for wave in WAVES))
    return Table("answers", wording("answers_caption"), heading, tuple(rows))


def measure_name(comparison: Comparison, wording: Wording) -> str:
    if comparison["measure"] == "mean":
        return wording("mean")
    return wording("share_of", answers=share_label(comparison, wording))


def share_label(comparison: Comparison, wording: Wording) -> str:
    return in_language(comparison["share_of"]["label"], wording.language)


def smallest_change_source(entry: Mapping[str, Any], wording: Wording) -> str:
    if entry["source"] == "plan":
        return wording("from_plan")
    return wording("from_default", rule=entry["rule"])


def amount_that_matters(entry: Mapping[str, Any], units: Units) -> str:
    value = entry["value"]
    if is_number(value):
        return units.amount(value)
    return units.wording("not_shown", reason=hidden_reason(value))


def p_text(p: float, wording: Wording) -> Written:
    """A p that was rounded to zero is only known to lie below the smallest that is told."""
    if p < _SMALLEST_P:
        told = wording("p_below", limit=wording.number(_SMALLEST_P, 3))
        return Written(told, p, f'"< {_SMALLEST_P}"')
    return Written(wording("p_is", p=wording.number(p, 3)), p, pattern_of(3))


def level_cells(estimate: Mapping[str, Any], units: Units) -> tuple[str, ...]:
    reason = hidden_reason(estimate)
    if reason:
        return (units.wording("not_shown", reason=reason), "", "", "")
    return (
        units.level(estimate["estimate"]),
        _interval_cell(estimate, units.level, units),
        units.wording.number(estimate["n"]),
        "",
    )


def change_and_interval(change: Mapping[str, Any], units: Units) -> tuple[str, str]:
    reason = hidden_reason(change)
    if reason:
        return units.wording("not_shown", reason=reason), ""
    return units.change(change["estimate"]), _interval_cell(change, units.change, units)


def _change_cells(change: Mapping[str, Any], units: Units) -> tuple[str, ...]:
    told = change_and_interval(change, units)
    is_hidden = hidden_reason(change) is not None
    return (*told, "", "" if is_hidden else p_text(change["p_adjusted"], units.wording))


def _interval_cell(
    numbers: Mapping[str, Any], write: Callable[[float], Written], units: Units
) -> str:
    low, high = numbers["ci_low"], numbers["ci_high"]
    if not (is_number(low) and is_number(high)):
        reason = hidden_reason(low) or hidden_reason(high)
        return units.wording("not_shown", reason=reason)
    return units.interval(write(low), write(high))


def group_tables(
    comparisons: Sequence[Comparison], titles: Mapping[str, str], wording: Wording
) -> tuple[Table, ...]:
    """The groups that the plan names: one table a measure and background question."""
    kinds: dict[tuple[str, str], list[Comparison]] = {}
    for comparison in comparisons:
        kind = measure_name(comparison, wording), comparison["group"]["variable"]
        kinds.setdefault(kind, []).append(comparison)
    keys = ("group", "before", "after", "change", "interval_95", "p_value")
    heading = tuple(wording(key) for key in keys)
    return tuple(
        Table(
            "groups",
            wording("by_group", name=name, question=titles.get(variable, variable)),
            heading,
            tuple(_group_row(comparison, wording) for comparison in members),
        )
        for (name, variable), members in kinds.items()
    )


def _group_row(comparison: Comparison, wording: Wording) -> tuple[str, ...]:
    units = Units(wording, comparison["measure"])
    levels = [level_cells(comparison[wave], units)[0] for wave in WAVES]
    change, interval, _, p = _change_cells(comparison["change"], units)
    if levels[0] == levels[1] and hidden_reason(comparison["before"]):
        levels[1] = change = "–"  # noqa: RUF001 - a dash where the reason stands beside it
    return in_language(comparison["group"]["label"], wording.language), *levels, change, interval, p


def _twin(distribution: Distribution, wave: str, category: Category) -> Category | None:
    same = (c for c in categories_of(distribution, wave) if c["codes"] == category["codes"])
    return next(same, None)


def _missing_entries(distribution: Distribution) -> list[Category]:
    """Each way of not answering once, though it may occur in one wave only."""
    found: dict[Any, Category] = {}
    for wave in WAVES:
        entries = distribution["waves"][wave]["missing"]
        for entry in () if hidden_reason(entries) else entries:
            found.setdefault(entry["code"], entry)
    return list(found.values())


def _missing_twin(distribution: Distribution, wave: str, entry: Category) -> Category | None:
    entries = distribution["waves"][wave]["missing"]
    if hidden_reason(entries):
        return None
    return next((other for other in entries if other["code"] == entry["code"]), None)


def _missing_label(entry: Category, wording: Wording) -> str:
    label = in_language(entry["label"], wording.language)
    return label or wording(f"missing_{entry['reason']}")


def _share_cell(entry: Category | None, wording: Wording) -> str:
    if entry is None:
        return wording("none_told")
    reason = hidden_reason(entry["share"])
    return reason or wording.share(entry["share"] * HUNDRED)


def _count_cell(base: Any, wording: Wording) -> str:
    return hidden_reason(base) or wording.number(base)
