"""Scales against the items they name."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from analysis.codebook import CodebookError, answers_needed
from app.instruments.codebook import all_columns
from app.instruments.load.checks import Finding

if TYPE_CHECKING:
    from collections.abc import Mapping

    from analysis.codebook import Variable
    from app.instruments.model import Instrument, Scale
    from app.instruments.texts import Place


def check_scales(instrument: Instrument) -> Iterator[Finding]:
    columns = {column.id: column for column in all_columns(instrument)}
    primary: str | None = None
    for s, scale in enumerate(instrument.scales):
        at = ("scales", s)
        if scale.primary and primary is not None:
            details = {"id": scale.id, "first": primary}
            yield Finding((*at, "primary"), "two_primary", details)
        primary = primary or (scale.id if scale.primary else None)
        yield from _check_rule(at, scale)
        yield from _check_items(at, scale, columns)
        yield from _check_range(at, scale, columns)
        yield from _check_top_box(at, scale, columns)


def _check_rule(at: Place, scale: Scale) -> Iterator[Finding]:
    try:
        answers_needed(len(scale.items), scale.min_answered)
    except CodebookError:
        details = {"id": scale.id, "share": scale.min_answered}
        yield Finding((*at, "min_answered"), "scale_share_too_large", details)
    for item in scale.reverse:
        if item not in scale.items:
            yield Finding((*at, "reverse"), "reverse_not_an_item", {"id": scale.id, "item": item})


def _check_items(at: Place, scale: Scale, columns: Mapping[str, Variable]) -> Iterator[Finding]:
    seen: set[str] = set()
    for i, item in enumerate(scale.items):
        path = (*at, "items", i)
        details = {"id": scale.id, "item": item}
        if item in seen:
            yield Finding(path, "scale_item_twice", details)
        elif item not in columns:
            yield Finding(path, "scale_item_unknown", details)
        elif columns[item].level != "ordinal":
            yield Finding(path, "scale_item_not_rated", details)
        else:
            yield from _check_direction(path, scale, columns[item])
        seen.add(item)


def _check_range(at: Place, scale: Scale, columns: Mapping[str, Variable]) -> Iterator[Finding]:
    low, high = scale.range
    details: dict[str, object] = {"id": scale.id, "low": low, "high": high}
    if low >= high:
        yield Finding((*at, "range"), "scale_range_empty", details)
        return
    ends = {
        item: (min(columns[item].valid_codes), max(columns[item].valid_codes))
        for item in scale.items
        if item in columns and columns[item].level == "ordinal"
    }
    others = [
        f"{item} runs from {first} to {last}"
        for item, (first, last) in ends.items()
        if (first, last) != scale.range
    ]
    if others:
        details["others"] = ", ".join(others)
        yield Finding((*at, "range"), "scale_range_differs", details)


def _check_direction(path: Place, scale: Scale, column: Variable) -> Iterator[Finding]:
    is_reversed = column.id in scale.reverse
    if column.higher_is_favourable is not None and column.higher_is_favourable == is_reversed:
        direction = "in reverse" if is_reversed else "as it stands"
        details = {"id": scale.id, "item": column.id, "direction": direction}
        yield Finding(path, "direction_differs", details)


def _check_top_box(at: Place, scale: Scale, columns: Mapping[str, Variable]) -> Iterator[Finding]:
    if scale.top_box is None:
        return
    column = columns.get(scale.top_box.item)
    details: dict[str, object] = {"id": scale.id, "item": scale.top_box.item}
    path = (*at, "top_box")
    if column is None or column.level != "ordinal":
        yield Finding(path, "top_box_item_unknown", details)
        return
    known = ", ".join(map(str, column.valid_codes))
    for code in scale.top_box.codes:
        if code not in column.valid_codes:
            details = {**details, "answer": code, "known": known}
            yield Finding(path, "top_box_unknown_code", details)
