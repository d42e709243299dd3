"""Whether a plan names an area: in what it leaves out, compares, or weights by."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from app.initiatives.tables import Area

EXCLUDED_FIELD: Final = "exclude."  # of a draft, which keeps the fields of its form


def names_area(document: Mapping[str, Any], places: set[str], area: Area) -> bool:
    """`places` are the questions that ask for the area. A margin of one names every area."""
    weighting = document.get("weighting") or {}
    if _weights_by(weighting.get("margins", {}), places):
        return True
    excluded = document.get("exclusions") or {}
    compared = document.get("comparison_areas") or {}
    lists = [*(excluded.get(place, []) for place in places), *compared.values()]
    return _lists(lists, area)


def draft_names_area(fields: Mapping[str, Sequence[str]], places: set[str], area: Area) -> bool:
    if _weights_by("\n".join(map(str, fields.get("margins", []))), places):
        return True
    return _lists([fields.get(EXCLUDED_FIELD + place, []) for place in places], area)


def _lists(lists: Sequence[Sequence[object]], area: Area) -> bool:
    told = {str(area.code), *area.name.values()}
    return any(str(each) in told for listed in lists for each in listed)


def _weights_by(margins: Mapping[str, object] | str, places: set[str]) -> bool:
    return not places.isdisjoint(_first_cells(margins) if isinstance(margins, str) else margins)


def _first_cells(table: str) -> Iterator[str]:
    for line in table.splitlines():
        yield line.replace("\t", ",").replace(";", ",").partition(",")[0].strip().strip('"')
